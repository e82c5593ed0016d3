"""How much an event takes, and where it came from: what a recording's row adds up."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from events.models import Event

_TEXTS: Final = (
    "name", "findings", "called", "sent", "automatic", "permanent", "page_url", "call_site", "sent_to",
)  # fmt: skip
_ROW: Final = 300  # bytes of everything else in a row and its indexes, on average: measured on SQLite


def event_bytes(event: Event) -> int:
    """About how many bytes the event takes in the database."""
    return _ROW + sum(text_bytes(getattr(event, name)) for name in _TEXTS)


def text_bytes(text: str) -> int:
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
