"""What was on screen, in parts: counted against the budget, stored exactly once, read, deleted.

The capture address may not use the ORM itself: a thread of its own stores one part after the other.
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

from events.db.errors import AWAY
from events.models import PageLoad, Recording, StripPart
from events.replay.part import Part, read_part, stored_events
from events.store.writer import Busy, StoreUnavailable

_MOST_WAITING: Final = 64

#: What became of a part.
Outcome = Literal["stored", "duplicate", "unknown_capture_key", "strip_off", "stopped", "strip_full"]


def _refusal(recording: Recording | None) -> Outcome | None:
    """Why nothing is stored there, whatever it is."""
    if recording is None:
        return "unknown_capture_key"
    if recording.stopped_at is not None:
        return "stopped"
    return None if recording.strip else "strip_off"


def _read_and_store(digest: str, page_id: str, n: str, body: bytes) -> Outcome:
    """What is not wanted is not even unpacked. Raises BadPart, TooLarge."""
    if refusal := _refusal(Recording.objects.filter(capture_digest=digest).first()):
        return refusal
    return store(digest, read_part(page_id, n, body))


def store(digest: str, part: Part) -> Outcome:
    """Store ``part`` in the recording with this capture key, if it wants strips and has room left."""
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


def _has_room(recording: Recording, part: Part) -> bool:
    own = recording.strip_parts.filter(page_id=part.page_id)
    if used(recording) + part.weight > settings.MAX_STRIP_BYTES:
        return False
    if (own.aggregate(sum=Sum("bytes"))["sum"] or 0) + part.weight > settings.MAX_STRIP_BYTES_PER_PAGE:
        return False
    first = own.order_by("first_at").values_list("first_at", flat=True).first() or part.first_at
    return (part.last_at - first).total_seconds() <= settings.MAX_STRIP_SECONDS


def used(recording: Recording) -> int:
    """How much of its budget the recording's strips take, in bytes."""
    return int(recording.strip_parts.aggregate(sum=Sum("bytes"))["sum"] or 0)


class _Keeper:
    """One thread that uses the database for whoever may not; a bounded number may wait for it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="strip-keeper")
        self._waiting = threading.BoundedSemaphore(_MOST_WAITING)

    async def run(self, work: Callable[[], Outcome]) -> Outcome:
        """What ``work`` gives. Raises Busy, StoreUnavailable."""
        if not self._waiting.acquire(blocking=False):
            raise Busy
        future = self._pool.submit(_patiently, work)
        future.add_done_callback(lambda _: self._waiting.release())
        try:
            return await asyncio.wrap_future(future)
        finally:  # as in events.returns: an error must not hold the request
            del future


def _patiently(work: Callable[[], Outcome]) -> Outcome:
    """Once more on a new connection where the old one broke: storing twice does no harm."""
    try:
        return work()
    except AWAY:
        connection.close()
    try:
        return work()
    except DatabaseError as error:
        connection.close()
        raise StoreUnavailable from error


_keeper = _Keeper()


async def keep(digest: str, page_id: str, n: str, body: bytes) -> Outcome:
    """Read and store what one request brings, after the commit.

    Raises BadPart, TooLarge, Busy, StoreUnavailable.
    """
    return await _keeper.run(lambda: _read_and_store(digest, page_id, n, body))


@dataclass(frozen=True, slots=True)
class Strip:
    """What is there of one page load, and from when to when by the page's own clock."""

    page_load: PageLoad
    first_at: datetime
    last_at: datetime
    parts: int
    bytes: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.last_at - self.first_at).total_seconds()


def strips(recording: Recording, most: int) -> list[Strip]:
    """The newest page loads with a strip, of those that fired events: a strip is shown beside them."""
    found = (
        recording.strip_parts.values("page_id")
        .annotate(first=Min("first_at"), last=Max("last_at"), parts=Count("pk"), size=Sum("bytes"))
        .order_by("-first")[: 2 * most]
    )
    rows = {row["page_id"]: row for row in found}
    loads = {load.page_id: load for load in recording.page_loads.filter(page_id__in=rows)}
    return [
        Strip(loads[page_id], row["first"], row["last"], row["parts"], row["size"])
        for page_id, row in rows.items()
        if page_id in loads
    ][:most]


def delete_strips(recording: Recording) -> None:
    """Delete what is there of what was on screen, in slices: no long transaction."""
    while some := list(recording.strip_parts.values_list("pk", flat=True)[:500]):
        recording.strip_parts.filter(pk__in=some).delete()


def parts_after(recording: Recording, page_id: str, n: int, most_bytes: int) -> Iterator[tuple[int, bytes]]:
    """The parts after ``n`` in order, as number and JSON array; ends once ``most_bytes`` are exceeded."""
    size = 0
    found = recording.strip_parts.filter(page_id=page_id, n__gt=n).order_by("n").values_list("n", "data")
    for number, data in found.iterator(chunk_size=4):
        if size > most_bytes:
            return
        events = stored_events(bytes(data))
        size += len(events)
        yield number, events
