"""Decompresses and validates one part of a session replay, within bounds. Stores nothing."""

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from django.conf import settings

from events.limits import TooLarge

#: A part counts as at least this many bytes, so that many tiny parts use up the budget too.
_LEAST_BYTES: Final = 1_000
_MOST_EVENTS: Final = 20_000
_TYPES: Final = range(7)  # of rrweb's events
_PAGE_ID: Final = re.compile(r"[!-~]{1,64}")
_LATEST_MS: Final = 253_402_000_000_000  # a moment of the year 9999


class BadPart(ValueError):
    """The request body is no part of a replay; the message says why."""


@dataclass(frozen=True, slots=True)
class ReplayPart:
    """One stored part of a page load's replay. ``n`` counts from 1; times are by the page's clock."""

    page_id: str
    n: int
    first_at: datetime
    last_at: datetime
    data: bytes

    @property
    def weight(self) -> int:
        """The bytes that the part takes of the recording's budget."""
        return max(len(self.data), _LEAST_BYTES)


def read_part(page_id: str, n: str, body: bytes, data: bytes | None = None) -> ReplayPart:
    """Read a part from a request body: a JSON array of rrweb events, plain or gzip. Raises BadPart, TooLarge.

    ``data``: the compressed array to store, where the caller has it already.
    """
    if not _PAGE_ID.fullmatch(page_id):
        raise BadPart("?page= is the page load's id, of 64 letters, digits and signs at most.")
    if not (n.isascii() and n.isdigit() and len(n) < 7 and int(n) > 0):
        raise BadPart("?n= numbers the parts of a page load: 1, 2, 3 ….")
    text = _unpacked(body).strip()
    times = [event["timestamp"] for event in _events(text)]
    # The text is stored unchanged: orjson cannot serialise deeply nested values again.
    return ReplayPart(
        page_id, int(n), _moment(min(times)), _moment(max(times)), data or zlib.compress(text, 6)
    )


def _unpacked(body: bytes) -> bytes:
    """The decompressed body. Raises BadPart, and TooLarge beyond MAX_STRIP_PART_BYTES."""
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
    """The rrweb events in ``text``, each with numeric type and timestamp, and data. Raises BadPart."""
    try:
        events = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadPart("The body is no JSON.") from None
    if not isinstance(events, list) or not 0 < len(events) <= _MOST_EVENTS:
        raise BadPart("The body is no list of rrweb events.")
    for number, event in enumerate(events, 1):
        if not _is_event(event):
            raise BadPart(f"No. {number} is no rrweb event: it needs type, timestamp and data.")
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
    """The JSON array in a stored part; an empty array where the data are invalid, as after an import."""
    inflate = zlib.decompressobj()
    try:
        events = inflate.decompress(data, settings.MAX_STRIP_PART_BYTES)
        _events(events)
    except (zlib.error, BadPart):
        return b"[]"
    return events
