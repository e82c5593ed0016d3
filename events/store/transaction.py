"""The one transaction that writes: sequence numbers, exactly-once, page loads, tallies, events.

Runs in the writer's thread alone. The recording's row is locked first (PostgreSQL; SQLite's IMMEDIATE locks
everything), so commit order is sequence order however many processes write.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import transaction

from events.db.bulk_statements import insert
from events.db.compiled_queries import CompiledQuery
from events.judging.draft import Draft
from events.judging.edition import edition_of
from events.models import Event, PageLoad, Recording
from events.reference import Reference
from events.store.counters import Counters
from events.store.loss import account
from events.store.reports import note
from events.store.sizes import row_bytes, site_of
from events.store.tallies import tally
from events.store.updates import apply, judge_again
from events.verdict import write_findings
from events.wire import Left, ScriptReport, Update


class UnknownCaptureKey(LookupError):
    """No recording has this capture key."""


class RecordingStopped(RuntimeError):
    """The recording takes no events: somebody stopped it."""


class Receipt(NamedTuple):
    """Where an event went. ``duplicate``: it was here before, under the same number."""

    seq: int
    duplicate: bool


@dataclass(slots=True)
class Submission:
    """What one request brings, and the digest of the capture key that it came with.

    ``edition`` names the edition by which ``drafts`` are judged: the transaction judges them again where the
    recording has another one.
    """

    digest: str
    edition: str
    drafts: list[Draft]
    updates: Sequence[Update] = ()
    reports: Sequence[ScriptReport] = ()
    left: Sequence[Left] = ()

    @property
    def size(self) -> int:
        """How many things there are to store."""
        return len(self.drafts) + len(self.updates) + len(self.reports) + len(self.left)


@dataclass(frozen=True, slots=True)
class Stored:
    """A receipt for each draft of a submission.

    ``edition`` names the edition that ``recording`` is judged by. ``news``: its viewers see a change.
    """

    recording: int
    edition: str
    receipts: list[Receipt]
    news: bool


#: An event's columns, in the order of ``_row``; a check holds them equal to the model's without a default.
COLUMNS: Final = (
    "recording",
    "seq",
    "event_id",
    "page_load",
    "n",
    "name",
    "verdict",
    "findings",
    "called",
    "sent",
    "automatic",
    "permanent",
    "delivery",
    "sent_to",
    "container",
    "change",
    "page_url",
    "call_site",
    "source",
    "fired_at",
    "received_at",
)

_LOCKED: Final = CompiledQuery(
    Recording,
    lambda digests: Recording.objects.select_for_update().filter(capture_digest__in=digests).order_by("pk"),
)
_KNOWN: Final = CompiledQuery(
    Event,
    lambda recording, ids: Event.objects.filter(recording=recording, event_id__in=ids).values_list(
        "event_id", "seq"
    ),
)

Outcome = Stored | UnknownCaptureKey | RecordingStopped


def store(submissions: Sequence[Submission]) -> list[Outcome]:
    """Store everything in one transaction and say for each submission what became of it, in order.

    Raises django.db.DatabaseError, with nothing stored, where the database fails.
    """
    with transaction.atomic():
        recordings = _locked({submission.digest for submission in submissions})
        running = [recording for recording in recordings.values() if recording.stopped_at is None]
        batches = {row.pk: _Batch(Counters.of(row), edition_of(row)) for row in running}
        outcomes: list[Outcome] = []
        for submission in submissions:
            recording = recordings.get(submission.digest)
            if recording is not None and recording.pk in batches:
                batches[recording.pk].add(submission)
        for batch in batches.values():
            batch.write()
        for submission in submissions:
            recording = recordings.get(submission.digest)
            if recording is None:
                outcomes.append(UnknownCaptureKey())
            elif recording.pk not in batches:
                outcomes.append(RecordingStopped())
            else:
                outcomes.append(batches[recording.pk].outcome(len(submission.drafts)))
        return outcomes


def _locked(digests: set[str]) -> dict[str, Recording]:
    """The recordings by digest, locked in the order of their ids: two writers cannot wait for each other."""
    return {row.capture_digest: row for row in _LOCKED.models(tuple(digests))}


@dataclass(slots=True)
class _Batch:
    """What one recording receives in this transaction."""

    counters: Counters
    edition: Reference
    drafts: list[Draft] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    reports: list[ScriptReport] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    news: bool = False
    _receipts: list[Receipt] = field(default_factory=list)
    _handed: int = 0

    def add(self, submission: Submission) -> None:
        """Take in one request's share, judged by the recording's edition."""
        if submission.edition != self.edition.edition:
            judge_again(submission.drafts, self.edition)
            submission.edition = self.edition.edition
        self.drafts.extend(submission.drafts)
        self.updates.extend(submission.updates)
        self.reports.extend(submission.reports)
        self.left.extend(submission.left)

    def write(self) -> None:
        """Number, store and count the drafts that are new, then what became known of older ones."""
        counters = self.counters
        before, changes = counters.last_seq, counters.last_change
        fresh = self._number()
        drafts = [entry for _, entry in fresh]
        if fresh or self.left:
            page_loads = account(counters, drafts, self.left, before)
            rows = [_row(counters.recording, seq, entry, page_loads) for seq, entry in fresh]
            insert(Event, COLUMNS, rows)
            counters.bytes += sum(map(row_bytes, rows))
            counters.site = counters.site or site_of(entry.page_url for entry in drafts)
            tally(counters.recording, Counter((entry.name, entry.verdict) for entry in drafts))
        if self.updates:
            apply(counters, self.updates, self.edition)
        note(counters, self.reports)
        if fresh:
            counters.last_event_at = drafts[-1].received_at
        self.news = bool(fresh) or counters.last_change != changes
        if self.news:
            counters.save()

    def outcome(self, count: int) -> Stored:
        """What became of a submission: the next ``count`` drafts are its."""
        self._handed += count
        receipts = self._receipts[self._handed - count : self._handed]
        return Stored(self.counters.recording, self.edition.edition, receipts, self.news)

    def _number(self) -> list[tuple[int, Draft]]:
        ids = tuple({entry.event_id for entry in self.drafts})
        known: dict[str, int] = dict(_KNOWN.rows(self.counters.recording, ids)) if ids else {}
        fresh: list[tuple[int, Draft]] = []
        for entry in self.drafts:
            duplicate = entry.event_id in known
            if not duplicate:
                self.counters.last_seq += 1
                known[entry.event_id] = self.counters.last_seq
                fresh.append((self.counters.last_seq, entry))
            self._receipts.append(Receipt(known[entry.event_id], duplicate))
        return fresh


def _row(recording: int, seq: int, entry: Draft, page_loads: dict[str, PageLoad]) -> tuple[Any, ...]:
    """The values of ``COLUMNS``."""
    return (
        recording,
        seq,
        entry.event_id,
        page_loads[entry.page.id].pk if entry.page else None,
        entry.n,
        entry.name,
        entry.verdict,
        write_findings(entry.findings),
        entry.called,
        entry.sent,
        entry.automatic,
        entry.permanent,
        entry.delivery,
        entry.sent_to,
        entry.container,
        0,
        entry.page_url,
        entry.call_site,
        entry.source,
        _storable(entry.fired_at, entry.received_at),
        entry.received_at,
    )


def _storable(moment: datetime, otherwise: datetime) -> datetime:
    """The moment, or ``otherwise``: a page's clock may say anything, and databases end with the year 9999."""
    return moment if 1970 <= moment.year < 9999 else otherwise
