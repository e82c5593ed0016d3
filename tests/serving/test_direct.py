"""The page-side script gets the same answers where the server answers by itself and where Django does."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

import httpx
import orjson
import pytest

from tests.ports import free_port
from tests.posting import page_load, shim_event
from tests.servers import Server
from tests.waiting import wait_for

_ORIGIN: Final = {"Origin": "https://shop.example"}
_EVENT: Final = shim_event(1) | {"id": "e1"}
_POST: Final[dict[str, Any]] = {"json": {"page": page_load(), "events": [_EVENT]}}


class _Unmeasured:
    """A body that is sent in chunks, without a length."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __iter__(self) -> Iterator[bytes]:
        return (b" " * 10_000 for _ in range(self.size // 10_000))


#: What is posted, to which key ("": the recording's), with which status.
CASES: Final[dict[str, tuple[str, dict[str, Any], int]]] = {
    "an event": ("", _POST, 202),
    "an event from another site": ("", _POST | {"headers": _ORIGIN}, 202),
    "nothing to store": ("", {"json": {"page": page_load(), "events": []}}, 202),
    "an unknown key": ("nobody-has-this-key", _POST | {"headers": _ORIGIN}, 404),
    "a key of other letters": ("%C3%A9", _POST, 404),
    "a key like a path": ("..%2Fapi", _POST, 404),
    "no JSON": ("", {"content": b"{"}, 400),
    "nothing": ("", {"content": b""}, 400),
    "packed": ("", {"content": b"x", "headers": {"Content-Encoding": "gzip"} | _ORIGIN}, 415),
    "too large": ("", {"content": b"[" + b" " * 500_001}, 413),
    "too large from another site": ("", {"content": b" " * 500_001, "headers": _ORIGIN}, 413),
    "too large, unmeasured": ("", {"content": _Unmeasured(600_000), "headers": _ORIGIN}, 413),
    "far too large": ("", {"content": b" " * 3_000_000, "headers": _ORIGIN}, 413),
    "far too large from nowhere": ("", {"content": b" " * 3_000_000}, 413),
    "far too large, unmeasured": ("", {"content": _Unmeasured(3_000_000), "headers": _ORIGIN}, 413),
    "too many events": ("", {"json": [{"event_name": "login"}] * 501}, 413),
    "no post": ("", {"method": "PUT", "content": b"{}"}, 405),
}


@pytest.fixture(scope="module")
def plain_daphne(server: Server) -> Iterator[str]:
    """The address of a Daphne that knows nothing of us, with the application and the data of ``server``."""
    port = free_port()
    command = [sys.executable, "-m", "daphne", "--bind", "127.0.0.1", "--port", str(port), "-v", "0"]
    process = subprocess.Popen(
        [*command, "inspector.asgi:application"],
        cwd=server.root,
        env=server.environment | {"PATH": os.environ["PATH"]},
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for("plain Daphne", lambda: _answers(url), seconds=60)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _told(response: httpx.Response) -> tuple[int, Any, dict[str, str]]:
    """What matters of an answer: not which server it was, nor when, nor whether it goes on listening."""
    passing = {"date", "server", "transfer-encoding", "connection"}
    headers = {name.lower(): value for name, value in response.headers.items() if name.lower() not in passing}
    return response.status_code, response.json(), headers


@pytest.mark.parametrize("case", CASES)
def test_both_say_the_same(case: str, server: Server, plain_daphne: str) -> None:
    key, request, status = CASES[case]
    recording = server.new_recording()
    answers = []
    for url in (server.url, plain_daphne):
        asked = {"method": "POST"} | request
        # Each sees the event for the first time.
        capture_key = key or (recording := server.new_recording())["capture_key"]
        answers.append(_told(httpx.request(url=f"{url}/collect/{capture_key}", trust_env=False, **asked)))
    assert answers[0] == answers[1]
    assert answers[0][0] == status
    assert server.state(recording)["last_seq"] == (1 if case.startswith("an event") else 0)


def test_a_page_that_leaves_before_the_answer_leaves_its_event(own_server: Server) -> None:
    recording = own_server.new_recording()
    body = orjson.dumps(_POST["json"])
    request = f"POST /collect/{recording['capture_key']} HTTP/1.1"
    head = f"{request}\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", own_server.port)) as page:
        page.sendall(head.encode() + body)
    wait_for("its event", lambda: own_server.state(recording)["last_seq"] == 1)
    own_server.collect(recording, {"page": page_load(), "events": [shim_event(2)]})
    assert "Traceback" not in own_server.log()
