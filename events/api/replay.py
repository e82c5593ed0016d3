"""Receives the parts of the session replay that the page-side script posts."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from events.api.errors import Error, Refusal, json_response
from events.api.request_body import busy, raw_body, store_unavailable
from events.models import capture_digest
from events.replay.part import BadPart
from events.replay.stored_parts import Outcome, submit
from events.store.writer import Busy, StoreUnavailable

router = Router(tags=["capture"])


class PartReceipt(Schema):
    """The receipt of a part; ``duplicate``: the part was stored before."""

    duplicate: bool


_REFUSALS: Final[dict[Outcome, tuple[int, str]]] = {
    "unknown_capture_key": (404, "No recording has this capture key."),
    "strip_off": (403, "This recording does not record what is on screen."),
    "stopped": (410, "This recording is stopped."),
    "strip_full": (507, "The room for what is on screen is used up."),
}
_EVENT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "timestamp", "data"],
    "properties": {
        "type": {"type": "integer", "minimum": 0, "maximum": 6},
        "timestamp": {"type": "number", "exclusiveMinimum": 0, "maximum": 253_000_000_000_000},
        "data": {"type": "object"},
        "delay": {"type": "number"},
    },
    "additionalProperties": False,
}
_DESCRIBED: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "page",
            "in": "query",
            "required": True,
            "schema": {"type": "string", "pattern": "^[!-~]{1,64}$"},
        },
        {
            "name": "n",
            "in": "query",
            "required": True,
            "schema": {"type": "integer", "minimum": 1, "maximum": 999_999},
        },
    ],
    "requestBody": {
        "required": True,
        "description": "Events of rrweb, plain or packed with gzip, as part `n` of a page load.",
        "content": {"application/json": {"schema": {"type": "array", "items": _EVENT, "minItems": 1}}},
    },
}


@router.post(
    "/collect/{capture_key}/strip",
    response={202: PartReceipt, **dict.fromkeys((400, 403, 404, 410, 413, 503, 507), Error)},
    openapi_extra=_DESCRIBED,
)
async def collect_strip(request: HttpRequest, capture_key: str) -> HttpResponse:
    """Store one part of what a page showed on screen, once; answered after the commit."""
    page, n = (request.GET.get(name, "") for name in ("page", "n"))
    try:
        outcome = await submit(capture_digest(capture_key), page, n, raw_body(request))
    except BadPart as error:
        raise Refusal(400, "unreadable", str(error)) from None
    except Busy:
        raise busy() from None
    except StoreUnavailable:
        raise store_unavailable() from None
    if outcome in _REFUSALS:
        status, message = _REFUSALS[outcome]
        raise Refusal(status, outcome, message)
    return json_response({"duplicate": outcome == "duplicate"}, 202)
