"""Renders frames, for the socket and for polling: the rows after a viewer's cursor, and the counters."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

import orjson
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape

from events.judging.edition import edition_of
from events.recordings import VERDICTS, Counts
from events.recordings.filter import Filter
from events.recordings.shown import ShownEvent
from events.recordings.timeline import Slice
from events.reference import Reference, editions
from inspector.live.newer_edition import newer_edition
from inspector.live.page_reports import recent_reports
from inspector.live.rows import changed_gaps, changed_tails, page_loads_of, plain_row, timeline_rows
from inspector.live.visible_recording import ReadVisible, VisibleRecording

_NEWS: Final = (
    '<div id="news" hidden hx-swap-oob="true" data-epoch="%d" data-frame="%d" data-news="%s"></div>'
)


class Cursor(NamedTuple):
    """How far a viewer has read: the rows up to event ``seq``, later changes of rows up to ``change``."""

    seq: int = 0
    change: int = 0


_START: Final = Cursor()


@dataclass(slots=True)
class Viewer:
    """One open dashboard, and how far it has read.

    ``read_visible`` reads what it may see of ``recording`` (an id); viewers with an equal ``visibility`` see
    the same. ``names`` are the event names that its sidebar lists. ``epoch`` numbers its follows, so that the
    page recognises a frame that was sent before the filter changed.
    """

    recording: int
    read_visible: ReadVisible
    visibility: Hashable
    wanted: Filter = field(default_factory=Filter)
    cursor: Cursor = _START
    names: frozenset[str] | None = None
    epoch: int = 0


@dataclass(frozen=True)
class RenderedSlice:
    """The rows, changes and counters after a cursor, rendered; the same for all viewers at that cursor.

    ``cursor`` is where a viewer stands after it; ``more`` says that more follows. ``real`` is False where the
    viewer's cursor lies beyond the recording, which only a foreign client can claim.
    """

    html: str
    news: dict[str, Any]
    sidebar: dict[str, Any]
    cursor: Cursor
    more: bool
    real: bool

    @cached_property
    def names(self) -> frozenset[str]:
        """The recording's event names so far."""
        return frozenset(self.news["types"])

    @cached_property
    def news_attribute(self) -> str:
        """The news as JSON, escaped for an attribute; encoded once for all viewers."""
        return escape(orjson.dumps(self.news).decode())

    @cached_property
    def types(self) -> str:
        """The sidebar's list of event names, for a page that lacks some; rendered once for all viewers."""
        listed = render_to_string("inspector/_event_names.html", self.sidebar)
        return f'<div hx-swap-oob="outerHTML:#types">{listed}</div>'


@dataclass(frozen=True, slots=True)
class Frame:
    """One message to the page. ``more``: further rows follow."""

    html: str
    more: bool


def next_frame(viewer: Viewer, *, rows: bool = True) -> Frame:
    """Read what is new for one viewer, and advance its cursor. Raises what ``render_slice`` raises."""
    return frame_for(viewer, render_slice(viewer.read_visible, viewer.wanted, viewer.cursor, rows=rows))


def frame_for(viewer: Viewer, found: RenderedSlice, number: int = 1) -> Frame:
    """The frame of ``found`` for one viewer, with its number; advances the viewer's cursor."""
    viewer.cursor = found.cursor
    types = "" if viewer.names == found.names else found.types
    viewer.names = found.names
    news = _NEWS % (viewer.epoch, number, found.news_attribute)
    return Frame(found.html + types + news, found.more)


