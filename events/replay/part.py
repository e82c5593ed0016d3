"""One part of a strip: what arrived, checked and unpacked within bounds. Stores nothing."""

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from django.conf import settings

from events.limits import TooLarge

#: A part counts for at least this much, so that many tiny ones use the budget up too.
_LEAST_BYTES: Final = 1_000
_MOST_EVENTS: Final = 20_000
_TYPES: Final = range(7)  # of rrweb's events
_PAGE_ID: Final = re.compile(r"[!-~]{1,64}")
_LATEST_MS: Final = 253_402_000_000_000  # a moment of the year 9999


class BadPart(ValueError):
    """What arrived is no part of a strip; the text says why."""


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


def read_part(page_id: str, n: str, body: bytes, data: bytes | None = None) -> Part:
    """The part in a request's body: a JSON array of rrweb events, plain or as gzip.

    ``data`` is the same as it is to be stored, where that is there already. Raises BadPart, TooLarge.
    """
    if not _PAGE_ID.fullmatch(page_id):
        raise BadPart("?page= is the page load's id, of 64 letters, digits and signs at most.")
    if not (n.isascii() and n.isdigit() and len(n) < 7 and int(n) > 0):
        raise BadPart("?n= numbers the parts of a page load: 1, 2, 3 ….")
    text = _unpacked(body).strip()
    times = [event["timestamp"] for event in _events(text)]
    # As it came, since what is deep enough cannot be written again.
    return Part(page_id, int(n), _moment(min(times)), _moment(max(times)), data or zlib.compress(text, 6))


def _unpacked(body: bytes) -> bytes:
    """The body without its packing. Raises BadPart, and TooLarge beyond what a part may hold."""
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
        raise TooLarge("a part of a strip, unpacked,", most)
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


def stored_events(data: bytes) -> bytes:
    """The JSON array in a stored part; an empty one where it is none: an imported file may hold anything."""
    inflate = zlib.decompressobj()
    try:
        events = inflate.decompress(data, settings.MAX_STRIP_PART_BYTES)
        _events(events)
    except (zlib.error, BadPart):
        return b"[]"
    return events
