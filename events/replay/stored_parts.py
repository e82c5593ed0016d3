"""Stores the parts of session replays exactly once and within a budget; reads and deletes them.

The collect endpoint runs on the event loop and cannot use the ORM, so one thread stores the parts in order.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Max, Min, Sum

from events.db.errors import DATABASE_UNAVAILABLE
from events.models import PageLoad, Recording, StripPart
from events.replay.part import ReplayPart, read_part, stored_events
from events.store.writer import Busy, StoreUnavailable

_MOST_WAITING: Final = 64

#: The outcome of storing a part.
Outcome = Literal["stored", "duplicate", "unknown_capture_key", "strip_off", "stopped", "strip_full"]


def _refusal(recording: Recording | None) -> Outcome | None:
    """The reason why the recording accepts no part; None where it does."""
    if recording is None:
        return "unknown_capture_key"
    if recording.stopped_at is not None:
        return "stopped"
    return None if recording.strip else "strip_off"


def _read_and_store(digest: str, page_id: str, n: str, body: bytes) -> Outcome:
    """Check the recording first, so that an unwanted body is not decompressed. Raises BadPart, TooLarge."""
    if refusal := _refusal(Recording.objects.filter(capture_digest=digest).first()):
        return refusal
    return store(digest, read_part(page_id, n, body))


def store(digest: str, part: ReplayPart) -> Outcome:
    """Store ``part`` in the recording with this capture key, if it records replays and has budget left."""
    with transaction.atomic():
        recording = Recording.objects.select_for_update().filter(capture_digest=digest).first()
        refusal = _refusal(recording)
        if refusal or recording is None:
            return refusal or "unknown_capture_key"
        if recording.strip_parts.filter(page_id=part.page_id, n=part.n).exists():
            return "duplicate"
        if not _has_room(recording, part):
            return "strip_full"
        StripPart.objects.create(
            recording=recording,
            page_id=part.page_id,
            n=part.n,
            first_at=part.first_at,
            last_at=part.last_at,
            bytes=part.weight,
            data=part.data,
        )
        return "stored"


def _has_room(recording: Recording, part: ReplayPart) -> bool:
    own = recording.strip_parts.filter(page_id=part.page_id)
    if used(recording) + part.weight > settings.MAX_STRIP_BYTES:
        return False
    if (own.aggregate(sum=Sum("bytes"))["sum"] or 0) + part.weight > settings.MAX_STRIP_BYTES_PER_PAGE:
        return False
    first = own.order_by("first_at").values_list("first_at", flat=True).first() or part.first_at
    return (part.last_at - first).total_seconds() <= settings.MAX_STRIP_SECONDS


def used(recording: Recording) -> int:
    """The bytes that the recording's replays take of its budget."""
    return int(recording.strip_parts.aggregate(sum=Sum("bytes"))["sum"] or 0)


class _StoreThread:
    """One thread that runs database work for coroutines, one task after the other, with a bounded queue."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="strip-keeper")
        self._waiting = threading.BoundedSemaphore(_MOST_WAITING)

    async def run(self, work: Callable[[], Outcome]) -> Outcome:
        """Run ``work`` in the thread and return its result. Raises Busy, StoreUnavailable."""
        if not self._waiting.acquire(blocking=False):
            raise Busy
        future = self._pool.submit(_retried, work)
        future.add_done_callback(lambda _: self._waiting.release())
        try:
            return await asyncio.wrap_future(future)
        finally:  # an exception's traceback must not keep the future, and through it the request, alive
            del future


def _retried(work: Callable[[], Outcome]) -> Outcome:
    """Run ``work``; run it again on a new connection where the old one broke. ``work`` is idempotent."""
    try:
        return work()
    except DATABASE_UNAVAILABLE:
        connection.close()
    try:
        return work()
    except DatabaseError as error:
        connection.close()
        raise StoreUnavailable from error


_thread = _StoreThread()


async def submit(digest: str, page_id: str, n: str, body: bytes) -> Outcome:
    """Read and store the part in a request body; return after the commit.

    Raises BadPart, TooLarge, Busy, StoreUnavailable.
    """
    return await _thread.run(lambda: _read_and_store(digest, page_id, n, body))


@dataclass(frozen=True, slots=True)
class StoredReplay:
    """The stored replay of one page load; times are by the page's clock, ``bytes`` count in the budget."""

    page_load: PageLoad
    first_at: datetime
    last_at: datetime
    parts: int
    bytes: int

    @property
    def seconds(self) -> float:
        """The length of the replay in seconds."""
        return (self.last_at - self.first_at).total_seconds()


def strips(recording: Recording, most: int) -> list[StoredReplay]:
    """The newest replays, at most ``most``, of page loads with events: a replay is shown beside events."""
    found = (
        recording.strip_parts.values("page_id")
        .annotate(first=Min("first_at"), last=Max("last_at"), parts=Count("pk"), size=Sum("bytes"))
        .order_by("-first")[: 2 * most]
    )
    rows = {row["page_id"]: row for row in found}
    loads = {load.page_id: load for load in recording.page_loads.filter(page_id__in=rows)}
    return [
        StoredReplay(loads[page_id], row["first"], row["last"], row["parts"], row["size"])
        for page_id, row in rows.items()
        if page_id in loads
    ][:most]


def delete_strips(recording: Recording) -> None:
    """Delete all replays of the recording, in slices, to keep transactions short."""
    while some := list(recording.strip_parts.values_list("pk", flat=True)[:500]):
        recording.strip_parts.filter(pk__in=some).delete()


def parts_after(recording: Recording, page_id: str, n: int, most_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Yield number and JSON array of the parts after ``n``, in order, until ``most_bytes`` are exceeded."""
    size = 0
    found = recording.strip_parts.filter(page_id=page_id, n__gt=n).order_by("n").values_list("n", "data")
    for number, data in found.iterator(chunk_size=4):
        if size > most_bytes:
            return
        events = stored_events(bytes(data))
        size += len(events)
        yield number, events
