"""One recording, live: the page that a person keeps open all day."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from events.api.recordings import addresses
from events.judging.edition import edition_of
from events.models import Recording
from events.recordings import get_recording, newest_recording
from events.recordings.filter import Filter, filter_of
from events.recordings.timeline import Slice
from inspector.auth.owner_cookie import person_of
from inspector.live.frames import Place, Viewer, next_frame, type_rows, unseen
from inspector.live.page_reports import recent_reports
from inspector.live.rows import timeline_rows
from inspector.live.visible_recording import Lens, Look, plain, plainly
from inspector.pages.event import event_context
from inspector.pages.request_params import number

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
    lens = plain(recording)
    context: dict[str, Any] = {"shim_url": addresses(request, recording)["shim"]}
    if request.headers.get("HX-Target") == "timeline":
        return render(request, "inspector/_timeline.html", context | timeline_context(request, lens))
    context["recent"] = Recording.objects.filter(archived_at=None).order_by("-created_at")[:8]
    context["me"] = person_of(request)
    return render(request, "inspector/dashboard.html", context | dashboard_context(request, lens))


@require_safe
def rows(request: HttpRequest, key: str) -> HttpResponse:
    """Older rows (``before``) or newer ones (``after``) for a person who scrolls."""
    return rows_answer(request, plain(get_recording(key)))


@require_safe
def frame(request: HttpRequest, key: str) -> HttpResponse:
    """What the socket would push, for a page that cannot open one."""
    recording = get_recording(key)
    return frame_answer(request, recording.pk, plainly(recording.pk))


def dashboard_context(request: HttpRequest, lens: Lens) -> dict[str, Any]:
    """What the whole page shows through ``lens``."""
    context = timeline_context(request, lens)
    tallies, edition = lens.counts(), edition_of(lens.recording)
    context |= {
        "counts": tallies,
        "types": type_rows(tallies, context["wanted"], edition),
        "unseen": unseen(tallies, edition),
        "edition": edition.edition,
        "reports": recent_reports(lens),
        "max_rows": settings.MAX_ROWS_IN_PAGE,
    }
    event = lens.find(number(request.GET.get("event", "")))
    return context | event_context(lens, event) if event else context


def timeline_context(request: HttpRequest, lens: Lens) -> dict[str, Any]:
    """The rows of the first paint."""
    wanted = filter_of(request.META["QUERY_STRING"])
    return _timeline(lens, wanted, *_window(lens, wanted, number(request.GET.get("event", ""))))


def newest_context(lens: Lens, rows: int) -> dict[str, Any]:
    """The newest rows of all."""
    wanted = Filter()
    found = lens.before(lens.recording.last_seq + 1, rows, wanted)
    return _timeline(lens, wanted, found, False)


def rows_answer(request: HttpRequest, lens: Lens) -> HttpResponse:
    """Further rows, older or newer than those that the request names."""
    wanted = filter_of(request.META["QUERY_STRING"])
    if "before" in request.GET:
        found = lens.before(number(request.GET["before"]), _FURTHER_ROWS, wanted)
        return render(request, "inspector/_older.html", _timeline(lens, wanted, found, False))
    found = lens.after(number(request.GET.get("after", "0")), _FURTHER_ROWS, wanted)
    return render(request, "inspector/_newer.html", _timeline(lens, wanted, found, found.more))


def frame_answer(request: HttpRequest, recording: int, look: Look) -> HttpResponse:
    """One frame for a page that says how far it is."""
    wanted = filter_of(request.META["QUERY_STRING"])
    after, changes = (number(request.GET.get(name, "0")) for name in ("after", "changes"))
    viewer = Viewer(recording, look, None, wanted, Place(after, changes))
    return HttpResponse(next_frame(viewer, rows="hold" not in request.GET).html)


def _window(lens: Lens, wanted: Filter, opened: int) -> tuple[Slice, bool]:
    """The rows of the first paint (newest, or around ``opened``); whether newer ones lie beyond."""
    last = lens.recording.last_seq
    if 0 < opened < last - _FURTHER_ROWS:
        older = lens.before(opened, _FURTHER_ROWS, wanted)
        newer = lens.after(opened - 1, _FURTHER_ROWS, wanted)
        if newer.more:
            return Slice(older.events + newer.events, newer.cursor, older.more), True
    return lens.before(last + 1, _FIRST_ROWS, wanted), False


def _timeline(lens: Lens, wanted: Filter, found: Slice, newer: bool) -> dict[str, Any]:
    return {
        "recording": lens.shown,
        "wanted": wanted,
        "rows": timeline_rows(lens, found.events, wanted),
        "found": found,
        "newer": newer,
    }
