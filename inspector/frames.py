"""What a viewer is sent: the rows after its cursor, and the counters. For the socket and for polling."""

from dataclasses import dataclass, field

import orjson
from django.conf import settings
from django.http import QueryDict
from django.template.loader import render_to_string

from events import reference
from events.models import Event
from events.recordings import VERDICTS, Counts
from events.timeline import Filter, Slice
from inspector.lens import Lens, Look
from inspector.rows import changed_gaps, changed_tails, page_loads_of, plain_row, timeline_rows
from inspector.troubles import recent_reports


@dataclass(slots=True)
class Viewer:
    """What one open dashboard has been sent so far.

    ``look`` gives the lens that it sees the recording through.

    ``names`` are the event names that its sidebar lists; ``epoch`` numbers its follows, so that the page can
    tell a frame that was on its way when the filter changed. ``changes``: up to this change of the recording
    it knows what became of earlier rows.
    """

    recording: int
    look: Look
    wanted: Filter = field(default_factory=Filter)
    cursor: int = 0
    changes: int = 0
    names: frozenset[str] | None = None
    frames: int = 0
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """One push. ``more``: there are further rows."""

    html: str
    more: bool


def filter_of(query: str) -> Filter:
    """The filter in a query string: ``name`` and ``verdict`` may repeat, ``q`` is a text."""
    asked = QueryDict(query)
    return Filter(
        names=tuple(name for name in asked.getlist("name") if "\0" not in name)[:100],
        verdicts=tuple(verdict for verdict in VERDICTS if verdict in asked.getlist("verdict")),
        text=asked.get("q", "").replace("\0", "")[:200].strip(),
    )


def next_frame(viewer: Viewer, *, rows: bool = True) -> Frame:
    """Read what is new for ``viewer`` and move its cursor. ``rows`` False: only the counters, the rows wait.

    Raises Recording.DoesNotExist where the recording was deleted meanwhile, ShareOver where the share ended.
    """
    lens = viewer.look()
    changes = _changes(lens, viewer)
    found = Slice([], viewer.cursor, False)
    if rows:
        found = lens.after(viewer.cursor, settings.MAX_ROWS_PER_FRAME, viewer.wanted)
    previous = _previous(lens, viewer, found.events)
    tallies = lens.counts()
    types = type_rows(tallies, viewer.wanted)
    names = frozenset(tallies.names)
    viewer.cursor = found.cursor
    viewer.frames += 1
    context = {
        "recording": lens.shown,
        "rows": timeline_rows(lens, found.events, previous),
        "changed": [plain_row(event) for event in changes.wanted],
        "new_reports": changes.any,
        "reports": recent_reports(lens) if changes.any else [],
        "counts": tallies,
        "types": types,
        "new_types": names != viewer.names,
        "unseen": unseen(tallies),
        "wanted": viewer.wanted,
        "viewer": viewer,
        "news": _news(lens, viewer, found, changes, types),
    }
    viewer.names = names
    return Frame(render_to_string("inspector/_frame.html", context), found.more or changes.more)


@dataclass(frozen=True, slots=True)
class Changes:
    """What became known of rows that the viewer has: those still wanted, and the numbers of the others."""

    any: bool
    wanted: list[Event]
    unwanted: list[int]
    tails: list[tuple[int, int, str]]
    more: bool


def _changes(lens: Lens, viewer: Viewer) -> Changes:
    """Read the changes that ``viewer`` does not know, and move it past them."""
    before = viewer.changes
    events, viewer.changes = lens.changed(before, settings.MAX_ROWS_PER_FRAME)
    events = [event for event in events if event.seq <= viewer.cursor]
    matching = {event.pk for event in events}
    if viewer.wanted or lens.partial:
        matching = lens.matching(events, viewer.wanted)
    return Changes(
        any=viewer.changes > before,
        wanted=[lens.event(event) for event in events if event.pk in matching],
        unwanted=[event.seq for event in events if event.pk not in matching],
        tails=changed_tails(lens, before),
        more=viewer.changes < lens.recording.last_change,
    )


def _news(lens: Lens, viewer: Viewer, found: Slice, changes: Changes, types: list["TypeRow"]) -> str:
    """What the page's script writes into places that it would disturb people to replace, as JSON."""
    pages = {} if lens.partial else {str(page.pk): page.received for page in page_loads_of(found.events)}
    return orjson.dumps(
        {
            "cursor": viewer.cursor,
            "changes": viewer.changes,
            "frame": viewer.frames,
            "waiting": lens.waiting(viewer.cursor),
            "more": found.more or changes.more,
            "types": {row.name: [row.total, row.verdict] for row in types},
            "pages": pages,
            "gaps": changed_gaps(lens, found.events),
            "tails": changes.tails,
            "gone": changes.unwanted,
            "stopped": lens.recording.stopped_at is not None,
        }
    ).decode()


def _previous(lens: Lens, viewer: Viewer, events: list[Event]) -> Event | None:
    """The row that stands before ``events`` in the viewer's timeline."""
    if not events:
        return None
    before = lens.before(events[0].seq, 1, viewer.wanted).events
    return before[0] if before else None


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One event name in the sidebar."""

    name: str
    total: int
    verdict: str
    wanted: bool
    standard: bool


def type_rows(tallies: Counts, wanted: Filter) -> list[TypeRow]:
    """The event names seen: standard ones in the reference's order, then the others by name.

    ``verdict`` is the gravest one that the name has had.
    """
    standard = reference.load().events
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


def unseen(tallies: Counts) -> list[str]:
    """The standard events that this recording has not seen yet."""
    return [name for name in reference.load().events if name not in tallies.names]
