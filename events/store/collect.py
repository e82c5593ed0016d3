"""The one write path: read -> judge -> store -> wake."""

from typing import NamedTuple

from django.conf import settings

from events.judging.draft import Draft, draft
from events.judging.edition import edition_named
from events.judging.event_limits import limits
from events.judging.known_editions import known_editions
from events.models import capture_digest
from events.reference import Reference
from events.store.transaction import Submission
from events.store.wakeups import waker
from events.store.writer import writer
from events.verdict import PublicFinding, Verdict, public_findings
from events.wire import Delivery, Incoming


class TooManyEvents(ValueError):
    """More events in one request than the limit allows; nothing was stored."""


class Result(NamedTuple):
    """What became of one event; ``seq`` is its number in the recording."""

    event_id: str
    seq: int
    verdict: Verdict
    findings: list[PublicFinding]
    duplicate: bool


def drafts_of(incoming: list[Incoming], edition: Reference) -> list[Draft]:
    """Each event judged by ``edition``. Raises TooManyEvents."""
    if len(incoming) > settings.MAX_EVENTS_PER_REQUEST:
        raise TooManyEvents
    bounds = limits()
    return [draft(event, edition, bounds) for event in incoming]


async def collect(capture_key: str, delivery: Delivery) -> list[Result]:
    """Judge and store what one request brings and wake the recording's viewers; returns after the commit.

    Events are judged here, by the edition that their recording was last seen with; the transaction judges
    them again only where the recording has another one. The results are those of the delivery's events.
    Raises TooManyEvents, store.UnknownCaptureKey, store.RecordingStopped, writer.Busy,
    writer.StoreUnavailable.
    """
    if delivery.size > settings.MAX_EVENTS_PER_REQUEST:
        raise TooManyEvents
    digest = capture_digest(capture_key)
    edition = edition_named(known_editions.get(digest))
    drafts = drafts_of(delivery.events, edition)
    submission = Submission(
        digest, edition.edition, drafts, delivery.updates, delivery.reports, delivery.left
    )
    outcome = await writer.store(submission)
    known_editions.put(digest, outcome.edition)
    if outcome.news:
        waker.wake(outcome.recording)
    return [
        Result(
            entry.event_id,
            receipt.seq,
            entry.verdict,
            public_findings(entry.findings, entry.name, entry.edition),
            receipt.duplicate,
        )
        for entry, receipt in zip(drafts, outcome.receipts, strict=True)
    ]


async def edition_for(capture_key: str) -> Reference:
    """The edition of the capture key's recording; asks the writer where this process does not know it yet.

    Raises store.UnknownCaptureKey, store.RecordingStopped, writer.Busy, writer.StoreUnavailable.
    """
    digest = capture_digest(capture_key)
    if digest not in known_editions:
        outcome = await writer.store(Submission(digest, known_editions.get(digest), []))
        known_editions.put(digest, outcome.edition)
    return edition_named(known_editions.get(digest))
