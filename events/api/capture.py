"""Receives events: at the address of the page-side script, and in the vendor's own wire format."""

import base64
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from events.api.errors import Error, Refusal, json_response
from events.api.intake import answer, edition_for_reading, receipts, store_delivery
from events.api.request_body import ANY_JSON, raw_body, read_events
from events.api.schemas import Receipts
from events.wire import Delivery, Page, ScriptReport, Unreadable
from events.wire.pixel import read_strings, typed
from events.wire.routing import KEY_FIELDS

router = Router(tags=["capture"])

_PIXEL: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_ERRORS: Final[dict[Any, Any]] = dict.fromkeys((400, 410, 413, 415, 503), Error)
_IMAGE: Final[dict[int, Any]] = {200: {"description": "A transparent image.", "content": {"image/gif": {}}}}
_TOKEN: Final[list[dict[str, Any]]] = [
    {
        "name": "token",
        "in": "query",
        "schema": {"type": "string"},
        "description": "The capture key; wins over tc_skey and over a header.",
    },
    {
        "name": "tc_skey",
        "in": "query",
        "schema": {"type": "string"},
        "description": "The capture key, as mobile SDKs name it; wins over a header.",
    },
    {"name": "tc_s", "in": "query", "schema": {"type": "string"}, "description": "The site; not used."},
]

_REPORT_PARAMETERS: Final[dict[str, Any]] = {
    "parameters": [
        {"name": name, "in": "query", "schema": {"type": "string"}} for name in ("report", "detail", "url")
    ]
}


@router.post(
    "/collect/{capture_key}", response={202: Receipts, 404: Error, **_ERRORS}, openapi_extra=ANY_JSON
)
async def collect(request: HttpRequest, capture_key: str) -> HttpResponse:
    """Store the events that the page-side script posts; answered after the commit."""
    # Daphne answers this address past Django, by the same function: see inspector.serving.fast_path.
    answered = await answer(capture_key, raw_body(request), request.headers.get("Content-Encoding", ""))
    response = HttpResponse(answered.content, status=answered.status, content_type="application/json")
    if answered.retry_after is not None:
        response["Retry-After"] = str(answered.retry_after)
    return response


@router.get(
    "/collect/{capture_key}", response={200: None, 404: Error, **_ERRORS}, openapi_extra=_REPORT_PARAMETERS
)
async def report_problem(request: HttpRequest, capture_key: str) -> HttpResponse:
    """Receive a report of a problem that keeps the script from posting.

    The script requests this address as an image or a script, which the page's policy may allow.
    """
    asked = {name: request.GET.get(name, "").replace("\0", "") for name in ("report", "detail", "url")}
    report = ScriptReport(asked["report"], asked["detail"], Page("", asked["url"]))
    await store_delivery(capture_key, Delivery([], reports=[report]), unknown=404)
    return HttpResponse(content_type="text/javascript", headers={"Cache-Control": "no-store"})


@router.post(
    "/events",
    response={200: Receipts, 401: Error, 403: Error, **_ERRORS},
    openapi_extra={**ANY_JSON, "parameters": _TOKEN},
)
async def events(request: HttpRequest) -> HttpResponse:
    """Store events in the vendor's wire format, as containers, apps and servers send it."""
    results = await store_delivery(_token(request), Delivery(read_events(request)), unknown=403)
    return json_response(receipts(results))


@router.post(
    "/events/batch",
    response={200: Receipts, 401: Error, 403: Error, **_ERRORS},
    openapi_extra={**ANY_JSON, "parameters": _TOKEN},
)
async def events_batch(request: HttpRequest) -> HttpResponse:
    """Store several events from a server."""
    return await events(request)


@router.post(
    "/cdp/events",
    response={200: Receipts, 401: Error, 403: Error, **_ERRORS},
    openapi_extra={**ANY_JSON, "parameters": _TOKEN},
)
async def cdp_events(request: HttpRequest) -> HttpResponse:
    """Store events on the path that containers use on a customer's own domain."""
    return await events(request)


@router.get(
    "/events",
    response=dict.fromkeys((400, 401, 403, 410, 503), Error),
    openapi_extra={"parameters": _TOKEN, "responses": _IMAGE},
)
async def pixel(request: HttpRequest) -> HttpResponse:
    """Store one event in the query string; answers with a transparent image."""
    try:
        incoming = read_strings(request.META.get("QUERY_STRING", ""))
    except Unreadable as error:
        raise Refusal(400, "unreadable", str(error)) from None
    token = _token(request)
    edition = await edition_for_reading(token, unknown=403)
    await store_delivery(token, Delivery([typed(incoming, edition)]), unknown=403)
    return HttpResponse(_PIXEL, content_type="image/gif", headers={"Cache-Control": "no-store"})


@router.get(
    "/cdp/events",
    response=dict.fromkeys((400, 401, 403, 410, 503), Error),
    openapi_extra={"parameters": _TOKEN, "responses": _IMAGE},
)
async def cdp_pixel(request: HttpRequest) -> HttpResponse:
    """Store one event in the query string, on the path of a customer's own domain."""
    return await pixel(request)


def _token(request: HttpRequest) -> str:
    """The capture key of a vendor-style request. Raises Refusal 401 where there is none.

    The key in the address takes precedence: a user sets it, while a library may go on sending its own header.
    Of its two names there, ``token`` wins over ``tc_skey``.
    """
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    named = next(filter(None, map(request.GET.get, KEY_FIELDS)), None)
    token = named or (bearer.strip() if scheme.lower() == "bearer" else "")
    if not token:
        raise Refusal(
            401,
            "missing_token",
            "Give the capture key as ?token=…, as ?tc_skey=… or as Authorization: Bearer ….",
        )
    return token
