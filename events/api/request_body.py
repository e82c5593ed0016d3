"""Reads a request's body as JSON, without a schema, whose validation costs four fifths of the throughput."""

from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from events.api.errors import Refusal
from events.limits import request_too_large
from events.wire import Incoming, Unreadable, parse, read

_EVENT: Final = {"event_name": "login", "user": {"id": "12345", "consent_categories": [1, 3]}}
_CALL: Final = {"id": "5f0c…", "n": 1, "name": "login", "called": {"user": {"id": "12345"}}}

#: The OpenAPI description of a body in any wire shape.
ANY_JSON: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": (
            "One event or many, in any wire shape: see /help/api/#shapes. It is read as JSON, whatever its "
            "type, since a page's beacon can only say text/plain."
        ),
        "content": {
            "application/json": {
                "schema": {},
                "examples": {
                    "one event": {"value": _EVENT},
                    "several": {"value": {"batch": [_EVENT, {"event": "search", "properties": {}}]}},
                    "the page-side script's": {"value": {"page": {"id": "a1b2…"}, "events": [_CALL]}},
                },
            }
        },
    }
}


def read_body(request: HttpRequest) -> Any:
    """The JSON value in the request's body. Raises Refusal: 400, 415; TooLarge."""
    require_identity(request.headers.get("Content-Encoding", ""))
    return json_in(raw_body(request))


def raw_body(request: HttpRequest) -> bytes:
    """The request's body, unparsed. Raises Refusal: 400; TooLarge."""
    try:
        return request.body
    except RequestDataTooBig:
        raise request_too_large() from None
    except UnreadablePostError:
        raise Refusal(400, "unreadable", "The body did not arrive whole.") from None


def require_identity(encoding: str) -> None:
    """Raise Refusal 415 for a compressed body: a small hostile body could decompress to a huge one."""
    if encoding and encoding.lower() != "identity":
        raise Refusal(415, "unsupported_encoding", "Send the body as it is, without Content-Encoding.")


def json_in(body: bytes) -> Any:
    """The JSON value in ``body``. Raises Refusal: 400; TooLarge."""
    if len(body) > settings.MAX_REQUEST_BYTES:
        raise request_too_large()
    if not body or body.isspace():
        raise Refusal(400, "unreadable", "The body is empty: send an event as JSON.")
    try:
        return parse(body)
    except Unreadable as error:
        raise Refusal(400, "unreadable", str(error)) from None


def read_events(request: HttpRequest) -> list[Incoming]:
    """The events in the request's body, in any wire shape. Raises Refusal, TooLarge."""
    return read(read_body(request))


def busy() -> Refusal:
    """The refusal of a request while the writer's queue is full."""
    return Refusal(503, "busy", "The inspector is busy: try again in a moment.", retry_after=1)


def store_unavailable() -> Refusal:
    """The refusal of a request that the database could not store."""
    return Refusal(503, "store_unavailable", "The database did not answer: try again.", retry_after=2)


def too_many() -> Refusal:
    """The refusal of a request with more events than MAX_EVENTS_PER_REQUEST."""
    most = settings.MAX_EVENTS_PER_REQUEST
    return Refusal(413, "too_many_events", f"A request may hold {most} events at most.")
