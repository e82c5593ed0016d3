"""Timeline rows: an event's summary, with the page headers and gaps between the rows.

The first paint, older rows on scroll, the catch-up, polling and pushed frames are all made of these rows.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import orjson

from events.db.compiled_queries import CompiledQuery
from events.judging.edition import edition_of
from events.judging.unread import is_mark, may_hold_marks
from events.models import Event, PageLoad
from events.query.hits import reasons, wanted_leaves
from events.query.tree import Compare, Text
from events.recordings.filter import Filter
from events.recordings.shown import ShownEvent, ShownPageLoad
from events.recordings.timeline import Neighbour, read_neighbour
from events.store.missing_ranges import gap_before
from events.store.payloads import effective_of
from events.verdict import StoredFinding
from events.verdict.pointer import dotted
from inspector.live.visible_recording import VisibleRecording

_MISSING: Final = frozenset({"missing_required", "missing_conditional"})
_LONGEST_SUMMARY: Final = 160  # characters; the detail has every finding whole
_DIGEST_WORDS: Final = 4
_NOT_READ: Final = "not read"
_GRAVITY: Final = {"error": 0, "warning": 1, "info": 2}


@dataclass(slots=True)
class TimelineRow:
    """One event in the timeline.

    ``starts_page`` where another page load begins. ``gap``: the first and the last number before this event
    that never arrived. ``tails``: page loads that ended before it and whose last events never arrived.
    ``more``: how many errors and warnings the summary leaves out.
    """

    event: ShownEvent
    summary: str
    more: int
    starts_page: bool = False
    gap: tuple[int, int] | None = None
    tails: list[ShownPageLoad] = field(default_factory=list)


def timeline_rows(
    visible: VisibleRecording, events: Sequence[ShownEvent], wanted: Filter
) -> list[TimelineRow]:
    """Rows for ``events``, which are consecutive in the timeline filtered by ``wanted``."""
    rows: list[TimelineRow] = []
    previous: ShownEvent | Neighbour | None = _previous(visible, events, wanted)
    tails = _tails(visible, events, previous)
    for event in events:
        row = plain_row(visible, event, wanted)
        row.starts_page = previous is None or previous.page_load_id != event.page_load_id
        row.gap = gap_of(event)
        while tails and (tails[0].tail_after or 0) < event.seq:
            row.tails.append(tails.pop(0))
        rows.append(row)
        previous = event
    return rows


def _previous(
    visible: VisibleRecording, events: Sequence[ShownEvent], wanted: Filter
) -> ShownEvent | Neighbour | None:
    """The event before ``events`` in the timeline; None where they are the first."""
    if not events:
        return None
    if not wanted and not visible.partial:
        return read_neighbour(visible.recording, events[0].seq)
    before = visible.before(events[0].seq, 1, wanted).events
    return before[0] if before else None


def plain_row(visible: VisibleRecording, event: ShownEvent, wanted: Filter) -> TimelineRow:
    """The event's row without page header and gap, to replace its earlier version in a page.

    What the filter ``wanted`` found in the event and the row does not show stands first in it.
    """
    findings, _ = event.divided_findings()
    summary, more = summarize(visible, event, findings) if findings else (digest(event), 0)
    if wanted and any(isinstance(leaf, Text | Compare) for leaf in wanted_leaves(wanted.tree)):
        params = effective_of(event, edition_of(visible.recording)).params
        found = reasons(wanted.tree, params, f"{event.name}\n{summary}")
        summary = _clip(" · ".join([*found, summary] if summary else found))
    return TimelineRow(event, summary, more)


_TAILS: Final = CompiledQuery(
    PageLoad,
    lambda recording, first, last: PageLoad.objects.filter(
        recording=recording, tail_after__gte=first, tail_after__lt=last
    ).order_by("tail_after", "pk"),
)
_HIGHEST: Final = CompiledQuery(
    Event,
    lambda page_load, seq: (
        Event.objects.filter(page_load=page_load, seq__lt=seq, n__isnull=False)
        .order_by("-n")
        .values_list("n")[:1]
    ),
)


def _tails(
    visible: VisibleRecording, events: Sequence[ShownEvent], previous: ShownEvent | Neighbour | None
) -> list[ShownPageLoad]:
    """The page loads whose missing last events are shown among ``events``, in order."""
    if not events or visible.partial:
        return []
    first, last = previous.seq if previous else 0, events[-1].seq
    found = _TAILS.models(visible.recording.pk, first, last)
    return [visible.page_load(page_load) for page_load in found if page_load.tail]


def changed_tails(visible: VisibleRecording, after: int) -> list[tuple[int, int, str]]:
    """Page loads whose last events turned out missing, or arrived, since the change ``after``.

    Each as its id, the sequence number after which it is shown, and the words: "" where nothing is missing
    any more.
    """
    if visible.partial or visible.recording.last_change <= after:
        return []
    found = PageLoad.objects.filter(recording=visible.recording, tail_after__isnull=False, change__gt=after)
    pages = map(visible.page_load, found.order_by("tail_after")[:200])
    return [(page.pk, page.tail_after or 0, tail_words(page)) for page in pages]


def tail_words(page_load: ShownPageLoad) -> str:
    """The sentence on the missing last events of a page load; "" where none is missing."""
    if page_load.tail is None:
        return ""
    first, last = page_load.tail
    where = urlsplit(page_load.url).path if page_load.url else ""
    return f"{gap_words((first, last))} of {where or 'an earlier page'} never arrived"


def gap_words(gap: tuple[int, int]) -> str:
    """``event 4``, ``events 2–4``."""
    first, last = gap
    return f"event {first}" if first == last else f"events {first}–{last}"


def gap_of(event: Event | ShownEvent) -> tuple[int, int] | None:
    """The numbers just before this event that never arrived."""
    if event.page_load is None or event.n is None or event.page_load.missing == "[]":
        return None
    return gap_before(json.loads(event.page_load.missing), event.n)


def summarize(visible: VisibleRecording, event: ShownEvent, findings: list[StoredFinding]) -> tuple[str, int]:
    """One line on the gravest findings of an event that has some, and how many more errors and warnings."""
    missing = [dotted(finding["path"]) for finding in findings if finding["code"] in _MISSING]
    grave = sorted(
        (finding for finding in findings if finding["severity"] != "info"),
        key=lambda finding: _GRAVITY[finding["severity"]],
    )
    if missing:
        shown = _clip(f"{', '.join(missing)} missing")
        return shown, sum(finding["code"] not in _MISSING for finding in grave)
    first = grave[0] if grave else findings[0]
    return _clip(visible.sentence(event, first)), max(len(grave) - 1, 0)


def digest(event: ShownEvent) -> str:
    """What an event without findings carries, in a few words: its first plain parameters, how many items."""
    params = orjson.loads(event.called or event.sent or "null")
    marked = may_hold_marks(event.source, event.called)
    if marked and is_mark(params):
        params = orjson.loads(event.sent) if event.sent else _NOT_READ
    if not isinstance(params, dict):
        return params if params is _NOT_READ else ""
    words = [
        f"{name} {_NOT_READ if marked and is_mark(value) else value}"
        for name, value in params.items()
        if isinstance(value, str | int | float)
    ]
    items = params.get("items")
    if isinstance(items, list):
        words.append(f"{len(items)} item{'' if len(items) == 1 else 's'}")
    return _clip(" · ".join(words[:_DIGEST_WORDS]))


def changed_gaps(
    visible: VisibleRecording, events: Iterable[ShownEvent]
) -> list[tuple[int, tuple[int, int] | None]]:
    """Earlier rows whose gap changed because one of ``events`` arrived late: sequence number, new gap."""
    changed: list[tuple[int, tuple[int, int] | None]] = []
    for event in () if visible.partial else _late(events):
        follower = (
            Event.objects.filter(page_load=event.page_load_id, n__gt=event.n, seq__lt=event.seq)
            .select_related("page_load")
            .order_by("n")
            .first()
        )
        if follower is not None:
            changed.append((follower.seq, gap_of(follower)))
    return changed


def _late(events: Iterable[ShownEvent]) -> Iterator[ShownEvent]:
    """Those of ``events`` that arrived after a higher number of their page load; a query for each."""
    highest: dict[int, int] = {}
    for event in events:
        if event.page_load_id is None or event.n is None:
            continue
        if event.page_load_id not in highest:
            before = _HIGHEST.rows(event.page_load_id, event.seq)
            highest[event.page_load_id] = before[0][0] if before else 0
        if event.n < highest[event.page_load_id]:
            yield event
        highest[event.page_load_id] = max(highest[event.page_load_id], event.n)


def page_loads_of(events: Iterable[ShownEvent]) -> list[ShownPageLoad]:
    """Each page load of ``events`` once, in their order."""
    seen = {event.page_load_id: event.page_load for event in events if event.page_load is not None}
    return [page_load for page_load in seen.values() if page_load is not None]


def _clip(text: str) -> str:
    return text if len(text) <= _LONGEST_SUMMARY else text[: _LONGEST_SUMMARY - 1] + "…"
