"""A process, Redis or PostgreSQL is killed while pages send: nothing acknowledged is lost, all catch up.

PostgreSQL and Redis are real ones of the test's own, killed as a power cut would.
"""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx
import pytest

from tests import services
from tests.killable_services import KillableService, killable_postgres, killable_redis
from tests.memory import resident
from tests.servers import Server
from tests.traffic import health, traffic
from tests.viewers import SOON, viewing
from tests.waiting import wait_for

FLOOD = 40  # requests at once
EVENTS = 16  # in each
EVENT_BYTES = 25_000
DATABASE_AWAY = 4503  # the close code after which a page comes back by itself


@dataclass
class Team:
    """Two processes on one database and one Redis, and what may be killed of it."""

    servers: list[Server]
    redis: KillableService
    postgres: KillableService

    @contextmanager
    def without(self, service: KillableService) -> Iterator[None]:
        """Without this service: every process says that it is ill, and after the block that it is well."""
        with service.away():
            for server in self.servers:
                wait_for("illness to be told", health(server, 503))
            yield
        for server in self.servers:
            wait_for("health to be told", health(server, 200))


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    services.need("killable")
    folder = tmp_path_factory.mktemp("killable")
    with ExitStack() as stack:
        postgres, database = stack.enter_context(killable_postgres())
        redis, redis_url = stack.enter_context(killable_redis(folder))
        servers = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            servers.append(Server(folder / name, DATABASE_URL=database, REDIS_URL=redis_url))
            stack.callback(servers[-1].stop)
            servers[-1].start()
        yield Team(servers, redis, postgres)


def test_a_process_that_is_killed_takes_nothing_with_it(team: Team) -> None:
    with traffic(team.servers) as flowing:
        for server in team.servers:
            with server.away(signal.SIGKILL):
                flowing.flows()
            flowing.flows()
    assert sum(watcher.opened for watcher in flowing.watchers) > len(flowing.watchers)


def test_without_redis_dashboards_go_on_and_with_it_they_are_live_again(team: Team) -> None:
    one, two = team.servers
    with traffic(team.servers) as flowing:
        with team.without(team.redis):
            flowing.flows()
        flowing.flows()
        with viewing(two, flowing.recording) as viewer:
            viewer.follow()
            viewer.read_until(flowing.seen)
    assert [watcher.opened for watcher in flowing.watchers] == [1, 1]  # no socket fell with Redis
    assert {status for sender in flowing.senders for status in sender.answers} == {202}

    recording = one.new_recording()
    with viewing(two, recording) as viewer:
        viewer.follow()
        viewer.next_frame()
        for seq in (1, 2, 3):
            one.collect(recording, {"event_name": "login"})
            assert viewer.next_frame(seconds=SOON)["rows"] == [seq]


def test_a_dashboard_opens_without_redis(team: Team) -> None:
    one, two = team.servers
    recording = one.new_recording()
    with ExitStack() as stack, ExitStack() as absence:
        absence.enter_context(team.without(team.redis))
        viewer = stack.enter_context(viewing(two, recording))
        viewer.follow()
        one.collect(recording, {"event_name": "login"})
        assert viewer.read_until(1) == [1]
        absence.close()
        one.collect(recording, {"event_name": "login"})
        assert viewer.read_until(2) == [1, 2]


def test_without_postgresql_pages_are_told_to_come_back_and_nothing_is_lost(team: Team) -> None:
    with traffic(team.servers) as flowing:
        with team.without(team.postgres):
            for sender in flowing.senders:
                wait_for("a refusal", sender.is_refused)
        flowing.flows()
    refusals = [answer for sender in flowing.senders for answer in sender.unavailable]
    assert {answer.headers["Retry-After"] for answer in refusals} == {"2"}
    assert {answer.json()["error"]["code"] for answer in refusals} == {"store_unavailable"}
    assert {status for sender in flowing.senders for status in sender.answers} == {202, 503}


def test_without_postgresql_an_idle_dashboard_is_told_to_come_back(team: Team) -> None:
    """Else it would say that it is live; it comes back by itself, and again, until the database has."""
    server = team.servers[0]
    recording = server.new_recording()
    with viewing(server, recording) as viewer:
        viewer.follow()
        viewer.next_frame()
        with team.without(team.postgres):
            assert viewer.close_code(seconds=60) == DATABASE_AWAY
    server.collect(recording, {"event_name": "login"})
    with viewing(server, recording) as viewer:
        viewer.follow()
        assert viewer.read_until(1) == [1]


def test_without_postgresql_everybody_is_answered_and_memory_does_not_grow(team: Team) -> None:
    server = team.servers[0]
    recording = server.new_recording()
    server.collect(recording, {"event_name": "login"})
    body = [{"event_name": "login", "text": "x" * EVENT_BYTES} for _ in range(EVENTS)]

    def post(_place: int) -> httpx.Response:
        return server.client.post(f"/collect/{recording['capture_key']}", json=body)

    def flood() -> int:
        with ThreadPoolExecutor(FLOOD) as pool:
            answers = list(pool.map(post, range(FLOOD)))
        assert {answer.status_code for answer in answers} == {503}
        assert {answer.headers["Retry-After"] for answer in answers} <= {"1", "2"}
        return resident(server.pid)

    with team.without(team.postgres):
        first, second = flood(), flood()
        assert second - first < FLOOD * EVENTS * EVENT_BYTES  # less than what it would take to keep it all
        for path, kind in (("/recordings/", "text/html"), ("/api/recordings", "application/json")):
            page = server.client.get(path)
            assert page.status_code == 503
            assert page.headers["Retry-After"] == "2"
            assert page.headers["Content-Type"].startswith(kind)
    server.collect(recording, {"event_name": "login"})
    assert [event["seq"] for event in server.stored(recording)] == [1, 2]
