"""The one write path: read -> judge -> store -> wake."""

import asyncio
from typing import Any, NamedTuple

from django.conf import settings

from events import reference
from events.drafts import Draft, Limits, draft
from events.models import capture_digest
from events.store import Submission, UnknownCaptureKey
from events.verdict import Verdict
from events.wake import waker
from events.wire import Incoming
from events.writer import writer


class TooManyEvents(ValueError):
    """More events in one request than the limit allows; nothing was stored."""


class Result(NamedTuple):
    """What became of one event; ``seq`` is its number in the recording."""

    event_id: str
    seq: int
    verdict: Verdict
    findings: list[dict[str, Any]]
    duplicate: bool


def limits() -> Limits:
    """The limits of one event, from the settings."""
    return Limits(settings.MAX_EVENT_BYTES, settings.MAX_JSON_DEPTH, settings.MAX_FINDINGS_PER_EVENT)


def drafts_of(incoming: list[Incoming]) -> list[Draft]:
    """Each event judged. Raises TooManyEvents."""
    if len(incoming) > settings.MAX_EVENTS_PER_REQUEST:
        raise TooManyEvents
    bounds, edition = limits(), reference.load()
    return [draft(event, edition, bounds) for event in incoming]


async def collect(capture_key: str, incoming: list[Incoming]) -> list[Result]:
    """Judge and store ``incoming`` and wake whoever watches; returns after the commit.

    Raises TooManyEvents, UnknownCaptureKey, writer.Busy, writer.StoreUnavailable.
    """
    drafts = drafts_of(incoming)
    outcome = await asyncio.wrap_future(writer.submit(Submission(capture_digest(capture_key), drafts)))
    if isinstance(outcome, UnknownCaptureKey):
        raise outcome
    if any(not receipt.duplicate for receipt in outcome):
        waker.wake(outcome[0].recording)
    return [
        Result(entry.event_id, receipt.seq, entry.verdict, entry.findings, receipt.duplicate)
        for entry, receipt in zip(drafts, outcome, strict=True)
    ]
