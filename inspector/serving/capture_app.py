"""The ASGI app of the capture addresses: a Django handler without middleware, with CORS headers.

Django's own ASGI handler makes a thread pool, signals and two tasks for each request; a page under test fires
many small ones. So the capture addresses go through this app: it reads the body up to the limit, lets Django
route and answer, and adds the CORS headers that let any page post events. There is no middleware: the key in
the address is the only permission, so host, session and CSRF checks have nothing to add. The views must not
use the ORM themselves: only the writer's thread does. The busiest address, the page-side script's, reaches
this app only under a server other than ``manage.py serve``, which answers it in ``fast_path``.
"""

from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpResponse, HttpResponseBase

from events.api.errors import too_large_response, with_json_error
from events.limits import request_too_large
from inspector.serving.cors import CONTAINER_PATH, cors_headers, is_capture_path, preflight_headers

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def by_path(capture: App, otherwise: App) -> App:
    """The ASGI app that sends capture addresses to ``capture`` and all others to ``otherwise``."""

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].endswith(CONTAINER_PATH):
            scope = scope | {"path": CONTAINER_PATH}
        chosen = capture if is_capture_path(scope["path"]) else otherwise
        await chosen(scope, receive, send)

    return route


class CaptureApp(BaseHandler):
    """An ASGI app that answers with Django's views, and adds CORS headers for the requesting page."""

    def __init__(self) -> None:
        self.load_middleware(is_async=True)

    def load_middleware(self, is_async: bool = False) -> None:
        # None of the project's middleware, only Django's conversion of exceptions to responses.
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        answer = self._get_response_async  # type: ignore[attr-defined]  # left out of Django's stubs
        self._middleware_chain = convert_exception_to_response(answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        response: HttpResponseBase
        if body is None:
            response = too_large_response(request_too_large())
        elif scope["method"] == "OPTIONS":
            response = HttpResponse(status=204)
        else:
            response = with_json_error(await self.get_response_async(ASGIRequest(scope, BytesIO(body))))
        _allow_any_page(scope, response)
        await _send(send, response)


async def _read(receive: Receive) -> bytes | None:
    """The request's body; None where it exceeds MAX_REQUEST_BYTES, and then its rest is discarded."""
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
    """Add the CORS headers of a capture address."""
    asked = dict(scope["headers"])
    origin = asked.get(b"origin")
    preflight = scope["method"] == "OPTIONS"
    for name, value in preflight_headers(origin, asked) if preflight else cors_headers(origin):
        response[name.decode("latin-1")] = value.decode("latin-1")


async def _send(send: Send, response: HttpResponseBase) -> None:
    body = response.content if isinstance(response, HttpResponse) else b""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": body})
