"""Session replay: its switch, the player beside the timeline, and the parts that the player loads."""

from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.models import Event, PageLoad, Recording
from events.recordings import get_recording
from events.recordings.muting import shown_verdict
from events.replay import stored_parts as strips
from inspector.pages.request_params import number
from inspector.script import rrweb
from inspector.serving.headers import STRIP_POLICY

_SHOWN: Final = 100
_MOST_MARKS: Final = 500
_BYTES_AT_ONCE: Final = 4_000_000  # of one answer, unpacked; the viewer asks for the next


@require_http_methods(["GET", "HEAD", "POST"])
def strip(request: HttpRequest, key: str) -> HttpResponse:
    """The switch, what it records, and the stored replays. POST: ``strip`` and ``text``, on where given."""
    recording = get_recording(key)
    if request.method == "POST":
        recording.strip = "strip" in request.POST
        recording.strip_text = recording.strip and "text" in request.POST
        recording.save(update_fields=["strip", "strip_text"])
        return redirect("strip", key)
    found = strips.strips(recording, _SHOWN)
    context = {
        "recording": recording,
        "strips": found,
        "used": strips.used(recording),
        "most": settings.MAX_STRIP_BYTES,
        "parts": recording.strip_parts.count(),
        "minutes": settings.MAX_STRIP_SECONDS // 60,
    }
    return render(request, "inspector/strip.html", context | _availability())


@require_POST
def delete_strips(request: HttpRequest, key: str) -> HttpResponse:
    """Delete the recording's replays; its events stay."""
    strips.delete_strips(get_recording(key))
    return redirect("strip", key)


@require_safe
@xframe_options_sameorigin
def strip_player(request: HttpRequest, key: str, page_load: int) -> HttpResponse:
    """The player of one page load, at the event ``?event=``; without a replay, the reason."""
    recording = get_recording(key)
    load = _page_load(recording, page_load)
    marks = _marks(load, recording.muted)
    context = {
        "recording": recording,
        "page_load": load,
        "marks": marks,
        "has_strip": recording.strip_parts.filter(page_id=load.page_id).exists(),
    }
    response = render(request, "inspector/strip_player.html", context | _availability())
    response["Content-Security-Policy"] = STRIP_POLICY
    return response


def _marks(load: PageLoad, muted: int) -> list[Event]:
    """The events of a page load, each with the verdict that is shown."""
    columns = ("seq", "name", "verdict", "fired_at", *(("gravest", "findings") if muted else ()))
    marks = list(load.events.order_by("n", "seq").only(*columns)[:_MOST_MARKS])
    for mark in marks if muted else ():
        mark.verdict = shown_verdict(mark, muted)
    return marks


@require_safe
def strip_parts(request: HttpRequest, key: str, page_load: int) -> HttpResponse:
    """Replay parts after ``?after=``: ``{"parts": [[event, …], …], "last": n}``; no parts at the end."""
    recording = get_recording(key)
    load = _page_load(recording, page_load)
    last = number(request.GET.get("after", "0"), digits=9)
    parts = []
    for place, events in strips.parts_after(recording, load.page_id, last, _BYTES_AT_ONCE):
        parts.append(events)
        last = place
    body = b'{"parts":[%b],"last":%d}' % (b",".join(parts), last)
    return HttpResponse(body, content_type="application/json")


def _availability() -> dict[str, Any]:
    """Whether rrweb is installed, and how to install it, for templates."""
    return {"has_library": rrweb.installed(), "how": rrweb.HOW}


def _page_load(recording: Recording, page_load: int) -> PageLoad:
    if page_load >= 2**62:
        raise Http404("This recording has no such page load.")
    return get_object_or_404(recording.page_loads, pk=page_load)


@require_safe
def replay_script(request: HttpRequest) -> HttpResponse:
    """The script of rrweb's player. 404 where rrweb is not installed."""
    return _library("replay.js", "text/javascript")


@require_safe
def replay_style(request: HttpRequest) -> HttpResponse:
    """The style sheet of rrweb's player. 404 where rrweb is not installed."""
    return _library("replay.css", "text/css")


def _library(name: str, kind: str) -> HttpResponse:
    if not rrweb.installed():
        raise Http404(f"The library is not here: {rrweb.HOW}.")
    return HttpResponse(
        rrweb.file(name), content_type=f"{kind}; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )
