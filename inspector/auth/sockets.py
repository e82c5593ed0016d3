"""Login for WebSockets: refuses one without a session, and closes it when the session ends."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError
from django.http import HttpRequest, parse_cookie

#: Close code at which the page offers the login.
LOGIN_REQUIRED: Final = 4401
_CHECK_EVERY_SECONDS: Final = 10.0  # a socket outlives its session by this at most

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def with_login(app: Any) -> Any:
    """Wraps the ASGI app of a socket with a check of the login, where one is required."""
    if not settings.LOGIN:
        return app

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        key = _session_key(scope)
        if not await _is_logged_in(key):
            await receive()  # the handshake; it is accepted, since a refusal could not tell the page why
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": LOGIN_REQUIRED})
            return
        over = asyncio.create_task(_logged_out(key))
        try:
            await app(scope, _until(over, receive, send), send)
        finally:
            over.cancel()

    return guarded


def _until(over: asyncio.Task[None], receive: Receive, send: Send) -> Receive:
    """Wraps ``receive``: when the session ends, it closes the socket and sends the app a disconnect."""

    async def receive_or_close() -> dict[str, Any]:
        message = asyncio.ensure_future(receive())
        try:
            await asyncio.wait({message, over}, return_when=asyncio.FIRST_COMPLETED)
            if message.done():
                return message.result()
            await send({"type": "websocket.close", "code": LOGIN_REQUIRED})
            return {"type": "websocket.disconnect", "code": LOGIN_REQUIRED}
        finally:
            message.cancel()

    return receive_or_close


async def _logged_out(key: str) -> None:
    """Wait until the session has ended."""
    while True:
        await asyncio.sleep(_CHECK_EVERY_SECONDS)
        try:
            if not await _is_logged_in(key):
                return
        except DatabaseError:  # the session may still be valid: the next check decides
            continue


def _session_key(scope: Scope) -> str:
    cookies = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")


@database_sync_to_async
def _is_logged_in(key: str) -> bool:
    """Whether Django accepts the session: not expired, of an active account, with an unchanged password."""
    if not key:
        return False
    request = HttpRequest()
    request.session = SessionStore(key)
    return auth.get_user(request).is_authenticated
