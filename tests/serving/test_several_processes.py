"""Several processes write to one recording: numbers without a gap, in the order in which they can be read."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import services
from tests.servers import Server
from tests.viewers import viewing

pytestmark = pytest.mark.starts_processes

WRITERS = 12  # threads, half of them to each process
REQUESTS = 25  # of each
SIZES = (1, 7, 20)  # events in a request, in turn
EVENTS = WRITERS * sum(SIZES[n % len(SIZES)] for n in range(REQUESTS))


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Two processes that are started together on an empty database."""
    services.need("postgres", "redis")
    with ExitStack() as stack:
        database = stack.enter_context(services.fresh_postgres())
        servers = []
        for name in ("one", "two"):
            folder: Path = tmp_path_factory.mktemp(name)
            servers.append(Server(folder, DATABASE_URL=database, REDIS_URL=services.redis_url()))
            stack.callback(servers[-1].stop)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(Server.start, servers))
        yield servers


def write(server: Server, recording: dict[str, Any], writer: int) -> list[int]:
    """Post what this writer has to, and give the numbers that its events were told to have."""
    numbers: list[int] = []
    with httpx.Client(base_url=server.url, timeout=60, trust_env=False) as client:
        for request in range(REQUESTS):
            events = [
                {"id": f"{writer}-{request}-{n}", "name": "login"} for n in range(SIZES[request % len(SIZES)])
            ]
            body = {"page": {"id": f"p{writer}"}, "events": events}
            answer = client.post(f"/collect/{recording['capture_key']}", json=body)
            assert answer.status_code == 202, answer.text
            numbers += [result["seq"] for result in answer.json()["results"]]
    return numbers


def poll(server: Server, recording: dict[str, Any], over: Callable[[], bool]) -> list[int]:
    """Read what is after the cursor, again and again, as fast as it goes; gives the numbers in that order."""
    numbers: list[int] = []
    with httpx.Client(base_url=server.url, timeout=60, trust_env=False) as client:
        last = False
        while not last:
            last = over()  # before the look: what is written by then is in it
            while True:
                query = {"after": numbers[-1] if numbers else 0, "limit": 100}
                page = client.get(f"/api/recordings/{recording['key']}/events", params=query).json()["events"]
                numbers += [event["seq"] for event in page]
                if not page:
                    break
    return numbers


def test_a_reader_skips_nothing_while_many_write(processes: list[Server]) -> None:
    recording = processes[0].new_recording()
    written = threading.Event()
    with ThreadPoolExecutor(WRITERS + 2) as pool, ExitStack() as at_the_end:
        at_the_end.callback(written.set)
        reading = [pool.submit(poll, server, recording, written.is_set) for server in processes]
        writing = [pool.submit(write, processes[n % 2], recording, n) for n in range(WRITERS)]
        with viewing(processes[0], recording) as one, viewing(processes[1], recording) as two:
            for viewer in (one, two):
                viewer.follow()
            told = numbers(writing)
            written.set()
            seen = [viewer.read_until(EVENTS) for viewer in (one, two)]
        read = [future.result() for future in reading]
    everything = list(range(1, EVENTS + 1))
    assert sorted(told) == everything
    assert read == [everything, everything]
    assert seen == [everything, everything]
    assert processes[0].state(recording)["last_seq"] == EVENTS


def test_the_same_event_sent_to_both_at_once_is_stored_once(processes: list[Server]) -> None:
    recording = processes[0].new_recording()
    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, processes[n % 2], recording, 0) for n in range(WRITERS)]
        told = [future.result() for future in writing]
    alone = EVENTS // WRITERS
    assert sorted(told[0]) == list(range(1, alone + 1))
    assert told == [told[0]] * WRITERS
    assert [event["seq"] for event in processes[1].stored(recording)] == list(range(1, alone + 1))


def numbers(writing: list["Future[list[int]]"]) -> list[int]:
    """What all writers were told, together."""
    return [number for future in writing for number in future.result()]
