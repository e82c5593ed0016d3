"""One side of a comparison: a recording's events as plain data, grouped into the visits of its pages."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypedDict
from urllib.parse import urlsplit

from events.comparison.similarity import Content, content_of
from events.verdict import StoredFinding

_LOOKS_LIKE_ID: Final = re.compile(
    r"[0-9a-f-]*\d[0-9a-f-]{3,}|[\w.-]*\d[\w.-]{5,}|[a-z]{1,4}[_-]?\d{4,}", re.IGNORECASE
)


class ComparedEvent(TypedDict):
    """What of an event is compared; an event of ``events.recordings.public_event`` is one, too."""

    seq: int
    event_name: str
    verdict: str
    findings: list[StoredFinding]
    sent: Any
    effective: Any
    automatic: list[str]
    delivery: str
    page_load: str | None
    page_url: str


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What is known of one page load."""

    url: str
    title: str = ""
    frame: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One recording; its ``events`` in the order of ``seq``.

    ``pages`` are the page loads by the id that the events name. ``cut``: it has more events than these.
    """

    name: str
    events: Sequence[ComparedEvent]
    pages: Mapping[str, PageInfo] = field(default_factory=dict)
    edition: str = ""
    cut: bool = False


@dataclass
class Visit:
    """One visit of a page and the events of it, by their place in the side's ``events``.

    ``path`` is the address without host and query, since staging and production differ there; ``shape`` is
    the path with what looks like an identifier left open. Events that no page load is known of are grouped
    by runs of the same address.
    """

    url: str
    title: str
    frame: bool
    events: list[int]

    @cached_property
    def path(self) -> str:
        """The address's path without a slash at its end; "" for events of no page."""
        return path_of(self.url)

    @cached_property
    def shape(self) -> str:
        """``/orders/*/thanks`` for ``/orders/O_12345/thanks``."""
        return "/".join("*" if _LOOKS_LIKE_ID.fullmatch(part) else part for part in self.path.split("/"))


def path_of(url: str) -> str:
    """The path of an address; the whole where it is none. A fragment that routes (``#/cart``) counts."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if not parts.netloc:
        return url
    route = f"#{parts.fragment}" if parts.fragment.startswith(("/", "!")) else ""
    return (parts.path.rstrip("/") or "/") + route


def visits_of(side: Side) -> list[Visit]:
    """The side's visits, in the order of their first events."""
    visits: list[Visit] = []
    loads: dict[str, Visit] = {}
    stray: Visit | None = None
    for index, event in enumerate(side.events):
        load = event["page_load"]
        visit = loads.get(load) if load else _same(stray, event)
        if visit is None:
            visit = _new_visit(side, event)
            visits.append(visit)
            if load:
                loads[load] = visit
            else:
                stray = visit
        visit.events.append(index)
    return visits


def contents_of(side: Side) -> list[Content]:
    """What is compared of each event, in the order of ``events``."""
    return [content_of(event) for event in side.events]


def _same(stray: Visit | None, event: ComparedEvent) -> Visit | None:
    return stray if stray is not None and stray.path == path_of(event["page_url"]) else None


def _new_visit(side: Side, event: ComparedEvent) -> Visit:
    page = side.pages.get(event["page_load"] or "")
    if page is None:
        return Visit(event["page_url"], "", False, [])
    return Visit(page.url, page.title, page.frame, [])
