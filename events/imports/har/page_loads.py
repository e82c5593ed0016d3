"""Derives page loads from a HAR: its ``pages``, requests' referrers, and the context in payloads. Pure."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from events.wire import Incoming, Page, read_time

_MOST_PAGES: Final = 10_000


@dataclass(slots=True)
class _HarPage:
    """One entry of a HAR's ``pages``. Chromium writes the URL as the title; other browsers the title."""

    title: str
    url: str
    started: datetime | None


class Pages:
    """The page loads of one HAR. A URL that changes within a page is a soft navigation: a new page load."""

    def __init__(self) -> None:
        self._pages: dict[str, _HarPage] = {}
        self._current: dict[str, Page] = {}

    def add(self, page: Any) -> None:
        """Add one entry of the HAR's ``pages``; ignored where it is no object, or beyond 10,000 entries."""
        if not isinstance(page, dict) or len(self._pages) >= _MOST_PAGES:
            return
        title, key = _text(page.get("title")), _text(page.get("id"))
        address = title.startswith(("http://", "https://"))
        own = _text(page.get("_title"))  # the title in our own HAR exports
        started = read_time(page.get("startedDateTime"))
        self._pages[key] = _HarPage(own if address else title, title if address else "", started)

    def of(self, entry: dict[str, Any], event: Incoming, value: Any, moment: datetime | None) -> Page | None:
        """The page load of an event in ``entry``; None where neither entry nor payload names a page.

        ``value`` is the parsed body, ``moment`` the time of the request.
        """
        ref = _text(entry.get("pageref"))
        har_page = self._pages.get(ref)
        url = event.page_url or (har_page.url if har_page else "") or _referrer(entry)
        if not url and har_page is None:
            return None
        known = self._current.get(ref)
        if known is not None and known.url == url:
            return known
        context = _page_context(value)
        title = _text(context.get("title")) or (har_page.title if har_page else "")
        first = har_page.started if har_page and known is None else None
        page = Page(
            str(uuid.uuid4()),
            url[:4000],
            title[:500],
            _text(context.get("referrer"))[:4000],
            started=first or moment,
        )
        self._current[ref] = page
        return page


def _referrer(entry: dict[str, Any]) -> str:
    """The URL of the page that made the request, from its Referer header or its initiator; "" if unknown."""
    request = entry.get("request")
    headers = request.get("headers") if isinstance(request, dict) else None
    for header in headers if isinstance(headers, list) else ():
        if isinstance(header, dict) and _text(header.get("name")).lower() == "referer":
            return _text(header.get("value"))
    initiator = entry.get("_initiator")
    if isinstance(initiator, dict) and initiator.get("type") == "parser":
        return _text(initiator.get("url"))
    return ""


def _page_context(value: Any) -> dict[str, Any]:
    """``context.page`` or ``page`` in the JSON of a single event."""
    if not isinstance(value, dict):
        return {}
    context = value.get("context")
    pages = (context.get("page") if isinstance(context, dict) else None, value.get("page"))
    return next((page for page in pages if isinstance(page, dict)), {})


def _text(value: Any) -> str:
    """A string ``value`` without NUL, which PostgreSQL cannot store; "" for any other value."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else ""
