"""Timeline rows: what a person sees of each event, with the page headers and gaps between them.

The same rows serve the first paint, older rows on scroll, a catch-up, a poll and the push.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson

from events.models import Event, PageLoad
from events.ranges import gap_before
from events.verdict.pointer import dotted

_MISSING: Final = frozenset({"missing_required", "missing_conditional"})
_LONGEST_SUMMARY: Final = 160  # characters; the detail has every finding whole
_DIGEST_WORDS: Final = 4
_GRAVITY: Final = {"error": 0, "warning": 1, "info": 2}


@dataclass(slots=True)
class TimelineRow:
    """One event in the timeline.

    ``starts_page`` where another page load begins; ``gap``: the first and the last number before this event
    that never arrived; ``more``: how many errors and warnings the summary leaves out.
    """

    event: Event
    summary: str
    more: int
    starts_page: bool
    gap: tuple[int, int] | None


def timeline_rows(events: Iterable[Event], previous: Event | None) -> list[TimelineRow]:
    """Rows for ``events``, which follow ``previous`` (None: nothing stands before them)."""
    rows: list[TimelineRow] = []
    for event in events:
        summary, more = (
            summarize(orjson.loads(event.findings)) if event.findings != "[]" else (digest(event), 0)
        )
        starts = previous is None or previous.page_load_id != event.page_load_id
        rows.append(TimelineRow(event, summary, more, starts, gap_of(event)))
        previous = event
    return rows


def gap_of(event: Event) -> tuple[int, int] | None:
    """The numbers just before this event that never arrived."""
    if event.page_load is None or event.n is None or event.page_load.missing == "[]":
        return None
    return gap_before(json.loads(event.page_load.missing), event.n)


def summarize(findings: list[dict[str, Any]]) -> tuple[str, int]:
    """One line on the gravest findings, and how many further errors and warnings there are."""
    missing = [dotted(finding["path"]) for finding in findings if finding["code"] in _MISSING]
    grave = sorted(
        (finding for finding in findings if finding["severity"] != "info"),
        key=lambda finding: _GRAVITY[finding["severity"]],
    )
    if missing:
        shown = _clip(f"{', '.join(missing)} missing")
        return shown, sum(finding["code"] not in _MISSING for finding in grave)
    if grave:
        return _clip(grave[0]["message"]), len(grave) - 1
    return (_clip(findings[0]["message"]), 0) if findings else ("", 0)


def digest(event: Event) -> str:
    """What an event without findings carries, in a few words: its first plain parameters, how many items."""
    params = orjson.loads(event.called or event.sent or "null")
    if not isinstance(params, dict):
        return ""
    words = [f"{name} {value}" for name, value in params.items() if isinstance(value, str | int | float)]
    items = params.get("items")
    if isinstance(items, list):
        words.append(f"{len(items)} item{'' if len(items) == 1 else 's'}")
    return _clip(" · ".join(words[:_DIGEST_WORDS]))


def changed_gaps(events: Iterable[Event]) -> list[tuple[int, tuple[int, int] | None]]:
    """Earlier rows whose gap changed because one of ``events`` arrived late: sequence number, new gap."""
    changed: list[tuple[int, tuple[int, int] | None]] = []
    for event in _late(events):
        follower = (
            Event.objects.filter(page_load=event.page_load_id, n__gt=event.n, seq__lt=event.seq)
            .select_related("page_load")
            .order_by("n")
            .first()
        )
        if follower is not None:
            changed.append((follower.seq, gap_of(follower)))
    return changed


def _late(events: Iterable[Event]) -> Iterator[Event]:
    """Those of ``events`` that arrived after a higher number of their page load; a query for each."""
    highest: dict[int, int] = {}
    for event in events:
        if event.page_load_id is None or event.n is None:
            continue
        if event.page_load_id not in highest:
            before = Event.objects.filter(page_load=event.page_load_id, seq__lt=event.seq, n__isnull=False)
            highest[event.page_load_id] = before.order_by("-n").values_list("n", flat=True).first() or 0
        if event.n < highest[event.page_load_id]:
            yield event
        highest[event.page_load_id] = max(highest[event.page_load_id], event.n)


def page_loads_of(events: Iterable[Event]) -> list[PageLoad]:
    """Each page load of ``events`` once, in their order."""
    seen = {event.page_load_id: event.page_load for event in events if event.page_load is not None}
    return [page_load for page_load in seen.values() if page_load is not None]


def _clip(text: str) -> str:
    return text if len(text) <= _LONGEST_SUMMARY else text[: _LONGEST_SUMMARY - 1] + "…"
