"""The same at the sockets: without a login none is opened, and none outlives the session that opened it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError
from django.http import HttpRequest, parse_cookie

#: Close code that the page understands: it leads to the login.
LOGIN_REQUIRED: Final = 4401
_LOOK_EVERY_SECONDS: Final = 10.0  # what a socket outlives its session by, at most

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def with_login(app: Any) -> Any:
    """The ASGI app of a socket, for people who are logged in; as it is where nobody has to."""
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
    """``receive``, which once the session is over closes the socket, and tells the app that it is closed."""

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
    """Return once the session is over."""
    while True:
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
        try:
            if not await _is_logged_in(key):
                return
        except DatabaseError:  # it says nothing about the session; the next look will
            continue


def _session_key(scope: Scope) -> str:
    cookies = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")


@database_sync_to_async
def _is_logged_in(key: str) -> bool:
    """As Django sees it: the session, its end, the account, and whether its password is still the same."""
    if not key:
        return False
    request = HttpRequest()
    request.session = SessionStore(key)
    return auth.get_user(request).is_authenticated
