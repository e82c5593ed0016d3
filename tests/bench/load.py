"""A load generator: many connections on one event loop, each with one request at a time.

It uses plain sockets, since an HTTP library would be slower than the measured server.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_END_OF_HEADERS: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"
_TIMEOUT_SECONDS: Final = 60.0  # for the last answers

#: Each call returns a whole HTTP request; None after the last one.
Requests = Callable[[], bytes | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one run. ``milliseconds``: from a request's first byte to its answer, sorted."""

    seconds: float
    milliseconds: list[float]
    refused: int

    @property
    def rate(self) -> float:
        """Answered requests per second."""
        return len(self.milliseconds) / self.seconds

    def percentile(self, share: float) -> float:
        """The time in milliseconds within which this share of the requests was answered."""
        return self.milliseconds[min(int(len(self.milliseconds) * share), len(self.milliseconds) - 1)]


def press(port: int, requests: Requests, *, connections: int, seconds: float) -> Outcome:
    """Send requests over several connections, each after the last answer, for a time or until all are sent.

    Raises TimeoutError where an answer does not arrive within a minute after that.
    """
    return asyncio.run(_press(port, requests, connections, seconds))


def post(path: str, bodies: Iterator[bytes]) -> Requests:
    """POST requests to ``path``, one for each body, as the page-side script sends them."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: ".encode()

    def next_request() -> bytes | None:
        body = next(bodies, None)
        return None if body is None else b"%b%d\r\n\r\n%b" % (head, len(body), body)

    return next_request


def unique(body: bytes, places: bytes) -> Iterator[bytes]:
    """Endless copies of ``body``, each of its ``places`` (36 bytes) replaced by a unique id."""
    parts = body.split(places)
    run = time.time_ns() & 0xFFFFFFFFFFFF
    counter = itertools.count()
    while True:
        filled = [parts[0]]
        for part in parts[1:]:
            filled += (b"%08x-0000-4000-8000-%012x" % (next(counter), run), part)
        yield b"".join(filled)


async def _press(port: int, requests: Requests, connections: int, seconds: float) -> Outcome:
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    clients = [_Client(requests, start + seconds) for _ in range(connections)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]  # a lambda
    async with asyncio.timeout(seconds + _TIMEOUT_SECONDS):
        await asyncio.gather(*(client.done for client in clients))
    took = time.perf_counter() - start
    times = sorted(each for client in clients for each in client.times)
    return Outcome(took, times, sum(client.refused for client in clients))


class _Client(asyncio.Protocol):
    """One connection: sends a request, waits for its whole answer, and repeats until the time is over."""

    def __init__(self, requests: Requests, until: float) -> None:
        self.requests, self.until = requests, until
        self.times: list[float] = []
        self.refused = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        headers, found, body = self.buffer.partition(_END_OF_HEADERS)
        if not found:
            return
        lowered = headers.lower()
        place = lowered.index(_LENGTH) + len(_LENGTH)
        if len(body) < int(lowered[place:].split(b"\r\n", 1)[0]):
            return
        now = time.perf_counter()
        self.times.append((now - self.sent_at) * 1000)
        self.refused += not headers.startswith(b"HTTP/1.1 202")
        if now < self.until:
            self._send()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self.buffer = b""
        request = self.requests()
        self.sent_at = time.perf_counter()
        if request is None:
            self.transport.close()
        else:
            self.transport.write(request)
