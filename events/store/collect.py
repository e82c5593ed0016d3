"""Runs a delivery through the write path: judges its events, stores them and wakes the viewers."""

from typing import NamedTuple

from django.conf import settings

from events.judging.draft import Draft, draft
from events.judging.edition import edition_named
from events.judging.edition_cache import edition_cache
from events.judging.event_limits import limits
from events.models import capture_digest
from events.reference import Reference
from events.store.transaction import Submission
from events.store.wakeups import waker
from events.store.writer import writer
from events.verdict import PublicFinding, Verdict, public_findings
from events.wire import Delivery, Incoming


class TooManyEvents(ValueError):
    """A request holds more events than MAX_EVENTS_PER_REQUEST; nothing was stored."""


class Result(NamedTuple):
    """The outcome of storing one event; ``seq`` is its sequence number in the recording."""

    event_id: str
    seq: int
    verdict: Verdict
    findings: list[PublicFinding]
    duplicate: bool


def drafts_of(incoming: list[Incoming], edition: Reference) -> list[Draft]:
    """The drafts of the events, judged by ``edition``. Raises TooManyEvents."""
    if len(incoming) > settings.MAX_EVENTS_PER_REQUEST:
        raise TooManyEvents
    bounds = limits()
    return [draft(event, edition, bounds) for event in incoming]


async def collect(capture_key: str, delivery: Delivery) -> list[Result]:
    """Judge and store the delivery of one request and wake the recording's viewers; returns after the commit.

    Events are judged here, by the cached edition of their recording; the transaction judges them again only
    where the recording has another edition. Returns a result for each event of the delivery, in order.
    Raises TooManyEvents, store.UnknownCaptureKey, store.RecordingStopped, writer.Busy,
    writer.StoreUnavailable.
    """
    if delivery.size > settings.MAX_EVENTS_PER_REQUEST:
        raise TooManyEvents
    digest = capture_digest(capture_key)
    edition = edition_named(edition_cache.get(digest) or settings.EDITION)
    drafts = drafts_of(delivery.events, edition)
    submission = Submission(
        digest, edition.edition, drafts, delivery.updates, delivery.reports, delivery.left
    )
    outcome = await writer.store(submission)
    edition_cache.put(digest, outcome.edition)
    if outcome.news:
        waker.wake(outcome.recording)
    return [
        Result(
            entry.event_id,
            receipt.seq,
            entry.whole_verdict,
            public_findings(entry.all_findings, entry.name, entry.edition),
            receipt.duplicate,
        )
        for entry, receipt in zip(drafts, outcome.receipts, strict=True)
    ]


async def edition_for(capture_key: str) -> Reference:
    """The edition of the capture key's recording; read by the writer where it is not in the cache yet.

    Raises store.UnknownCaptureKey, store.RecordingStopped, writer.Busy, writer.StoreUnavailable.
    """
    digest = capture_digest(capture_key)
    if digest not in edition_cache:
        outcome = await writer.store(Submission(digest, settings.EDITION, []))
        edition_cache.put(digest, outcome.edition)
    return edition_named(edition_cache.get(digest))
