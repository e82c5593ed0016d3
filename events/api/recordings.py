"""Creates, lists, changes and deletes recordings, and reads their events, for machines."""

from typing import Annotated, Any, TypeVar

import orjson
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from ninja import Query, Router, Schema
from pydantic import BaseModel, Field, ValidationError

from events.api.errors import Error, Refusal
from events.api.request_body import read_body
from events.api.schemas import (
    CreatedRecording,
    ListedRecordings,
    Muted,
    NewRecording,
    RecordingChange,
    RecordingState,
    StoredEvents,
    asked_muting,
)
from events.judging.edition import edition_of
from events.models import Recording
from events.recordings import Changes, change_recording, counts, create_recording, get_recording
from events.recordings.filter_parameters import FilterParameters
from events.recordings.listing import Search, read_list
from events.recordings.muting import under
from events.recordings.owners import person
from events.recordings.public_event import public_event
from events.recordings.retention import delete_recording
from events.recordings.timeline import read_after
from events.verdict.groups import GROUPS
from events.verdict.muting import groups_in

router = Router(tags=["recordings"])

Shape = TypeVar("Shape", bound=BaseModel)


def _body(shape: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI description of a body that ``_validated_body`` reads."""
    content = {"application/json": {"schema": shape.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


def _validated_body(request: HttpRequest, shape: type[Shape]) -> Shape:
    """The body as a strictly validated ``shape``. Raises Refusal: 400, 415; TooLarge.

    Only the type application/json is accepted: a page of another origin needs a CORS preflight for it.
    """
    if request.content_type != "application/json":
        raise Refusal(415, "json_only", "Send the body as application/json.")
    try:
        return shape.model_validate(read_body(request), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        path = "/" + "/".join(map(str, first["loc"])) if first["loc"] else None
        raise Refusal(
            400, "invalid_request", f"The body is not as documented: {first['msg']}.", path=path
        ) from None


@router.post(
    "/recordings",
    response={201: CreatedRecording, 400: Error, 413: Error, 415: Error},
    openapi_extra=_body(NewRecording),
)
def create(request: HttpRequest) -> tuple[int, dict[str, Any]]:
    """Make a recording."""
    wanted = _validated_body(request, NewRecording)
    account = getattr(request, "user", None)  # the owner of the token; only set where people log in
    name = wanted.person or (account.get_username() if account else "")
    owner = person(name, wanted.colour or "")
    recording = create_recording(wanted.name or "", owner, wanted.edition or "")
    if wanted.tags:
        change_recording(recording, Changes(tags=wanted.tags))
    return 201, {
        "key": recording.key,
        "name": recording.name,
        "edition": recording.edition,
        "capture_key": recording.capture_key,
        "urls": addresses(request, recording),
    }


class ListQuery(Schema):
    """The search: all these words, all these tags, one of these people; archived recordings or the others.

    ``before`` is the ``next`` of the previous page.
    """

    q: Annotated[str, Field(max_length=200)] = ""
    tag: Annotated[list[str], Field(max_length=20)] = Field(default_factory=list)
    person: Annotated[list[str], Field(max_length=20)] = Field(default_factory=list)
    archived: bool = False
    before: str = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/recordings", response={200: ListedRecordings, 400: Error})
def listed(request: HttpRequest, wanted: Query[ListQuery]) -> dict[str, Any]:
    """The recordings, the newest first."""
    found, more = read_list(
        Search(
            _without_nul(wanted.q),
            tuple(map(_without_nul, wanted.tag)),
            tuple(map(_without_nul, wanted.person)),
            wanted.archived,
        ),
        wanted.limit,
        wanted.before,
    )
    rows = [
        {
            **described(one.recording),
            "last_seq": one.recording.last_seq,
            "verdicts": one.verdicts,
            "muted_findings": one.muted,
            "missing": one.missing,
        }
        for one in found
    ]
    return {"recordings": rows, "next": found[-1].recording.key if more else None}


def _without_nul(text: str) -> str:
    """The text without NUL, which PostgreSQL accepts in no condition."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def addresses(request: HttpRequest, recording: Recording) -> dict[str, str]:
    """The absolute addresses of ``recording``, by name: dashboard, shim, collect, events, cdp_events."""
    key, token = recording.capture_key, urlencode({"token": recording.capture_key})
    paths = {
        "dashboard": reverse("dashboard", args=[recording.key]),
        "shim": reverse("shim", args=[key]),
        "collect": reverse("api:collect", args=[key]),
        "events": f"{reverse('api:events')}?{token}",
        "cdp_events": f"{reverse('api:cdp_events')}?{token}",
    }
    return {name: request.build_absolute_uri(path) for name, path in paths.items()}


class StateQuery(Schema):
    """What is muted in the answer."""

    mute: Muted = []


@router.get("/recordings/{key}", response={200: RecordingState, 400: Error, 404: Error})
def state(request: HttpRequest, key: str, asked: Query[StateQuery]) -> dict[str, Any]:
    """A recording and its counters: by verdict, by event name, by group of findings, sent and received."""
    return _state(under(get_recording(key), asked_muting(asked.mute)))


@router.patch(
    "/recordings/{key}",
    response={200: RecordingState, **dict.fromkeys((400, 404, 413, 415), Error)},
    openapi_extra=_body(RecordingChange),
)
def change(request: HttpRequest, key: str) -> dict[str, Any]:
    """Rename a recording, tag it, stop or resume it, archive it, pin it, mute findings, change its owner."""
    recording = get_recording(key)
    wanted = _validated_body(request, RecordingChange)
    owner = None
    if wanted.person is not None or wanted.colour is not None:
        owner = person(recording.person if wanted.person is None else wanted.person, wanted.colour or "")
    asked = wanted.model_dump(exclude={"person", "colour", "muted"})
    muted = wanted.muted
    mute, unmute = ((), ()) if muted is None else (muted, [group for group in GROUPS if group not in muted])
    return _state(change_recording(recording, Changes(**asked, person=owner, mute=mute, unmute=unmute)))


@router.delete("/recordings/{key}", response={204: None, 404: Error})
def delete(request: HttpRequest, key: str) -> tuple[int, None]:
    """Delete a recording with its events, shares and strips: at once for everybody, for ever."""
    # Browsers send a CORS preflight before a DELETE of another origin, so no such page can delete.
    delete_recording(get_recording(key))
    return 204, None


def _state(recording: Recording) -> dict[str, Any]:
    tallies = counts(recording, exact=True)
    return {
        **described(recording),
        "edition": recording.edition,
        "last_seq": recording.last_seq,
        "verdicts": tallies.verdicts,
        "events": tallies.names,
        "findings": dict(zip(GROUPS, tallies.findings, strict=True)),
        "muted_findings": tallies.muted_findings,
        "loss": {"sent": tallies.sent, "received": tallies.received, "missing": tallies.missing},
    }


def described(recording: Recording) -> dict[str, Any]:
    """The recording's own values, without its counts."""
    return {
        "key": recording.key,
        "name": recording.name,
        "created_at": recording.created_at,
        "last_event_at": recording.last_event_at,
        "site": recording.site,
        "person": recording.person,
        "colour": recording.colour,
        "tags": orjson.loads(recording.tags),
        "pinned": recording.pinned,
        "stopped": recording.stopped_at is not None,
        "archived": recording.archived_at is not None,
        "bytes": recording.bytes,
        "muted": groups_in(recording.muted),
    }


class EventsQuery(FilterParameters):
    """The filter of the events, what is muted, the number after which they begin, and their most."""

    mute: Muted = []

    after: Annotated[int, Field(ge=0, le=2**62)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get(
    "/recordings/{key}/events",
    response={200: StoredEvents, 400: Error, 404: Error},
    exclude_unset=True,  # a finding without why has no such key
)
def stored_events(request: HttpRequest, key: str, asked: Query[EventsQuery]) -> dict[str, Any]:
    """Events in the order of their sequence numbers, after a cursor."""
    recording = under(get_recording(key), asked_muting(asked.mute))
    found = read_after(recording, asked.after, asked.limit, asked.filter())
    edition = edition_of(recording)
    events = [public_event(event, edition, recording.muted) for event in found.events]
    return {"events": events, "last_seq": found.cursor}
