"""The lean way to the capture addresses.

Django's own ASGI handler makes a thread pool, signals and two tasks for each request; a page under test fires
many small ones. So the capture addresses go through this app: it reads the body up to the limit, lets Django
route and answer, and adds the headers that let any page post here. No middleware: the key in the address is
all that counts, so host, session and CSRF checks have nothing to add. Views here must not use the ORM
themselves: only the writer's thread does. The busiest address, the page-side script's, gets here only under
another server than ours: see ``direct``.
"""

from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpResponse, HttpResponseBase

from events.api.errors import error_response, in_our_form
from events.api.request_body import too_large

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: A container adds this to its collection domain, which may have a folder behind the host name.
_CONTAINER_PATH = "/cdp/events"
_CAPTURE_PATHS = ("/events", "/events/batch", _CONTAINER_PATH)
_CAPTURE_PREFIX = "/collect/"


def by_path(capture: App, otherwise: App) -> App:
    """The ASGI app that sends capture addresses to ``capture`` and all others to ``otherwise``."""

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].endswith(_CONTAINER_PATH):
            scope = scope | {"path": _CONTAINER_PATH}
        path = scope["path"]
        chosen = capture if path in _CAPTURE_PATHS or path.startswith(_CAPTURE_PREFIX) else otherwise
        await chosen(scope, receive, send)

    return route


class CaptureApp(BaseHandler):
    """ASGI app: one request in, Django's answer out, with CORS headers for the page that asked."""

    def __init__(self) -> None:
        self.load_middleware(is_async=True)

    def load_middleware(self, is_async: bool = False) -> None:
        """None of the project's middleware, only Django's conversion of exceptions to responses."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        answer = self._get_response_async  # type: ignore[attr-defined]  # left out of Django's stubs
        self._middleware_chain = convert_exception_to_response(answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        response: HttpResponseBase
        if body is None:
            refusal = too_large()
            response = error_response(refusal.status, refusal.code, refusal.message)
        elif scope["method"] == "OPTIONS":
            response = HttpResponse(status=204)
        else:
            response = in_our_form(await self.get_response_async(ASGIRequest(scope, BytesIO(body))))
        _allow_any_page(scope, response)
        await _send(send, response)


async def _read(receive: Receive) -> bytes | None:
    """The request's body, or None where it is larger than the limit. What is too large is not kept."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= settings.MAX_REQUEST_BYTES:
            chunks.append(chunk)
        if not message.get("more_body", False):
            break
    return b"".join(chunks) if size <= settings.MAX_REQUEST_BYTES else None


def _allow_any_page(scope: Scope, response: HttpResponseBase) -> None:
    """CORS: any page may post here. The origin is echoed, as a request with credentials wants it."""
    asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
    origin = asked.get(b"origin")
    response["Vary"] = "Origin"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    if not origin:
        return
    response["Access-Control-Allow-Origin"] = origin
    response["Access-Control-Allow-Credentials"] = "true"
    if scope["method"] == "OPTIONS":
        response["Access-Control-Allow-Methods"] = "GET, POST"
        wanted = asked.get(b"access-control-request-headers", "content-type")
        response["Access-Control-Allow-Headers"] = wanted
        response["Access-Control-Max-Age"] = "7200"
        if asked.get(b"access-control-request-private-network") == "true":
            response["Access-Control-Allow-Private-Network"] = "true"
    else:
        response["Access-Control-Expose-Headers"] = "Retry-After"  # the page-side script honours it


async def _send(send: Send, response: HttpResponseBase) -> None:
    body = response.content if isinstance(response, HttpResponse) else b""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": body})
