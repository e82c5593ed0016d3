"""Writes submissions in one transaction: sequence numbers, exactly-once, page loads, tallies, events.

Runs in the writer's thread only. The recording's row is locked first (PostgreSQL; SQLite's IMMEDIATE locks
the database), so commit order is sequence order however many processes write.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from django.db import transaction

from events.db.bulk_statements import insert
from events.db.compiled_queries import CompiledQuery
from events.judging.draft import Draft, storable
from events.judging.edition import edition_of
from events.models import Event, PageLoad, Recording
from events.reference import Reference
from events.store import chain_cache
from events.store.counters import Counters
from events.store.known_events import stored_seqs
from events.store.loss import account
from events.store.page_views import is_closed
from events.store.reports import store_reports
from events.store.settle import settle_drafts
from events.store.sizes import row_bytes, site_of
from events.store.tallies import TallyChanges
from events.store.updates import apply, judge_again
from events.verdict import write_findings
from events.verdict.groups import gravest_of
from events.wire import Left, ScriptReport, Update


class UnknownCaptureKey(LookupError):
    """No recording has this capture key."""


class RecordingStopped(RuntimeError):
    """The recording accepts no events because it was stopped."""


class Receipt(NamedTuple):
    """The sequence number of an event. ``duplicate``: an event of the same id with equal content has it."""

    seq: int
    duplicate: bool


@dataclass(slots=True)
class Submission:
    """The content of one request, judged, and the digest of its capture key.

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
        """The number of drafts, updates, reports and page ends to store."""
        return len(self.drafts) + len(self.updates) + len(self.reports) + len(self.left)


@dataclass(frozen=True, slots=True)
class Stored:
    """The outcome of a submission that was stored, with a receipt for each of its drafts, in order.

    ``recording`` is the recording's primary key, ``edition`` the name of the edition by which it is judged.
    ``news``: the recording's viewers have something new to read.
    """

    recording: int
    edition: str
    receipts: list[Receipt]
    news: bool


#: An event's columns, in the order of ``_row``; events.E002 checks that none without a default is missing.
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
    "seen",
    "sent_to",
    "container",
    "change",
    "page_url",
    "call_site",
    "source",
    "fired_at",
    "received_at",
    "occurrence",
    "sent_id",
    "gravest",
    "unknown",
)

_GRAVEST: Final = COLUMNS.index("gravest")

_LOCKED: Final = CompiledQuery(
    Recording,
    lambda digests: Recording.objects.select_for_update().filter(capture_digest__in=digests).order_by("pk"),
)

Outcome = Stored | UnknownCaptureKey | RecordingStopped


def store(submissions: Sequence[Submission]) -> list[Outcome]:
    """Store ``submissions`` in one transaction; return the outcome of each, in order.

    Raises DatabaseError, with nothing stored, where the database fails.
    """
    with transaction.atomic():
        recordings = _locked({submission.digest for submission in submissions})
        running = [recording for recording in recordings.values() if recording.stopped_at is None]
        batches = {row.pk: _Batch(Counters.of(row), edition_of(row), is_closed(row)) for row in running}
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
    """The recordings by digest, locked in the order of their ids, so that two writers cannot deadlock."""
    return {row.capture_digest: row for row in _LOCKED.models(tuple(digests))}


@dataclass(slots=True)
class _Batch:
    """All submissions to one recording in this transaction."""

    counters: Counters
    edition: Reference
    closed: bool
    drafts: list[Draft] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    reports: list[ScriptReport] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    news: bool = False
    _shared: set[str] = field(default_factory=set)
    _receipts: list[Receipt] = field(default_factory=list)
    _receipts_returned: int = 0

    def add(self, submission: Submission) -> None:
        """Add one submission; judge its drafts again where the recording has another edition."""
        if submission.edition != self.edition.edition:
            judge_again(submission.drafts, self.edition)
            submission.edition = self.edition.edition
        self.drafts.extend(submission.drafts)
        self.updates.extend(submission.updates)
        self.reports.extend(submission.reports)
        self.left.extend(submission.left)

    def write(self) -> None:
        """Number, store and count the new drafts, then apply the updates of stored events.

        Raises DatabaseError.
        """
        counters = self.counters
        before, changes = counters.last_seq, counters.last_change
        ends = chain_cache.take(counters.recording, before, changes)
        fresh = self._number()
        drafts = [entry for _, entry in fresh]
        if fresh or self.left:
            page_loads = account(counters, drafts, self.left, before)
            settle_drafts(counters, ends, fresh, page_loads, self._shared, closed=self.closed)
            rows = [_row(counters.recording, seq, entry, page_loads) for seq, entry in fresh]
            insert(Event, COLUMNS, rows)
            counters.bytes += sum(map(row_bytes, rows))
            counters.site = counters.site or site_of(entry.page_url for entry in drafts)
            tallies = TallyChanges()
            for entry, row in zip(drafts, rows, strict=True):
                tallies.add(entry.name, entry.whole_verdict, row[_GRAVEST], entry.all_findings)
            tallies.save(counters.recording)
        if self.updates:
            apply(counters, self.updates, self.edition, ends)
        store_reports(counters, self.reports)
        if fresh:
            counters.last_event_at = drafts[-1].received_at
        self.news = bool(fresh) or counters.last_change != changes
        if self.news:
            counters.save()
        chain_cache.give_back(counters.recording, ends, counters.last_seq, counters.last_change)

    def outcome(self, count: int) -> Stored:
        """The outcome of the next submission, which has ``count`` drafts; called once each, in order."""
        first = self._receipts_returned
        self._receipts_returned += count
        receipts = self._receipts[first : first + count]
        return Stored(self.counters.recording, self.edition.edition, receipts, self.news)

    def _number(self) -> list[tuple[int, Draft]]:
        """The new drafts with their sequence numbers; adds a receipt for every draft.

        Notes the ids that several events of the recording have now.
        """
        identities = [(entry.event_id, entry.occurrence) for entry in self.drafts]
        known, stored_ids = stored_seqs(self.counters.recording, identities)
        fresh: list[tuple[int, Draft]] = []
        for identity, entry in zip(identities, self.drafts, strict=True):
            duplicate = identity in known
            if not duplicate:
                self.counters.last_seq += 1
                known[identity] = self.counters.last_seq
                fresh.append((self.counters.last_seq, entry))
            self._receipts.append(Receipt(known[identity], duplicate))
        counted = Counter(entry.event_id for _, entry in fresh)
        self._shared = {
            event_id for event_id, count in counted.items() if count > 1 or event_id in stored_ids
        }
        return fresh


def _row(recording: int, seq: int, entry: Draft, page_loads: dict[str, PageLoad]) -> tuple[Any, ...]:
    """The values of one event's row, in the order of ``COLUMNS``."""
    return (
        recording,
        seq,
        entry.event_id,
        page_loads[entry.page.id].pk if entry.page else None,
        entry.n,
        entry.name,
        entry.whole_verdict,
        write_findings(entry.all_findings),
        entry.called,
        entry.sent,
        entry.automatic,
        entry.permanent,
        entry.delivery,
        entry.seen,
        entry.sent_to,
        entry.container,
        0,
        entry.page_url,
        entry.call_site,
        entry.source,
        storable(entry.fired_at, entry.received_at),
        entry.received_at,
        entry.occurrence,
        entry.sent_id,
        gravest_of(entry.all_findings),
        entry.unknown,
    )
