"""Page loads, from what a HAR tells of them: its pages, requests' referrers, events' own context. Pure."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from events.wire import Incoming, Page, read_time

_MOST_PAGES: Final = 10_000


@dataclass(slots=True)
class _Told:
    """One of the file's pages: its title is its address in Chromium, its title elsewhere."""

    title: str
    url: str
    started: datetime | None


class Pages:
    """The page loads of one file; an address that changes within one is a soft navigation, so a load too."""

    def __init__(self) -> None:
        self._told: dict[str, _Told] = {}
        self._current: dict[str, Page] = {}

    def add(self, page: Any) -> None:
        """Take in one of the file's ``pages``."""
        if not isinstance(page, dict) or len(self._told) >= _MOST_PAGES:
            return
        title, key = _text(page.get("title")), _text(page.get("id"))
        address = title.startswith(("http://", "https://"))
        own = _text(page.get("_title"))  # where our own export has it
        started = read_time(page.get("startedDateTime"))
        self._told[key] = _Told(own if address else title, title if address else "", started)

    def of(self, entry: dict[str, Any], event: Incoming, value: Any, moment: datetime | None) -> Page | None:
        """The page load that the event of this entry came from; None where nothing says so."""
        ref = _text(entry.get("pageref"))
        told = self._told.get(ref)
        url = event.page_url or (told.url if told else "") or _referrer(entry)
        if not url and told is None:
            return None
        known = self._current.get(ref)
        if known is not None and known.url == url:
            return known
        context = _page_context(value)
        title = _text(context.get("title")) or (told.title if told else "")
        first = told.started if told and known is None else None
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
    """The address of the page that made the request, as its headers or its initiator tell."""
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
    """``context.page`` or ``page`` of a single event's JSON."""
    if not isinstance(value, dict):
        return {}
    context = value.get("context")
    places = (context.get("page") if isinstance(context, dict) else None, value.get("page"))
    return next((place for place in places if isinstance(place, dict)), {})


def _text(value: Any) -> str:
    """``value`` where it is a string, without the NUL that PostgreSQL cannot store; else ""."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else ""
