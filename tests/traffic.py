"""Traffic for failure tests: pages that post without a pause, and dashboards that follow.

Both do what the scripts of a page do: what was not acknowledged is sent again, with the same ids; a socket
that ended is opened again, from where its rows end. Behind one address, so each goes to the next process
where one does not answer.
"""

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import httpx
from websockets.exceptions import WebSocketException

from tests.servers import Server
from tests.viewers import viewing
from tests.waiting import wait_for

EACH = 5  # events in a request


class Sender:
    """A page. ``acknowledged``: ids of acknowledged events; ``answers`` counts answers by status."""

    def __init__(self, name: str, servers: list[Server], recording: dict[str, Any]) -> None:
        self.acknowledged: list[str] = []
        self.answers: Counter[int | str] = Counter()
        self.unavailable: list[httpx.Response] = []
        self._name, self._servers, self._recording = name, itertools.cycle(servers), recording

    def send(self, enough: threading.Event) -> None:
        """Post events until ``enough`` is set; each post is repeated until it is acknowledged."""
        for first in itertools.count(1, EACH):
            if enough.is_set():
                return
            ids = [f"{self._name}-{n}" for n in range(first, first + EACH)]
            events = [{"id": id_, "n": first + place, "name": "login"} for place, id_ in enumerate(ids)]
            body = {"page": {"id": self._name}, "events": events}
            wait_for("an acknowledgement", partial(self._delivered, body), seconds=60)
            self.acknowledged += ids

    def is_refused(self) -> bool:
        """True where a post got 503."""
        return bool(self.unavailable)

    def _delivered(self, body: dict[str, Any]) -> bool:
        server = next(self._servers)
        try:
            answer = httpx.post(
                f"{server.url}/collect/{self._recording['capture_key']}",
                json=body,
                timeout=30,
                trust_env=False,
            )
        except httpx.TransportError as error:
            self.answers[type(error).__name__] += 1
            return False
        self.answers[answer.status_code] += 1
        if answer.status_code == 503:
            self.unavailable.append(answer)
        return answer.status_code == 202


class Watcher:
    """A dashboard. ``rows``: the received sequence numbers in order; ``opened`` counts its sockets."""

    def __init__(self, servers: list[Server], recording: dict[str, Any]) -> None:
        self.rows: list[int] = []
        self.opened = 0
        self._servers, self._recording = itertools.cycle(servers), recording

    def watch(self, enough: threading.Event) -> None:
        """Receive rows until ``enough`` is set; a closed socket is opened again."""
        while not enough.is_set():
            try:
                self._watch(next(self._servers), enough)
            except (OSError, WebSocketException):
                continue

    def _watch(self, server: Server, enough: threading.Event) -> None:
        with viewing(server, self._recording) as viewer:
            self.opened += 1
            viewer.follow(after=self.rows[-1] if self.rows else 0)
            while not enough.is_set():
                try:
                    self.rows += viewer.next_frame(seconds=0.5)["rows"]
                except TimeoutError:
                    continue


class Traffic:
    """Two senders and a watcher for each process, all on one recording."""

    def __init__(self, servers: list[Server]) -> None:
        self.servers = servers
        self.recording = servers[0].new_recording()
        self.senders = [Sender(f"page{place}", _from(servers, place), self.recording) for place in range(2)]
        self.watchers = [Watcher(_from(servers, place), self.recording) for place in range(len(servers))]

    @property
    def acknowledged(self) -> int:
        """How many events are acknowledged."""
        return sum(len(sender.acknowledged) for sender in self.senders)

    @property
    def seen(self) -> int:
        """How many rows every watcher has received."""
        return min(len(watcher.rows) for watcher in self.watchers)

    def flows(self, count: int = 60) -> None:
        """Wait until ``count`` more events are acknowledged, and all dashboards have received them."""
        target = self.acknowledged + count
        wait_for(f"{count} more events", lambda: self.acknowledged >= target, seconds=40)
        wait_for("every dashboard to catch up", lambda: self.seen >= target, seconds=40)

    def assert_nothing_lost(self) -> None:
        """Assert that each acknowledged event is stored once, without a gap, and reached each dashboard."""
        stored = self.servers[0].stored(self.recording)
        acknowledged = sorted(id_ for sender in self.senders for id_ in sender.acknowledged)
        numbers = list(range(1, len(acknowledged) + 1))
        assert sorted(event["event_id"] for event in stored) == acknowledged
        assert [event["seq"] for event in stored] == numbers
        assert self.servers[0].state(self.recording)["loss"]["missing"] == 0
        for watcher in self.watchers:
            assert watcher.rows == numbers


@contextmanager
def traffic(servers: list[Server]) -> Iterator[Traffic]:
    """Run traffic for the block; afterwards assert that no acknowledged event was lost."""
    flowing = Traffic(servers)
    no_more, seen = threading.Event(), threading.Event()
    with ThreadPoolExecutor(8) as pool, ExitStack() as at_the_end:
        at_the_end.callback(seen.set)
        at_the_end.callback(no_more.set)
        watching = [pool.submit(watcher.watch, seen) for watcher in flowing.watchers]
        sending = [pool.submit(sender.send, no_more) for sender in flowing.senders]
        flowing.flows()
        yield flowing
        no_more.set()
        _results(sending)
        wait_for("every dashboard to catch up", lambda: flowing.seen >= flowing.acknowledged)
        seen.set()
        _results(watching)
    flowing.assert_nothing_lost()


def _from(servers: list[Server], place: int) -> list[Server]:
    return servers[place:] + servers[:place]


def _results(futures: list["Future[None]"]) -> None:
    for future in futures:
        future.result()


def health(server: Server, wanted: int) -> Callable[[], bool]:
    """A condition: /healthz answers with the status ``wanted``."""
    return lambda: server.client.get("/healthz").status_code == wanted
