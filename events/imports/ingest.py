"""Stores imported events: judges them and submits them to the writer, like captured events."""

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

_WINDOW: Final = 5_000  # requests sorted by time at once: files hold them nearly in order
_CHUNK: Final = 200  # events in one submission to the writer, so that concurrent captures need not wait
_WAIT_SECONDS: Final = 60
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class NotAccepted(RuntimeError):
    """The recording accepts no events: it is stopped or deleted."""


class Ingested(NamedTuple):
    """Counts of stored events and of duplicates, which the recording already held."""

    events: int
    duplicates: int


def ingest(recording: Recording, deliveries: Iterable[Delivery], progress: Callable[[], None]) -> Ingested:
    """Store ``deliveries`` through the writer and call ``progress`` after each chunk.

    Raises NotAccepted, writer.Busy, writer.StoreUnavailable.
    """
    count = duplicates = 0
    edition = edition_of(recording)
    for chunk in _chunks(_in_order(deliveries)):
        stored = _store(recording, chunk, edition)
        edition = edition_named(stored.edition)
        repeated = sum(receipt.duplicate for receipt in stored.receipts)
        count, duplicates = count + len(stored.receipts) - repeated, duplicates + repeated
        if stored.news:
            announce(recording.pk)
        progress()
    return Ingested(count, duplicates)


def _in_order(deliveries: Iterable[Delivery]) -> Iterator[Delivery]:
    """Yield the deliveries by the time of their first event; one without a time follows its predecessor."""
    rest = iter(deliveries)
    while window := list(islice(rest, _WINDOW)):
        moment, keyed = _NEVER, []
        for delivery in window:
            moment = next((event.at for event in delivery.events if event.at), moment)
            keyed.append((moment, delivery))
        yield from (delivery for _, delivery in sorted(keyed, key=lambda pair: pair[0]))


def _chunks(deliveries: Iterable[Delivery]) -> Iterator[Delivery]:
    """Join small deliveries and split large ones into chunks of at most 200 events."""
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
        raise NotAccepted("The recording takes no events: it was stopped or deleted.") from None
