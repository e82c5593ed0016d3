"""The page that judges a recording again: previews the changes, then applies them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from events import reference
from events.models import Recording
from events.recordings import VERDICTS, get_recording
from events.recordings.rejudge import Preview, Superseded, preview, rejudge
from events.verdict.muting import groups_in
from inspector.serving.htmx_request import HtmxHttpRequest


@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HtmxHttpRequest, key: str) -> HttpResponse:
    """The choice of an edition; the preview is loaded after the page, since it can take a while.

    POST judges again by ``edition``.
    """
    recording = get_recording(key)
    context = _context(recording, request.POST.get("edition") or request.GET.get("edition"))
    if request.method == "POST":
        context |= _applied(recording, context["edition"])
        if request.htmx:
            return render(request, "inspector/_rejudged.html", context)
    return render(request, "inspector/judge.html", context)


@require_safe
def judge_preview(request: HtmxHttpRequest, key: str) -> HttpResponse:
    """The preview of the changes: a fragment for htmx, else a page of its own."""
    recording = get_recording(key)
    context = _context(recording, request.GET.get("edition"))
    context |= _shown(preview(recording, context["edition"]))
    fragment = request.htmx
    return render(request, "inspector/_judge_preview.html" if fragment else "inspector/judge.html", context)


def _context(recording: Recording, asked: str | None) -> dict[str, Any]:
    """The recording, the editions, and the one that the request asks for, else the newest."""
    editions = reference.editions()
    return {
        "recording": recording,
        "editions": editions[::-1],
        "edition": asked if asked in editions else editions[-1],
    }


def _applied(recording: Recording, edition: str) -> dict[str, Any]:
    try:
        return {"applied": True, "count": rejudge(recording, edition)}
    except Superseded:
        return {"superseded": True}


def _shown(found: Preview) -> dict[str, Any]:
    return {
        "found": found,
        "verdicts": [(verdict, found.before[verdict], found.after[verdict]) for verdict in VERDICTS],
        "turns": [(*turn, count) for turn, count in sorted(found.turns.items(), key=lambda each: -each[1])],
        "gained": [(*kind, count) for kind, count in found.gained.most_common()],
        "lost": [(*kind, count) for kind, count in found.lost.most_common()],
        "muted_groups": groups_in(found.muted),
        "more": found.changed - len(found.shown),
    }