def render_slice(
    read_visible: ReadVisible,
    wanted: Filter,
    cursor: Cursor,
    *,
    rows: bool = True,
    until: Cursor | None = None,
) -> RenderedSlice:
    """Read and render what follows ``cursor``, not beyond ``until``; without ``rows`` only the counters.

    Raises Recording.DoesNotExist where the recording was deleted, ShareOver where the share has ended.
    """
    visible = read_visible()
    last = Cursor(visible.recording.last_seq, visible.recording.last_change)
    if until is not None:
        visible.recording.last_seq = min(last.seq, until.seq)
        visible.recording.last_change = min(last.change, until.change)
    changes = _changes(visible, wanted, cursor)
    found: Slice[ShownEvent] = Slice([], cursor.seq, False)
    if rows:
        found = visible.after(cursor.seq, settings.MAX_ROWS_PER_FRAME, wanted)
    tallies = visible.counts()
    edition = edition_of(visible.recording)
    types = type_rows(tallies, wanted, edition)
    context = {
        "recording": visible.shown,
        "rows": timeline_rows(visible, found.events, wanted),
        "changed": [plain_row(visible, event, wanted) for event in changes.wanted],
        "new_reports": changes.any,
        "reports": recent_reports(visible) if changes.any else [],
        "counts": tallies,
        # Judged by the newest edition meanwhile, a recording loses the line that advised it.
        "current": not visible.shown.shared and edition.edition == editions()[-1],
        "newer_edition": newer_edition(
            visible, tallies.names, ((event.name, event.findings) for event in found.events)
        ),
    }
    there = Cursor(found.cursor, changes.until)
    return RenderedSlice(
        html=render_to_string("inspector/_frame.html", context),
        news=_news(visible, there, found, changes, types, tallies),
        sidebar={
            "types": types,
            "unseen": unseen(tallies, edition),
            "wanted": wanted,
            "recording": visible.shown,
            "edition": edition.edition,
        },
        cursor=there,
        more=(rows and there.seq < last.seq) or there.change < last.change,
        real=there.seq <= last.seq and there.change <= last.change,
    )


@dataclass(frozen=True, slots=True)
class RowChanges:
    """Changes of rows that the viewer has.

    ``wanted`` are the changed events that still pass the filter, ``unwanted`` the numbers of those that no
    longer do, ``tails`` page loads whose last events are missing, ``until`` the last change that was read.
    """

    any: bool
    wanted: list[ShownEvent]
    unwanted: list[int]
    tails: list[tuple[int, int, str]]
    until: int


def _changes(visible: VisibleRecording, wanted: Filter, cursor: Cursor) -> RowChanges:
    """The changes of rows after ``cursor``."""
    events, until = visible.changed(cursor.change, settings.MAX_ROWS_PER_FRAME)
    events = [event for event in events if event.seq <= cursor.seq]
    matching = {event.seq for event in events}
    if wanted or visible.partial:
        matching = visible.matching(events, wanted)
    return RowChanges(
        any=until > cursor.change,
        wanted=[visible.event(event) for event in events if event.seq in matching],
        unwanted=[event.seq for event in events if event.seq not in matching],
        tails=changed_tails(visible, cursor.change),
        until=until,
    )


def _news(
    visible: VisibleRecording,
    there: Cursor,
    found: Slice[ShownEvent],
    changes: RowChanges,
    types: list["TypeRow"],
    tallies: Counts,
) -> dict[str, Any]:
    """Values that the page's script writes into existing elements, where a swap would lose focus or state."""
    pages = {} if visible.partial else {str(page.pk): page.received for page in page_loads_of(found.events)}
    return {
        "cursor": there.seq,
        "changes": there.change,
        "waiting": visible.waiting(there.seq),
        "more": found.more or changes.until < visible.recording.last_change,
        "types": {row.name: [row.total, row.verdict] for row in types},
        "pages": pages,
        "gaps": changed_gaps(visible, found.events),
        "tails": changes.tails,
        "gone": changes.unwanted,
        "stopped": visible.recording.stopped_at is not None,
        "muted": tallies.muted,
        "groups": {one.group: [one.findings if tallies.known else "…", one.muted] for one in tallies.groups},
    }


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One event name in the sidebar."""

    name: str
    total: int
    verdict: str
    wanted: bool
    standard: bool


def type_rows(tallies: Counts, wanted: Filter, edition: Reference) -> list[TypeRow]:
    """The sidebar's event names: those standard in ``edition`` in its order, then the others by name.

    The verdict of a row is the gravest one that an event of this name has had.
    """
    standard = edition.events
    order = {name: place for place, name in enumerate(standard)}
    ticked = wanted.ticked.names or ()
    names = sorted(tallies.names, key=lambda name: (order.get(name, len(order)), name))
    return [
        TypeRow(
            name,
            sum(tallies.names[name].values()),
            next((verdict for verdict in VERDICTS if tallies.names[name][verdict]), "valid"),
            name in ticked,
            name in standard,
        )
        for name in names
    ]


def unseen(tallies: Counts, edition: Reference) -> list[str]:
    """The standard events of ``edition`` that the recording does not hold yet."""
    return [name for name in edition.events if name not in tallies.names]
