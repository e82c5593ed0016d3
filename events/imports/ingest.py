"""Storing what was recorded elsewhere: judged, numbered, counted and shown as if it had been captured."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Final, NamedTuple

from events.judging.draft import draft
from events.judging.edition import edition_named, edition_of
from events.judging.event_limits import limits
from events.models import Recording
from events.reference import Reference
from events.store.transaction import RecordingStopped, Stored, Submission, UnknownCaptureKey
from events.store.wakeups import announce
from events.store.writer import writer
from events.wire import Delivery

_WINDOW: Final = 5_000  # requests that are put in the order of their times: files have them nearly in order
_CHUNK: Final = 200  # events handed to the writer at once: whoever captures meanwhile must not wait
_WAIT_SECONDS: Final = 60
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class NotTaken(RuntimeError):
    """The recording takes no events: it is stopped, or gone."""


class Kept(NamedTuple):
    """How many events were stored, and how many of those brought were there before."""

    events: int
    duplicates: int


def keep(recording: Recording, deliveries: Iterable[Delivery], progress: Callable[[], None]) -> Kept:
    """Store ``deliveries`` through the writer. Raises NotTaken, writer.Busy, writer.StoreUnavailable."""
    kept = duplicates = 0
    edition = edition_of(recording)
    for chunk in _chunks(_in_order(deliveries)):
        stored = _store(recording, chunk, edition)
        edition = edition_named(stored.edition)
        repeated = sum(receipt.duplicate for receipt in stored.receipts)
        kept, duplicates = kept + len(stored.receipts) - repeated, duplicates + repeated
        if stored.news:
            announce(recording.pk)
        progress()
    return Kept(kept, duplicates)


def _in_order(deliveries: Iterable[Delivery]) -> Iterator[Delivery]:
    """The deliveries by the time of their first event; one that has none stays behind what it followed."""
    rest = iter(deliveries)
    while window := list(islice(rest, _WINDOW)):
        moment, keyed = _NEVER, []
        for delivery in window:
            moment = next((event.at for event in delivery.events if event.at), moment)
            keyed.append((moment, delivery))
        yield from (delivery for _, delivery in sorted(keyed, key=lambda pair: pair[0]))


def _chunks(deliveries: Iterable[Delivery]) -> Iterator[Delivery]:
    """The same, small ones joined and large ones divided."""
    chunk = Delivery([])
    for delivery in deliveries:
        for event in delivery.events:
            chunk.events.append(event)
            if len(chunk.events) >= _CHUNK:
                yield chunk
                chunk = Delivery([])
        chunk.updates += delivery.updates
        chunk.reports += delivery.reports
        chunk.left += delivery.left
        if chunk.size >= _CHUNK:
            yield chunk
            chunk = Delivery([])
    if chunk.size:
        yield chunk


def _store(recording: Recording, chunk: Delivery, edition: Reference) -> Stored:
    bounds = limits()
    drafts = [draft(event, edition, bounds) for event in chunk.events]
    submission = Submission(
        recording.capture_digest, edition.edition, drafts, chunk.updates, chunk.reports, chunk.left
    )
    try:
        return writer.submit(submission).result(_WAIT_SECONDS)
    except (UnknownCaptureKey, RecordingStopped):
        raise NotTaken("The recording takes no events: it was stopped or deleted.") from None
