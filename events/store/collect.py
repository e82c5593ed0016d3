"""The one write path: read -> judge -> store -> wake."""

from typing import NamedTuple

from django.conf import settings

from events import reference
from events.judging.draft import Draft, draft
from events.judging.event_limits import limits
from events.models import capture_digest
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


def drafts_of(incoming: list[Incoming]) -> list[Draft]:
    """Each event judged. Raises TooManyEvents."""
    if len(incoming) > settings.MAX_EVENTS_PER_REQUEST:
        raise TooManyEvents
    bounds, edition = limits(), reference.load()
    return [draft(event, edition, bounds) for event in incoming]


async def collect(capture_key: str, delivery: Delivery) -> list[Result]:
    """Judge and store what one request brings and wake whoever watches; returns after the commit.

    The results are those of the delivery's events. Raises TooManyEvents, store.UnknownCaptureKey,
    store.RecordingStopped, writer.Busy, writer.StoreUnavailable.
    """
    if delivery.size > settings.MAX_EVENTS_PER_REQUEST:
        raise TooManyEvents
    drafts = drafts_of(delivery.events)
    submission = Submission(
        capture_digest(capture_key), drafts, delivery.updates, delivery.reports, delivery.left
    )
    outcome = await writer.store(submission)
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
