"""What was acknowledged is kept, whatever happens to the process, the database or the network in between."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest

from tests.servers import Server
from tests.viewers import viewing
from tests.waiting import wait_for

pytestmark = pytest.mark.starts_processes

KILLS = 3


@pytest.fixture(params=["sqlite", "postgres+redis"])
def killable_server(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Server]:
    """An inspector of this test alone, to be killed."""
    environment = {}
    if request.param != "sqlite":
        environment = {"DATABASE_URL": request.getfixturevalue("postgres_database")}
    server = Server(tmp_path, **environment)
    server.start()
    yield server
    server.stop()


def test_no_acknowledged_event_is_lost_when_the_process_is_killed(killable_server: Server) -> None:
    """A sender posts without a pause and, like the page-side script, again what was not acknowledged."""
    recording = killable_server.new_recording()
    acknowledged: list[str] = []
    enough = False

    def send() -> None:
        while not enough:
            n = len(acknowledged) + 1
            event = {"id": f"e{n}", "n": n, "name": "login"}
            wait_for("an acknowledgement", partial(_delivered, killable_server, recording, event))
            acknowledged.append(f"e{n}")

    with ThreadPoolExecutor(1) as pool:
        sender = pool.submit(send)
        try:
            for kill in range(1, KILLS + 1):
                wait_for("events between two kills", partial(_longer, acknowledged, 30 * kill))
                killable_server.end(signal.SIGKILL)
                killable_server.start()
        finally:
            enough = True
        sender.result()
    stored = killable_server.stored(recording)
    assert [event["event_id"] for event in stored] == acknowledged
    assert [event["seq"] for event in stored] == list(range(1, len(acknowledged) + 1))
    counted = len(acknowledged)
    assert killable_server.state(recording)["loss"] == {"sent": counted, "received": counted, "missing": 0}


def _longer(things: list[str], count: int) -> bool:
    return len(things) > count


def _delivered(server: Server, recording: dict[str, Any], event: dict[str, Any]) -> bool:
    body = {"page": {"id": "p"}, "events": [event]}
    try:
        return server.client.post(f"/collect/{recording['capture_key']}", json=body).status_code == 202
    except httpx.TransportError:
        return False


def test_a_restarted_inspector_has_everything_as_it_was(killable_server: Server) -> None:
    recording = killable_server.new_recording("Before")
    killable_server.collect(recording, [{"event_name": "login"}, {"event_name": "mine"}])
    state, stored = killable_server.state(recording), killable_server.stored(recording)
    killable_server.stop()
    killable_server.start()
    assert (killable_server.state(recording), killable_server.stored(recording)) == (state, stored)
    with viewing(killable_server, recording) as viewer:
        viewer.follow(after=1)
        assert viewer.read_until(2) == [2]
