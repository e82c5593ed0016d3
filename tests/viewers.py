"""A client of the live socket: a dashboard without a browser."""

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.servers import Server

SOON: Final = 4.0  # seconds: less than a viewer's interval of polling
_ROW: Final = re.compile(r'id="event-(\d+)"')
_CHANGED: Final = re.compile(r'<template id="changed".*?</template>', re.DOTALL)
_NEWS: Final = re.compile(r'id="news"[^>]* data-epoch="(\d+)" data-frame="(\d+)" data-news="([^"]*)"')


class Viewer:
    """One connected dashboard; collects the sequence numbers of received rows in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.rows: list[int] = []
        self.frames: list[dict[str, Any]] = []

    def say(self, **message: Any) -> None:
        self.socket.send(json.dumps(message))

    def follow(self, after: int = 0, query: str = "", epoch: int = 1) -> None:
        self.say(follow={"after": after, "query": query, "epoch": epoch})

    def next_frame(self, *, acknowledge: bool = True, seconds: float = 20) -> dict[str, Any]:
        """The next frame: its news, and as ``epoch``, ``frame``, ``rows`` and ``html`` its parts."""
        text = self.socket.recv(timeout=seconds)
        assert isinstance(text, str)
        assert len(text) < 1_000_000, "Daphne closes the socket at 1 MiB"
        news = _NEWS.search(text)
        assert news is not None
        rows = [int(seq) for seq in _ROW.findall(text)]
        frame = {
            **json.loads(html.unescape(news[3])),
            "epoch": int(news[1]),
            "frame": int(news[2]),
            "rows": rows,
            "html": text,
        }
        self.rows += map(int, _ROW.findall(_CHANGED.sub("", text)))  # without those that changed
        self.frames.append(frame)
        if acknowledge:
            self.say(ack=frame["frame"])
        return frame

    def close_code(self, seconds: float = 20) -> int | None:
        """Receive until the server closes the socket; return the close code."""
        with suppress(ConnectionClosed):
            while True:
                self.socket.recv(timeout=seconds)
        return self.socket.close_code

    def read_until(self, last: int) -> list[int]:
        """Receive frames until the cursor reaches ``last``; return all rows so far."""
        while not self.frames or self.frames[-1]["cursor"] < last:
            self.next_frame()
        return self.rows


@contextmanager
def viewing(server: Server, recording: dict[str, Any]) -> Iterator[Viewer]:
    """Connect a viewer to the recording; it does not follow yet."""
    with connect(f"{server.ws_url}/ws/recordings/{recording['key']}/", max_size=None) as socket:
        yield Viewer(socket)
