"""One side of a comparison: a recording's events as plain data, grouped into visits of pages."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, TypedDict
from urllib.parse import urlsplit

from events.comparison.similarity import Content, content_of
from events.verdict import StoredFinding
from events.verdict.muting import divide, verdict_of_shown

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
    """URL and title of one page load; ``frame``: the page was inside a frame."""

    url: str
    title: str = ""
    frame: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One recording; its ``events`` in the order of ``seq``.

    ``pages`` are page loads by their id. ``cut``: the recording has more events than ``events``. ``muted``
    is the bitmask of the groups of findings that are switched off; verdicts and findings are the stored ones.
    """

    name: str
    events: Sequence[ComparedEvent]
    pages: Mapping[str, PageInfo] = field(default_factory=dict)
    edition: str = ""
    cut: bool = False
    muted: int = 0

    def under(self, muted: int) -> tuple["Side", int]:
        """The side as it is shown while the groups ``muted`` are, and the number of its muted findings."""
        if not muted:
            return self, 0
        divided = [divide(event["findings"], muted) for event in self.events]
        events: list[ComparedEvent] = [
            {**event, "findings": shown, "verdict": verdict_of_shown(shown)}
            for event, (shown, _) in zip(self.events, divided, strict=True)
        ]
        return replace(self, events=events), sum(len(hidden) for _, hidden in divided)


@dataclass
class Visit:
    """One visit of a page; ``events`` are indexes into the side's ``events``.

    ``path`` is the URL without host and query, which differ between staging and production; ``shape`` is the
    path with a wildcard for each identifier. Events without a page load are grouped by runs of equal paths.
    """

    url: str
    title: str
    frame: bool
    events: list[int]

    @cached_property
    def path(self) -> str:
        """The path of the URL without a slash at its end; "" for events without a page."""
        return path_of(self.url)

    @cached_property
    def shape(self) -> str:
        """The path with ``*`` for identifiers: ``/orders/*/thanks`` for ``/orders/O_12345/thanks``."""
        return "/".join("*" if _LOOKS_LIKE_ID.fullmatch(part) else part for part in self.path.split("/"))


def path_of(url: str) -> str:
    """The path of a URL, with a fragment that routes (``#/cart``); the whole text where it is no URL."""
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
        visit = loads.get(load) if load else _same_path(stray, event)
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
    """The compared content of each event, in the order of ``events``."""
    return [content_of(event) for event in side.events]


def _same_path(stray: Visit | None, event: ComparedEvent) -> Visit | None:
    return stray if stray is not None and stray.path == path_of(event["page_url"]) else None


def _new_visit(side: Side, event: ComparedEvent) -> Visit:
    page = side.pages.get(event["page_load"] or "")
    if page is None:
        return Visit(event["page_url"], "", False, [])
    return Visit(page.url, page.title, page.frame, [])
