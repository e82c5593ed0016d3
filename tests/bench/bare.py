"""The yardstick for what Daphne costs by itself: an app that takes a body and answers 202, nothing else."""

import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.ports import free_port, taken
from tests.waiting import wait_for

_HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"2")]


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[Mapping[str, Any]]],
    send: Callable[[Mapping[str, Any]], Awaitable[None]],
) -> None:
    """Read the whole body, answer 202."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 202, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b"{}"})


@contextmanager
def bare_daphne() -> Iterator[int]:
    """Serve the app in a process of its own; gives the port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bare", str(port)],
        cwd=Path(__file__).parents[2],
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
    )
    try:
        wait_for("bare Daphne", lambda: taken(port))
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


if __name__ == "__main__":
    from daphne.endpoints import build_endpoint_description_strings
    from daphne.server import Server

    from inspector.serving.tuning import tune_garbage_collector

    tune_garbage_collector()
    endpoints = build_endpoint_description_strings(host="127.0.0.1", port=int(sys.argv[1]))
    Server(app, endpoints, verbosity=0).run()
