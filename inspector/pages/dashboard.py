"""One recording, live: the page that a person keeps open all day."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from events.api.recordings import addresses
from events.models import Recording
from events.recordings import counts, get_recording, newest_recording
from events.timeline import Filter, Slice, read_after, read_before
from inspector.frames import Viewer, filter_of, next_frame, type_rows, unseen
from inspector.pages.event import event_context, find_event
from inspector.people import person_of
from inspector.rows import timeline_rows
from inspector.troubles import recent_reports

#: Rows of the first paint and of each step of scrolling: more than a screen, little to wait for.
_FIRST_ROWS = 200
_FURTHER_ROWS = 100


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The newest recording of whoever asks, else the newest of all; the very first visit makes one."""
    return redirect("dashboard", newest_recording(person_of(request)).key)


@require_safe
def dashboard(request: HttpRequest, key: str) -> HttpResponse:
    """The whole page; for htmx (a filter changed) only the timeline."""
    recording = get_recording(key)
    wanted = filter_of(request.META["QUERY_STRING"])
    opened = _number(request.GET.get("event", ""))
    context = _timeline(recording, wanted, *_window(recording, wanted, opened))
    context["shim_url"] = addresses(request, recording)["shim"]
    if request.headers.get("HX-Target") == "timeline":
        return render(request, "inspector/_timeline.html", context)
    tallies = counts(recording)
    context |= {
        "recent": Recording.objects.filter(archived_at=None).order_by("-created_at")[:8],
        "me": person_of(request),
        "counts": tallies,
        "types": type_rows(tallies, wanted),
        "unseen": unseen(tallies),
        "reports": recent_reports(recording),
        "max_rows": settings.MAX_ROWS_IN_PAGE,
    }
    event = find_event(recording, opened)
    if event:
        context |= event_context(recording, event)
    return render(request, "inspector/dashboard.html", context)


@require_safe
def rows(request: HttpRequest, key: str) -> HttpResponse:
    """Older rows (``before``) or newer ones (``after``) for a person who scrolls."""
    recording = get_recording(key)
    wanted = filter_of(request.META["QUERY_STRING"])
    if "before" in request.GET:
        found = read_before(recording, _number(request.GET["before"]), _FURTHER_ROWS, wanted)
        return render(request, "inspector/_older.html", _timeline(recording, wanted, found, False))
    after = _number(request.GET.get("after", "0"))
    found = read_after(recording, after, _FURTHER_ROWS, wanted)
    return render(request, "inspector/_newer.html", _timeline(recording, wanted, found, found.more))


@require_safe
def frame(request: HttpRequest, key: str) -> HttpResponse:
    """What the socket would push, for a page that cannot open one."""
    recording = get_recording(key)
    wanted = filter_of(request.META["QUERY_STRING"])
    after, changes = (_number(request.GET.get(name, "0")) for name in ("after", "changes"))
    viewer = Viewer(recording.pk, wanted, after, changes)
    return HttpResponse(next_frame(viewer, rows="hold" not in request.GET).html)


def _window(recording: Recording, wanted: Filter, opened: int) -> tuple[Slice, bool]:
    """The rows of the first paint (newest, or around ``opened``); whether newer ones lie beyond."""
    if 0 < opened < recording.last_seq - _FURTHER_ROWS:
        older = read_before(recording, opened, _FURTHER_ROWS, wanted)
        newer = read_after(recording, opened - 1, _FURTHER_ROWS, wanted)
        if newer.more:
            return Slice(older.events + newer.events, newer.cursor, older.more), True
    return read_before(recording, recording.last_seq + 1, _FIRST_ROWS, wanted), False


def _timeline(recording: Recording, wanted: Filter, found: Slice, newer: bool) -> dict[str, Any]:
    previous = None
    if found.events:
        before = read_before(recording, found.events[0].seq, 1, wanted).events
        previous = before[0] if before else None
    return {
        "recording": recording,
        "wanted": wanted,
        "rows": timeline_rows(found.events, previous),
        "found": found,
        "newer": newer,
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
