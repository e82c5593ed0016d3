"""Recordings for machines: make one, ask how it stands, read its events."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, ValidationError

from events import reference
from events.api.bodies import read_body
from events.api.errors import Error, Refusal
from events.api.schemas import CreatedRecording, NewRecording, RecordingState, StoredEvents
from events.models import Recording
from events.public import public_event
from events.recordings import counts, create_recording, get_recording
from events.timeline import Filter, read_after

router = Router(tags=["recordings"])

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": NewRecording.model_json_schema()}},
    }
}


@router.post(
    "/recordings",
    response={201: CreatedRecording, 400: Error, 413: Error, 415: Error},
    openapi_extra=_BODY,
)
def create(request: HttpRequest) -> tuple[int, dict[str, Any]]:
    """Make a recording. The body must be called JSON, which no foreign page can send without asking first."""
    if request.content_type != "application/json":
        raise Refusal(415, "json_only", "Send the body as application/json.")
    try:
        wanted = NewRecording.model_validate(read_body(request), strict=True)
    except ValidationError as error:
        raise Refusal(
            400, "invalid_request", f"The body is not a recording: {error.errors()[0]['msg']}."
        ) from None
    recording = create_recording((wanted.name or "").replace("\0", ""))
    return 201, {
        "key": recording.key,
        "name": recording.name,
        "capture_key": recording.capture_key,
        "urls": addresses(request, recording),
    }


def addresses(request: HttpRequest, recording: Recording) -> dict[str, str]:
    """Where everything about ``recording`` is, as absolute addresses."""
    paths = {
        "dashboard": f"/recordings/{recording.key}/",
        "shim": f"/shim/{recording.capture_key}.js",
        "collect": f"/collect/{recording.capture_key}",
        "events": f"/events?token={recording.capture_key}",
        "cdp_events": f"/cdp/events?token={recording.capture_key}",
    }
    return {name: request.build_absolute_uri(path) for name, path in paths.items()}


@router.get("/recordings/{key}", response={200: RecordingState, 404: Error})
def state(request: HttpRequest, key: str) -> dict[str, Any]:
    """A recording's counters: by verdict, by event name, sent and received."""
    recording = get_recording(key)
    tallies = counts(recording)
    return {
        "key": recording.key,
        "name": recording.name,
        "created_at": recording.created_at,
        "edition": recording.edition,
        "last_seq": recording.last_seq,
        "verdicts": tallies.verdicts,
        "events": tallies.names,
        "loss": {"sent": tallies.sent, "received": tallies.received, "missing": tallies.missing},
    }


class EventsQuery(Schema):
    """Which events: above a sequence number, of a name, of a verdict."""

    after: Annotated[int, Field(ge=0, le=2**62)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    name: str | None = None
    verdict: Literal["valid", "warning", "invalid"] | None = None


@router.get("/recordings/{key}/events", response={200: StoredEvents, 400: Error, 404: Error})
def stored_events(request: HttpRequest, key: str, wanted: Query[EventsQuery]) -> dict[str, Any]:
    """Events in the order of their sequence numbers, from a cursor."""
    recording = get_recording(key)
    chosen = Filter(
        names=(wanted.name.replace("\0", "\N{REPLACEMENT CHARACTER}"),) if wanted.name is not None else (),
        verdicts=(wanted.verdict,) if wanted.verdict else (),
    )
    found = read_after(recording, wanted.after, wanted.limit, chosen)
    edition = reference.load(recording.edition)
    return {"events": [public_event(event, edition) for event in found.events], "last_seq": found.cursor}
