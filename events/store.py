"""The one transaction that writes: sequence numbers, exactly-once, page loads, tallies, events.

Runs in the writer's thread alone. The recording's row is locked first (PostgreSQL; SQLite's IMMEDIATE locks
everything), so commit order is sequence order however many processes write.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import orjson
from django.db import connection, transaction

from events.drafts import Draft
from events.models import Event, PageLoad, Recording, Tally
from events.ranges import receive


class UnknownCaptureKey(LookupError):
    """No recording has this capture key."""


class Receipt(NamedTuple):
    """Where an event went. ``duplicate``: it was here before, under the same number."""

    recording: int
    seq: int
    duplicate: bool


@dataclass(slots=True)
class Submission:
    """The drafts of one request, and the digest of the capture key that it came with."""

    digest: str
    drafts: list[Draft]


Outcome = list[Receipt] | UnknownCaptureKey


def store(submissions: Sequence[Submission]) -> list[Outcome]:
    """Store everything in one transaction and say for each submission what became of it, in order.

    Raises django.db.DatabaseError, with nothing stored, where the database fails.
    """
    with transaction.atomic():
        recordings = _locked({submission.digest for submission in submissions})
        batches = {recording.pk: _Batch(recording) for recording in recordings.values()}
        outcomes: list[Outcome] = []
        for submission in submissions:
            recording = recordings.get(submission.digest)
            if recording is not None:
                batches[recording.pk].drafts.extend(submission.drafts)
        for batch in batches.values():
            batch.write()
        for submission in submissions:
            recording = recordings.get(submission.digest)
            if recording is None:
                outcomes.append(UnknownCaptureKey())
            else:
                outcomes.append(batches[recording.pk].receipts(len(submission.drafts)))
        return outcomes


def _locked(digests: set[str]) -> dict[str, Recording]:
    """The recordings by digest, locked in the order of their ids: two writers cannot wait for each other."""
    rows = Recording.objects.select_for_update().filter(capture_digest__in=digests).order_by("pk")
    return {row.capture_digest: row for row in rows}


class _Batch:
    """What one recording receives in this transaction."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.drafts: list[Draft] = []
        self._receipts: list[Receipt] = []
        self._handed = 0

    def write(self) -> None:
        """Number, store and count the drafts that are new."""
        fresh = self._number()
        if not fresh:
            return
        page_loads = _page_loads(self.recording, [entry for _, entry in fresh])
        Event.objects.bulk_create(
            [_row(self.recording, seq, entry, page_loads) for seq, entry in fresh], batch_size=500
        )
        _tally(self.recording, [entry for _, entry in fresh])
        self.recording.last_event_at = fresh[-1][1].received_at
        self.recording.save(update_fields=["last_seq", "sent", "received", "last_event_at"])

    def receipts(self, count: int) -> list[Receipt]:
        """The receipts of the next ``count`` drafts."""
        self._handed += count
        return self._receipts[self._handed - count : self._handed]

    def _number(self) -> list[tuple[int, Draft]]:
        ids = {entry.event_id for entry in self.drafts}
        known = dict(self.recording.events.filter(event_id__in=ids).values_list("event_id", "seq"))
        fresh: list[tuple[int, Draft]] = []
        for entry in self.drafts:
            duplicate = entry.event_id in known
            if not duplicate:
                self.recording.last_seq += 1
                known[entry.event_id] = self.recording.last_seq
                fresh.append((self.recording.last_seq, entry))
            self._receipts.append(Receipt(self.recording.pk, known[entry.event_id], duplicate))
        return fresh


def _page_loads(recording: Recording, drafts: Sequence[Draft]) -> dict[str, PageLoad]:
    """The page loads of ``drafts`` by page id, made where new, with the numbers that have now arrived."""
    first_seen: dict[str, Draft] = {}
    for entry in drafts:
        if entry.page is not None:
            first_seen.setdefault(entry.page.id, entry)
    rows = {row.page_id: row for row in recording.page_loads.filter(page_id__in=first_seen)}
    new = [_new_page_load(recording, entry) for page_id, entry in first_seen.items() if page_id not in rows]
    PageLoad.objects.bulk_create(new)
    rows |= {row.page_id: row for row in new}
    missing = {page_id: json.loads(row.missing) for page_id, row in rows.items()}
    for entry in drafts:
        page_load = rows[entry.page.id] if entry.page else None
        before = page_load.last_n if page_load else 0
        if page_load is not None and entry.n is not None:
            gaps = missing[page_load.page_id]
            missing[page_load.page_id], page_load.last_n = receive(gaps, before, entry.n)
            repeated = entry.n <= before and missing[page_load.page_id] == gaps
            # A number that another event had already: one more than the page counted.
            recording.sent += 1 if repeated else page_load.last_n - before
        else:
            recording.sent += 1
        if page_load is not None:
            page_load.received += 1
        recording.received += 1
    for page_id, row in rows.items():
        row.missing = json.dumps(missing[page_id])
    PageLoad.objects.bulk_update(rows.values(), ["last_n", "received", "missing"])
    return rows


def _new_page_load(recording: Recording, entry: Draft) -> PageLoad:
    assert entry.page is not None
    page = entry.page
    return PageLoad(
        recording=recording,
        page_id=page.id,
        url=page.url[:4000],
        title=page.title[:500],
        referrer=page.referrer[:4000],
        started_at=entry.fired_at,
    )


def _row(recording: Recording, seq: int, entry: Draft, page_loads: dict[str, PageLoad]) -> Event:
    return Event(
        recording=recording,
        seq=seq,
        event_id=entry.event_id,
        page_load=page_loads[entry.page.id] if entry.page else None,
        n=entry.n,
        name=entry.name,
        verdict=entry.verdict,
        findings=orjson.dumps(entry.findings).decode(),
        called=entry.called,
        sent=entry.sent,
        automatic=entry.automatic,
        page_url=entry.page_url,
        call_site=entry.call_site,
        source=entry.source,
        fired_at=_storable(entry.fired_at, entry.received_at),
        received_at=entry.received_at,
    )


def _storable(moment: datetime, otherwise: datetime) -> datetime:
    """The moment, or ``otherwise``: a page's clock may say anything, and databases end with the year 9999."""
    return moment if 1970 <= moment.year < 9999 else otherwise


def _tally(recording: Recording, drafts: Iterable[Draft]) -> None:
    """Add to the recording's tallies: an upsert for each name and verdict, the same SQL on both databases."""
    counts = Counter((entry.name, entry.verdict) for entry in drafts)
    table = Tally._meta.db_table
    statement = (
        f"INSERT INTO {table} (recording_id, name, verdict, count) VALUES (%s, %s, %s, %s) "  # noqa: S608  # our own model's table
        f"ON CONFLICT (recording_id, name, verdict) DO UPDATE SET count = {table}.count + excluded.count"
    )
    rows = [(recording.pk, name, verdict, count) for (name, verdict), count in counts.items()]
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
