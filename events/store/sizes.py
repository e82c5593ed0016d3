"""Computes an event's size in the database and the site it came from, for the recording's row. Pure."""

from collections.abc import Iterable
from typing import Any, Final

from events.wire.addresses import host_of

_ROW: Final = 300  # bytes of a row and its indexes without the texts, on average: measured on SQLite


def row_bytes(row: Iterable[Any]) -> int:
    """The approximate size of an event in the database, in bytes, from the values of its columns."""
    return _ROW + _text_bytes("".join([value for value in row if type(value) is str]))


def _text_bytes(text: str) -> int:
    """The length of the text in UTF-8 bytes."""
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def site_of(urls: Iterable[str]) -> str:
    """The host, with its port, of the first address with a host; "" where no address has one."""
    return next((host[:300] for url in urls if (host := host_of(url))), "")
