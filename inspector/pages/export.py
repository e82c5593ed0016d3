"""The export page: the format, the whole recording or a part, the kinds of values to mask."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.api.errors import error_response
from events.exports.download import download, file_name
from events.exports.formats import FORMATS, estimated_bytes
from events.exports.scope import Scope, redactor_of
from events.models import Recording
from events.recordings import get_recording
from events.recordings.filter import Filter
from events.recordings.filter_parameters import parse_filter
from events.verdict.muting import groups_in
from inspector.presenters.personal_data_labels import KIND_WORDS


@require_safe
def export(request: HttpRequest, key: str) -> HttpResponse:
    """The form; with a filter in its address it also offers the filtered part."""
    recording = get_recording(key)
    wanted = parse_filter(request.GET)
    part = Scope(recording, wanted).count() if wanted else 0
    context = {
        "recording": recording,
        "wanted": wanted,
        "part": part,
        "formats": [_choice(recording, part, extension) for extension in FORMATS],
        "kinds": KIND_WORDS.items(),
        "muted": Scope(recording).muted_findings(),
        "muted_groups": groups_in(recording.muted),
    }
    return render(request, "inspector/export.html", context)


@require_safe
def export_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file that the form asks for. 400 for a kind that does not exist, 404 for such a format."""
    recording = get_recording(key)
    form = FORMATS.get(request.GET.get("format", ""))
    if form is None:
        raise Http404("There is no such format.")
    wanted = parse_filter(request.GET) if request.GET.get("part") == "filter" else Filter()
    try:
        redactor = redactor_of(recording, request.GET.getlist("redact"))
    except ValueError as error:
        return error_response(400, "invalid_request", str(error))
    response: StreamingHttpResponse = download(Scope(recording, wanted, redactor), form)
    return response


def _choice(recording: Recording, part: int, extension: str) -> dict[str, Any]:
    """One format with the estimated sizes of the whole recording, and of a part with ``part`` events."""
    form = FORMATS[extension]
    whole_bytes, part_bytes = estimated_bytes(recording, form, (recording.last_seq, part))
    return {
        "form": form,
        "file": file_name(recording.name, extension),
        "whole": whole_bytes,
        "part": part_bytes,
    }
