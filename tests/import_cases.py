"""Imports files by the API, for tests of imports."""

from collections.abc import Callable
from typing import Any, Final

import httpx
import orjson

from tests.servers import Server

CALL: Final = b"cact('trigger', 'login', {user: {id: '1'}})"
KINDS: Final = {"ndjson": "application/x-ndjson", "html": "text/html"}


def send(server: Server, content: bytes, kind: str = "application/x-ndjson", **query: str) -> httpx.Response:
    return server.client.post("/api/import", content=content, headers={"Content-Type": kind}, params=query)


def imported(
    server: Server, content: bytes, kind: str = "application/x-ndjson", **query: str
) -> dict[str, Any]:
    answer = send(server, content, kind, **query)
    assert answer.status_code == 201, answer.text
    recording: dict[str, Any] = answer.json()
    return recording


Change = Callable[[list[Any]], None]


def changed(file: bytes, change: Change) -> bytes:
    """The file with its lines changed; lines that are bytes stay unchanged."""
    lines = [orjson.loads(line) for line in file.splitlines()]
    change(lines)
    return b"\n".join(line if isinstance(line, bytes) else orjson.dumps(line) for line in lines) + b"\n"


def put(line: int, path: str, value: Any) -> Change:
    """A change that sets the value at ``path`` in a line, counted from 1."""

    def change(lines: list[Any]) -> None:
        *above, last = path.split("/")
        holder = lines[line - 1]
        for step in above:
            holder = holder[int(step) if isinstance(holder, list) else step]
        holder[int(last) if isinstance(holder, list) else last] = value

    return change


def replace(line: int, content: bytes) -> Change:
    def change(lines: list[Any]) -> None:
        lines[line - 1] = content

    return change
