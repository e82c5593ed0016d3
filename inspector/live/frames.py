"""What a viewer is sent: the rows after its cursor, and the counters. For the socket and for polling."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

import orjson
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape

from events.judging.edition import edition_of
from events.models import Event
from events.recordings import VERDICTS, Counts
from events.recordings.filter import Filter
from events.recordings.timeline import Slice
from events.reference import Reference
from inspector.live.page_reports import recent_reports
from inspector.live.rows import changed_gaps, changed_tails, page_loads_of, plain_row, timeline_rows
from inspector.live.visible_recording import Lens, Look

_NEWS: Final = (
    '<div id="news" hidden hx-swap-oob="true" data-epoch="%d" data-news="%s,&quot;frame&quot;:%d}"></div>'
)


class Place(NamedTuple):
    """How far a viewer is: up to this event it has the rows, up to this change it knows of earlier ones."""

    cursor: int = 0
    changes: int = 0


_START: Final = Place()


@dataclass(slots=True)
class Viewer:
    """What one open dashboard has been sent so far.

    ``look`` gives the lens that it sees ``recording`` through; viewers whose ``lens`` is equal see the same.
    ``names`` are the event names that its sidebar lists; ``epoch`` numbers its follows, so that the page can
    tell a frame that was on its way when the filter changed; ``frames`` counts what it was sent.
    """

    recording: int
    look: Look
    lens: Hashable
    wanted: Filter = field(default_factory=Filter)
    place: Place = _START
    names: frozenset[str] | None = None
    frames: int = 0
    epoch: int = 0


@dataclass(frozen=True)
class Cut:
    """What follows a place, rendered; the same for all viewers there.

    ``place`` is where it leads to; ``more`` says that there is more behind it. ``real`` is False where its
    place lies beyond the recording, as only a page that is not ours can claim.
    """

    html: str
    news: dict[str, Any]
    sidebar: dict[str, Any]
    place: Place
    more: bool
    real: bool

    @cached_property
    def names(self) -> frozenset[str]:
        """The event names seen so far."""
        return frozenset(self.news["types"])

    @cached_property
    def said(self) -> str:
        """The news as an attribute holds them, up to the last brace; made once for all."""
        return escape(orjson.dumps(self.news).decode())[:-1]

    @cached_property
    def types(self) -> str:
        """The list of event names, for a page that does not list all of them yet; made once for all."""
        listed = render_to_string("inspector/_types.html", self.sidebar)
        return f'<div hx-swap-oob="outerHTML:#types">{listed}</div>'


@dataclass(frozen=True, slots=True)
class Frame:
    """One push. ``more``: there are further rows."""

    html: str
    more: bool


def next_frame(viewer: Viewer, *, rows: bool = True) -> Frame:
    """Read what is new for ``viewer`` alone and move it there; as ``cut`` and ``framed``."""
    return framed(viewer, cut(viewer.look, viewer.wanted, viewer.place, rows=rows))


def framed(viewer: Viewer, found: Cut) -> Frame:
    """``found`` as this viewer is sent it; moves the viewer."""
    viewer.place = found.place
    viewer.frames += 1
    types = "" if viewer.names == found.names else found.types
    viewer.names = found.names
    news = _NEWS % (viewer.epoch, found.said, viewer.frames)
    return Frame(found.html + types + news, found.more)


def cut(look: Look, wanted: Filter, place: Place, *, rows: bool = True, until: Place | None = None) -> Cut:
    """Read and render what follows ``place``, not beyond ``until``. ``rows`` False: the rows wait.

    Raises Recording.DoesNotExist where the recording was deleted meanwhile, ShareOver where the share ended.
    """
    lens = look()
    last = Place(lens.recording.last_seq, lens.recording.last_change)
    if until is not None:
        lens.recording.last_seq = min(last.cursor, until.cursor)
        lens.recording.last_change = min(last.changes, until.changes)
    changes = _changes(lens, wanted, place)
    found = Slice([], place.cursor, False)
    if rows:
        found = lens.after(place.cursor, settings.MAX_ROWS_PER_FRAME, wanted)
    tallies = lens.counts()
    edition = edition_of(lens.recording)
    types = type_rows(tallies, wanted, edition)
    context = {
        "recording": lens.shown,
        "rows": timeline_rows(lens, found.events, wanted),
        "changed": [plain_row(event) for event in changes.wanted],
        "new_reports": changes.any,
        "reports": recent_reports(lens) if changes.any else [],
        "counts": tallies,
    }
    there = Place(found.cursor, changes.until)
    return Cut(
        html=render_to_string("inspector/_frame.html", context),
        news=_news(lens, there, found, changes, types),
        sidebar={
            "types": types,
            "unseen": unseen(tallies, edition),
            "wanted": wanted,
            "recording": lens.shown,
            "edition": edition.edition,
        },
        place=there,
        more=(rows and there.cursor < last.cursor) or there.changes < last.changes,
        real=there.cursor <= last.cursor and there.changes <= last.changes,
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """What became known of rows that the viewer has: those still wanted, and the numbers of the others."""

    any: bool
    wanted: list[Event]
    unwanted: list[int]
    tails: list[tuple[int, int, str]]
    until: int


def _changes(lens: Lens, wanted: Filter, place: Place) -> Changes:
    """The changes that a viewer at ``place`` does not know."""
    events, until = lens.changed(place.changes, settings.MAX_ROWS_PER_FRAME)
    events = [event for event in events if event.seq <= place.cursor]
    matching = {event.pk for event in events}
    if wanted or lens.partial:
        matching = lens.matching(events, wanted)
    return Changes(
        any=until > place.changes,
        wanted=[lens.event(event) for event in events if event.pk in matching],
        unwanted=[event.seq for event in events if event.pk not in matching],
        tails=changed_tails(lens, place.changes),
        until=until,
    )


def _news(lens: Lens, there: Place, found: Slice, changes: Changes, types: list["TypeRow"]) -> dict[str, Any]:
    """What the page's script writes into places that it would disturb people to replace."""
    pages = {} if lens.partial else {str(page.pk): page.received for page in page_loads_of(found.events)}
    return {
        "cursor": there.cursor,
        "changes": there.changes,
        "waiting": lens.waiting(there.cursor),
        "more": found.more or changes.until < lens.recording.last_change,
        "types": {row.name: [row.total, row.verdict] for row in types},
        "pages": pages,
        "gaps": changed_gaps(lens, found.events),
        "tails": changes.tails,
        "gone": changes.unwanted,
        "stopped": lens.recording.stopped_at is not None,
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
    """The event names seen: those that are standard in ``edition`` in its order, then the others by name.

    ``verdict`` is the gravest one that the name has had.
    """
    standard = edition.events
    order = {name: place for place, name in enumerate(standard)}
    names = sorted(tallies.names, key=lambda name: (order.get(name, len(order)), name))
    return [
        TypeRow(
            name,
            sum(tallies.names[name].values()),
            next((verdict for verdict in VERDICTS if tallies.names[name][verdict]), "valid"),
            name in wanted.names,
            name in standard,
        )
        for name in names
    ]


def unseen(tallies: Counts, edition: Reference) -> list[str]:
    """The standard events of ``edition`` that are not among ``tallies`` yet."""
    return [name for name in edition.events if name not in tallies.names]
