"""The dashboard: one recording's timeline, live."""

from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django_htmx.http import reswap, trigger_client_event

from events.api.recordings import addresses
from events.judging.edition import edition_of
from events.models import Event, Recording
from events.query.hits import hits
from events.recordings import get_recording, newest_recording
from events.recordings.filter import Filter
from events.recordings.filter_parameters import InvalidFilter, parse_filter
from events.recordings.shown import ShownEvent
from events.recordings.timeline import Slice
from inspector.auth.owner_cookie import person_of
from inspector.live.frames import Cursor, Viewer, next_frame, type_rows, unseen
from inspector.live.newer_edition import last_events, newer_edition
from inspector.live.page_reports import recent_reports
from inspector.live.rows import timeline_rows
from inspector.live.visible_recording import ReadVisible, VisibleRecording, whole, whole_reader
from inspector.pages.event import event_context
from inspector.pages.request_params import number
from inspector.serving.htmx_request import HtmxHttpRequest

#: Rows of the first paint, and of each step of scrolling: more than a screen, fast to render.
_FIRST_ROWS = 200
_FURTHER_ROWS = 100
#: The name of the event that tells the page why its query cannot be read.
_UNREADABLE = "unreadablequery"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Leads to the person's newest recording, else the newest of all; the first visit makes one."""
    return redirect("dashboard", newest_recording(person_of(request)).key)


@require_safe
def dashboard(request: HtmxHttpRequest, key: str) -> HttpResponse:
    """The page; for htmx, after a change of the filter, the timeline alone."""
    recording = get_recording(key)
    visible = whole(recording)
    context: dict[str, Any] = {"shim_url": addresses(request, recording)["shim"]}
    if request.htmx.target == "timeline":
        return timeline_answer(request, visible, context)
    context["recent"] = Recording.objects.filter(archived_at=None).order_by("-created_at")[:8]
    context["me"] = person_of(request)
    return render(request, "inspector/dashboard.html", context | dashboard_context(request, visible))


@require_safe
def rows(request: HttpRequest, key: str) -> HttpResponse:
    """Older rows (``before``) or newer ones (``after``), loaded on scroll."""
    return rows_answer(request, whole(get_recording(key)))


@require_safe
def frame(request: HttpRequest, key: str) -> HttpResponse:
    """The frame that the socket would push, for a page that cannot open one."""
    recording = get_recording(key)
    return frame_answer(request, recording.pk, whole_reader(recording.pk))


def dashboard_context(request: HttpRequest, visible: VisibleRecording) -> dict[str, Any]:
    """The context of the page."""
    context = timeline_context(request, visible)
    tallies, edition = visible.counts(), edition_of(visible.recording)
    context |= {
        "counts": tallies,
        "types": type_rows(tallies, context["wanted"], edition),
        "unseen": unseen(tallies, edition),
        "edition": edition.edition,
        "reports": recent_reports(visible),
        "max_rows": settings.MAX_ROWS_IN_PAGE,
    }
    context["newer_edition"] = newer_edition(visible, tallies.names, last_events(visible))
    event = visible.find(number(request.GET.get("event", "")))
    return context | event_context(visible, event) if event else context


def timeline_answer(request: HttpRequest, visible: VisibleRecording, context: dict[str, Any]) -> HttpResponse:
    """The timeline alone, for a query that is being typed; an event for the page where it cannot be read.

    Not 400: a browser notes each failure in its console, where the person looks for those of the site.
    """
    try:
        context |= timeline_context(request, visible)
    except InvalidFilter as error:
        place = dict(zip(("start", "end"), error.position, strict=True)) if error.position else None
        answer = HttpResponse(str(error), content_type="text/plain; charset=utf-8")
        reswap(answer, "none")
        return trigger_client_event(answer, _UNREADABLE, {"message": str(error), "position": place})
    return render(request, "inspector/_timeline.html", context)


def timeline_context(request: HttpRequest, visible: VisibleRecording) -> dict[str, Any]:
    """The context of the timeline: the rows of the first paint."""
    wanted = parse_filter(request.GET)
    if "ticks" in request.GET:  # the person ticked a box: the boxes are written into the query
        wanted = wanted.with_ticks()
    return _timeline(visible, wanted, *_window(visible, wanted, number(request.GET.get("event", ""))))


def newest_context(visible: VisibleRecording, rows: int) -> dict[str, Any]:
    """The context of a timeline with the newest ``rows``, unfiltered."""
    wanted = Filter()
    found = visible.before(visible.recording.last_seq + 1, rows, wanted)
    return _timeline(visible, wanted, found, False)


def rows_answer(request: HttpRequest, visible: VisibleRecording) -> HttpResponse:
    """Rows before or after the sequence number in the request."""
    wanted = parse_filter(request.GET)
    if "before" in request.GET:
        found = visible.before(number(request.GET["before"]), _FURTHER_ROWS, wanted)
        return render(request, "inspector/_older.html", _timeline(visible, wanted, found, False))
    found = visible.after(number(request.GET.get("after", "0")), _FURTHER_ROWS, wanted)
    return render(request, "inspector/_newer.html", _timeline(visible, wanted, found, found.more))


def frame_answer(request: HttpRequest, recording: int, read_visible: ReadVisible) -> HttpResponse:
    """One frame for a page that polls, from the cursor in the request."""
    wanted = parse_filter(request.GET)
    after, changes = (number(request.GET.get(name, "0")) for name in ("after", "changes"))
    viewer = Viewer(recording, read_visible, None, wanted, Cursor(after, changes))
    return HttpResponse(next_frame(viewer, rows="hold" not in request.GET).html)


def _window(visible: VisibleRecording, wanted: Filter, opened: int) -> tuple[Slice[ShownEvent], bool]:
    """The rows of the first paint: the newest, or those around ``opened``; whether newer ones follow."""
    last = visible.recording.last_seq
    if 0 < opened < last - _FURTHER_ROWS:
        older = visible.before(opened, _FURTHER_ROWS, wanted)
        newer = visible.after(opened - 1, _FURTHER_ROWS, wanted)
        if newer.more:
            return Slice(older.events + newer.events, newer.cursor, older.more), True
    return visible.before(last + 1, _FIRST_ROWS, wanted), False


def _stopped(visible: VisibleRecording, found: Slice[ShownEvent]) -> dict[str, Any] | None:
    """How far a search looked whose time was over: the number of events, and when the last of them fired."""
    if found.stopped_at is None:
        return None
    last = visible.recording.last_seq
    fired = Event.objects.filter(recording=visible.recording, seq=found.stopped_at)
    return {
        "before": found.stopped_at,
        "looked": None if visible.partial else last - found.stopped_at + 1,
        "fired_at": fired.values_list("fired_at", flat=True).first(),
    }


def _timeline(
    visible: VisibleRecording, wanted: Filter, found: Slice[ShownEvent], newer: bool
) -> dict[str, Any]:
    return {
        "recording": visible.shown,
        "wanted": wanted,
        "rows": timeline_rows(visible, found.events, wanted),
        "found": found,
        "newer": newer,
        "ticks": orjson.dumps(
            {"name": wanted.ticked.names or (), "verdict": wanted.ticked.verdicts or ()}
        ).decode(),
        "hits": orjson.dumps(hits(wanted.tree)).decode(),
        "stopped": _stopped(visible, found),
    }
