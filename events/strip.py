"""What was on screen: rrweb events in parts, checked, counted against the budget, stored exactly once.

The capture address may not use the ORM itself: a thread of its own stores one part after the other.
"""

import asyncio
import re
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

import orjson
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, Max, Min, Sum

from events.models import PageLoad, Recording, StripPart
from events.writer import Busy, StoreUnavailable

#: A part counts for at least this much, so that many tiny ones use the budget up too.
_LEAST_BYTES: Final = 1_000
_MOST_WAITING: Final = 64
_MOST_EVENTS: Final = 20_000
_TYPES: Final = range(7)  # of rrweb's events
_PAGE_ID: Final = re.compile(r"[!-~]{1,64}")
_LATEST_MS: Final = 253_402_000_000_000  # a moment of the year 9999

#: What became of a part.
Outcome = Literal["stored", "duplicate", "unknown_capture_key", "strip_off", "stopped", "strip_full"]


class BadPart(ValueError):
    """What arrived is no part of a strip; the text says why."""


class PartTooLarge(BadPart):
    """It unpacks to more than a part may hold."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of one page load's strip, as it is stored: ``n`` counts from 1, times are the page's own."""

    page_id: str
    n: int
    first_at: datetime
    last_at: datetime
    data: bytes

    @property
    def weight(self) -> int:
        """What it counts for in the budget."""
        return max(len(self.data), _LEAST_BYTES)


def read_part(page_id: str, n: str, body: bytes) -> Part:
    """The part in a request's body: a JSON array of rrweb events, plain or as gzip. Raises BadPart."""
    if not _PAGE_ID.fullmatch(page_id):
        raise BadPart("?page= is the page load's id, of 64 letters, digits and signs at most.")
    if not (n.isascii() and n.isdigit() and len(n) < 7 and int(n) > 0):
        raise BadPart("?n= numbers the parts of a page load: 1, 2, 3 ….")
    text = _unpacked(body).strip()
    times = [event["timestamp"] for event in _events(text)]
    # As it came, since what is deep enough cannot be written again.
    return Part(page_id, int(n), _moment(min(times)), _moment(max(times)), zlib.compress(text, 6))


def _unpacked(body: bytes) -> bytes:
    """The body without its packing, never more than a part may hold."""
    most = settings.MAX_STRIP_PART_BYTES
    if not body.startswith(b"\x1f\x8b"):
        unpacked, whole = body, True
    else:
        inflate = zlib.decompressobj(wbits=31)
        try:
            unpacked = inflate.decompress(body, most + 1)
        except zlib.error:
            raise BadPart("The body is broken gzip.") from None
        whole = inflate.eof or len(unpacked) > most
    if not whole:
        raise BadPart("The body is gzip that was cut off.")
    if len(unpacked) > most:
        raise PartTooLarge(f"A part may hold {most // 1_000_000} MB at most, unpacked.")
    return unpacked


def _events(text: bytes) -> list[dict[str, Any]]:
    """The rrweb events in ``text``: each has a numeric type and timestamp and some data."""
    try:
        events = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadPart("The body is no JSON.") from None
    if not isinstance(events, list) or not 0 < len(events) <= _MOST_EVENTS:
        raise BadPart("The body is no list of rrweb events.")
    for place, event in enumerate(events):
        if not _is_event(event):
            raise BadPart(f"No. {place + 1} is no rrweb event: it needs type, timestamp and data.")
    return events


def _is_event(event: Any) -> bool:
    if not isinstance(event, dict) or not event.keys() <= {"type", "timestamp", "data", "delay"}:
        return False
    kind, at = event.get("type"), event.get("timestamp")
    if isinstance(kind, bool) or not isinstance(kind, int) or kind not in _TYPES:
        return False
    if isinstance(at, bool) or not isinstance(at, int | float) or not 0 < at < _LATEST_MS:
        return False
    return isinstance(event.get("data"), dict)


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _refusal(recording: Recording | None) -> Outcome | None:
    """Why nothing is stored there, whatever it is."""
    if recording is None:
        return "unknown_capture_key"
    if recording.stopped_at is not None:
        return "stopped"
    return None if recording.strip else "strip_off"


def _read_and_store(digest: str, page_id: str, n: str, body: bytes) -> Outcome:
    """What is not wanted is not even unpacked. Raises BadPart."""
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
        return await asyncio.wrap_future(future)


def _patiently(work: Callable[[], Outcome]) -> Outcome:
    """Once more on a new connection where the old one broke: storing twice does no harm."""
    try:
        return work()
    except (OperationalError, InterfaceError):
        connection.close()
    try:
        return work()
    except DatabaseError as error:
        connection.close()
        raise StoreUnavailable from error


_keeper = _Keeper()


async def keep(digest: str, page_id: str, n: str, body: bytes) -> Outcome:
    """Read and store what one request brings, after the commit. Raises BadPart, Busy, StoreUnavailable."""
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
        events = _inflated(bytes(data))
        size += len(events)
        yield number, events


def _inflated(data: bytes) -> bytes:
    """The JSON array in a stored part; an empty one where it is none: an imported file may hold anything."""
    inflate = zlib.decompressobj()
    try:
        events = inflate.decompress(data, settings.MAX_STRIP_PART_BYTES)
        _events(events)
    except (zlib.error, BadPart):
        return b"[]"
    return events
