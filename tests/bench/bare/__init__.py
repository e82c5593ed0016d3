"""The yardsticks of Daphne's own cost: minimal ASGI apps, each served by a process of its own.

``answering`` reads a body and answers 202; ``parsing`` also parses it; ``pushing`` instead pushes it, as it
came, to every open socket.
"""

import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from tests.ports import free_port, taken
from tests.waiting import wait_for

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

_HEADERS: Final = [(b"content-type", b"application/json"), (b"content-length", b"2")]


@contextmanager
def bare_daphne(app: Literal["answering", "parsing", "pushing"], redis_url: str = "") -> Iterator[int]:
    """Serve the app of a module; yields the port. With ``redis_url`` its channel layer is Redis."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bare", app, str(port)],
        cwd=Path(__file__).parents[3],
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "REDIS_URL": redis_url},
    )
    try:
        wait_for("bare Daphne", lambda: taken(port))
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


async def read(receive: Receive) -> bytes:
    """The request's whole body."""
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def answer(send: Send) -> None:
    """Answer 202 with an empty object."""
    await send({"type": "http.response.start", "status": 202, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b"{}"})
