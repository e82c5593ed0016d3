"""What the query box asks while a query is typed: completions, and how many events match."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events.api.errors import json_response
from events.query.parse import LONGEST
from events.recordings import get_recording
from events.recordings.filter_parameters import parse_filter
from inspector.live.visible_recording import VisibleRecording, whole
from inspector.pages.request_params import number
from inspector.presenters.completion import complete


@require_safe
def completions(request: HttpRequest, key: str) -> HttpResponse:
    """Completions of the word at the cursor: ``{"start", "end", "offers": [{"text", "count", "note"}]}``."""
    return completions_answer(request, whole(get_recording(key)))


@require_safe
def matches(request: HttpRequest, key: str) -> HttpResponse:
    """How many events match: ``{"count", "of", "upto", "whole"}``."""
    return matches_answer(request, whole(get_recording(key)))


def completions_answer(request: HttpRequest, visible: VisibleRecording) -> HttpResponse:
    """The completions among what the viewer may see."""
    query = request.GET.get("query", "")[:LONGEST]
    at = min(number(request.GET.get("at", "")), len(query))
    return json_response(asdict(complete(visible, query, at)))


def matches_answer(request: HttpRequest, visible: VisibleRecording) -> HttpResponse:
    """The matches after the number ``after``, as far as the time of one search allows, among all events.

    ``upto`` is the number up to which events were looked at, ``whole``: that is the recording's last one.
    """
    found = visible.count(parse_filter(request.GET), number(request.GET.get("after", "")))
    last = visible.recording.last_seq
    of = visible.counts().received if visible.partial else last
    return json_response({"count": found.number, "of": of, "upto": found.upto, "whole": found.upto >= last})
