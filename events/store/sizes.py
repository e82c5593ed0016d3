"""How much an event takes, and where it came from: what a recording's row adds up. Pure."""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

_ROW: Final = 300  # bytes of everything else in a row and its indexes, on average: measured on SQLite


def row_bytes(row: Iterable[Any]) -> int:
    """About how many bytes an event takes in the database, of the values of its columns."""
    return _ROW + _text_bytes("".join([value for value in row if type(value) is str]))


def _text_bytes(text: str) -> int:
    """How long the text is in UTF-8."""
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def site_of(urls: Iterable[str]) -> str:
    """The host, with its port, of the first address that has one; else ""."""
    for url in urls:
        try:
            host = urlsplit(url).netloc.rpartition("@")[2]
        except ValueError:
            continue
        if host:
            return host[:300]
    return ""
