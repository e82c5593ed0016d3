"""Answers exports of recordings as files, and the JSON Schemas of the inspector's own format."""

from typing import Annotated, Any, Final, Literal

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Query, Router
from pydantic import Field

from events.api.errors import Error, json_response
from events.api.schemas import Muted, asked_muting
from events.exports.download import download
from events.exports.formats import FORMATS
from events.exports.schema import FIRST_SCHEMA, json_schema
from events.exports.scope import Scope, redactor_of
from events.recordings import get_recording
from events.recordings.filter_parameters import FilterParameters
from events.recordings.muting import under
from events.redaction import KINDS

router = Router(tags=["exports"])

_SCHEMA: Final[dict[int, Any]] = {
    200: {
        "description": "A JSON Schema 2020-12.",
        "content": {"application/schema+json": {"schema": {"type": "object", "required": ["$schema"]}}},
    }
}
_FILE: Final[dict[int, Any]] = {
    200: {
        "description": "The file.",
        "headers": {"X-Event-Count": {"schema": {"type": "integer"}, "description": "Events in it."}},
        "content": {form.content_type: {} for form in FORMATS.values()},
    }
}


@router.get("/recording-2.schema.json", openapi_extra={"responses": _SCHEMA})
def recording_schema(request: HttpRequest) -> HttpResponse:
    """One line of an exported recording as JSON Schema 2020-12."""
    response = json_response(json_schema())
    response["Content-Type"] = "application/schema+json"
    return response


@router.get("/recording-1.schema.json", openapi_extra={"responses": _SCHEMA})
def first_recording_schema(request: HttpRequest) -> HttpResponse:
    """One line of a recording exported by version 0.1, which is still imported, as JSON Schema 2020-12."""
    return HttpResponse(FIRST_SCHEMA.read_bytes(), content_type="application/schema+json")


class ExportQuery(FilterParameters):
    """The filter of the events (none: all), what to mask and to mute, and what counts as a failure."""

    mute: Muted = []

    redact: Annotated[
        list[Literal[*KINDS, "no"]],  # type: ignore[valid-type]  # mypy knows no unpacking here
        Field(description="Mask personal values of this kind; without any all kinds, `no` alone: none."),
    ] = []
    fail_on: Annotated[
        Literal["error", "warning"], Field(description="What counts as a failure in JUnit XML.")
    ] = "error"


@router.get(
    "/recordings/{key}/export.{extension}",
    response={400: Error, 404: Error},
    openapi_extra={"responses": _FILE},
)
def export(
    request: HttpRequest, key: str, extension: str, asked: Query[ExportQuery]
) -> StreamingHttpResponse:
    """The recording, or a part of it, as a file that streams."""
    recording = under(get_recording(key), asked_muting(asked.mute))
    if extension not in FORMATS:
        raise Http404(f"There is no such format: ask for {', '.join(FORMATS)}.")
    redactor = redactor_of(recording, asked.redact)
    scope = Scope(recording, asked.filter(), redactor, asked.fail_on)
    return download(scope, FORMATS[extension])
