"""Builds sides of a comparison from short lists: events as the API returns them, compared fields only."""

import itertools
from collections import Counter
from collections.abc import Iterable
from typing import Any, cast

from events.comparison import Difference, EventRow, PageInfo, Side
from events.comparison.sides import ComparedEvent
from events.verdict import judge
from tests.example_events import REFERENCE


def side(visits: Iterable[tuple[str, list[Any]]], *, judged: bool = False) -> Side:
    """A side with ``visits``: (path, events), each event as [name, params, further fields?]."""
    numbers = itertools.count(1)
    events: list[ComparedEvent] = []
    pages: dict[str, PageInfo] = {}
    for place, (path, fired) in enumerate(visits):
        load = f"load-{place}"
        pages[load] = PageInfo(path if "://" in path else f"https://shop.example{path}")
        events += [
            plain(next(numbers), *event[:2], judged=judged, page_load=load, **(event[2] if event[2:] else {}))
            for event in fired
        ]
    return Side("", events, pages)


def plain(seq: int, name: str, params: Any, *, judged: bool, **fields: Any) -> ComparedEvent:
    """An event as the comparison reads it; unless ``judged``, without findings."""
    verdict, findings = judge(name, params, REFERENCE) if judged else ("valid", [])
    event: ComparedEvent = {
        "seq": seq,
        "event_name": name,
        "verdict": verdict,
        "findings": [finding.stored() for finding in findings],
        "effective": params,
        "automatic": [],
        "sent": None,
        "delivery": "",
        "page_load": None,
        "page_url": "",
    }
    return cast(ComparedEvent, event | fields)


def difference_lines(difference: Difference) -> "Counter[str]":
    """Every difference as a line of text, in no order."""
    lines: Counter[str] = Counter()
    for page in difference.pages:
        if page.state != "same":
            lines[f"page {page.state} {page.path}"] += 1
        for row in page.rows:
            lines.update(_row_lines(row))
    return lines


def _row_lines(row: EventRow) -> Iterable[str]:
    name, head = row.name, row.a or row.b
    assert head is not None
    if row.a is None or row.b is None:
        yield f"{name} {'missing' if row.b is None else 'added'} on {head.page}"
        return
    if row.moved:
        yield f"{name} moved" + (f" from {row.a.page} to {row.b.page}" if row.a.page != row.b.page else "")
    for change in row.changes:
        yield f"{name} {change.kind} {change.path}"
    for finding in row.gained:
        yield f"{name} gained {finding.code} {finding.path}"
    for finding in row.lost:
        yield f"{name} healed {finding.code} {finding.path}"
    if row.verdict:
        yield f"{name} {row.verdict[0]} to {row.verdict[1]}"
    if row.delivery:
        yield f"{name} {row.delivery[0]} to {row.delivery[1]}"
