"""The live socket: every event reaches every viewer, once and in order, at any load and over any cut."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import redis
from websockets.exceptions import ConnectionClosedError

from tests.servers import Server
from tests.services import redis_url
from tests.viewers import viewing

SENDERS = 4
EVENTS = 10_000
BATCH = 50


def post(server: Server, recording: dict[str, Any], count: int, name: str = "login") -> None:
    """Post this many events, in requests that are as large as allowed."""
    for done in range(0, count, 100):
        server.collect(recording, [{"event_name": name}] * min(100, count - done))


@pytest.fixture
def recording(any_server: Server) -> dict[str, Any]:
    return any_server.new_recording()


def test_a_viewer_is_sent_what_is_there_and_then_what_comes(
    any_server: Server, recording: dict[str, Any]
) -> None:
    post(any_server, recording, 3)
    with viewing(any_server, recording) as viewer:
        viewer.follow()
        assert viewer.read_until(3) == [1, 2, 3]
        for seq in (4, 5):
            post(any_server, recording, 1)
            assert viewer.read_until(seq)[-1] == seq
    assert viewer.rows == [1, 2, 3, 4, 5]


def test_a_viewer_follows_from_where_it_says(any_server: Server, recording: dict[str, Any]) -> None:
    post(any_server, recording, 5)
    with viewing(any_server, recording) as viewer:
        viewer.follow(after=3)
        assert viewer.read_until(5) == [4, 5]


def test_many_rows_come_in_several_frames(any_server: Server, recording: dict[str, Any]) -> None:
    post(any_server, recording, 1_200)
    with viewing(any_server, recording) as viewer:
        viewer.follow()
        assert viewer.read_until(1_200) == list(range(1, 1_201))
    assert [len(frame["rows"]) for frame in viewer.frames] == [500, 500, 200]
    assert [frame["more"] for frame in viewer.frames] == [True, True, False]
    assert [frame["waiting"] for frame in viewer.frames] == [700, 200, 0]


def test_a_viewer_is_sent_only_what_it_wants(any_server: Server, recording: dict[str, Any]) -> None:
    for name in ("login", "mine", "login", "mine"):
        post(any_server, recording, 1, name)
    with viewing(any_server, recording) as viewer:
        viewer.follow(query="name=mine", epoch=1)
        assert viewer.read_until(4) == [2, 4]
        viewer.follow(query="verdict=invalid", epoch=2)
        while viewer.next_frame()["epoch"] == 1:
            pass
        assert viewer.frames[-1]["rows"] == [1, 3]


def test_every_frame_says_to_which_follow_it_belongs(any_server: Server, recording: dict[str, Any]) -> None:
    post(any_server, recording, 1)
    with viewing(any_server, recording) as viewer:
        for epoch in (7, 8):
            viewer.follow(epoch=epoch)
            while viewer.next_frame()["epoch"] != epoch:
                pass
            assert viewer.frames[-1]["rows"] == [1]


def test_nothing_is_sent_before_the_page_has_spoken(any_server: Server, recording: dict[str, Any]) -> None:
    post(any_server, recording, 1)
    with viewing(any_server, recording) as viewer, pytest.raises(TimeoutError):
        viewer.next_frame(seconds=0.3)


def test_nothing_is_sent_without_news(any_server: Server, recording: dict[str, Any]) -> None:
    """An acknowledgement that caused a frame would cause the next acknowledgement, for ever."""
    with viewing(any_server, recording) as viewer:
        viewer.follow()
        viewer.next_frame()
        with pytest.raises(TimeoutError):
            viewer.next_frame(seconds=0.3)


def test_a_viewer_that_lags_is_waited_for(any_server: Server, recording: dict[str, Any]) -> None:
    with viewing(any_server, recording) as viewer:
        viewer.follow()
        for _ in range(8):
            viewer.next_frame(acknowledge=False)
            post(any_server, recording, 1)
        with pytest.raises(TimeoutError):
            viewer.next_frame(seconds=0.3)
        post(any_server, recording, 20)
        viewer.say(ack=viewer.frames[-1]["frame"])
        assert viewer.read_until(28) == list(range(1, 29))


def test_a_viewer_that_holds_sees_the_counters_go_on(any_server: Server, recording: dict[str, Any]) -> None:
    with viewing(any_server, recording) as viewer:
        viewer.follow()
        viewer.next_frame()
        viewer.say(hold=True)
        post(any_server, recording, 3)
        while viewer.next_frame()["waiting"] < 3:
            pass
        assert viewer.rows == []
        assert '<b data-count="invalid">3</b>' in viewer.frames[-1]["html"]
        viewer.follow(after=0, epoch=2)
        assert viewer.read_until(3) == [1, 2, 3]


@pytest.mark.parametrize(
    "message",
    [
        "",
        "x",
        "null",
        "[]",
        '{"follow": 5}',
        '{"ack": "1"}',
        '{"ack": 99999}',
        '{"hold": "yes"}',
        "x" * 30_000,
        b"\x00",
    ],
)
def test_what_is_not_understood_does_no_harm(message: str | bytes, server: Server) -> None:
    recording = server.new_recording()
    post(server, recording, 1)
    with viewing(server, recording) as viewer:
        viewer.socket.send(message)
        viewer.follow()
        viewer.socket.send(message)
        assert viewer.read_until(1) == [1]


def test_a_late_arrival_closes_the_gap_before_a_row_that_is_there(
    any_server: Server, recording: dict[str, Any]
) -> None:
    def send(*numbers: int) -> None:
        any_server.collect(
            recording, {"page": {"id": "p"}, "events": [{"n": n, "name": "login"} for n in numbers]}
        )

    with viewing(any_server, recording) as viewer:
        viewer.follow()
        for numbers, last, gaps in (
            ((1, 5), 2, []),
            ((3,), 3, [[2, [4, 4]]]),
            ((4,), 4, [[2, None]]),
            ((2,), 5, [[3, None]]),
        ):
            send(*numbers)
            viewer.read_until(last)
            assert viewer.frames[-1]["gaps"] == gaps


@pytest.mark.parametrize("key", ["unknown", "%00", "a" * 1_000])
def test_a_recording_that_is_not_there_closes_the_socket(key: str, any_server: Server) -> None:
    with viewing(any_server, {"key": key}) as viewer, pytest.raises(ConnectionClosedError) as closed:
        viewer.next_frame()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4404


@pytest.fixture
def senders(any_server: Server, recording: dict[str, Any]) -> Iterator[list[Future[None]]]:
    """Several senders that post many events between them, while the test looks on."""

    def send(sender: int) -> None:
        for start in range(0, EVENTS // SENDERS, BATCH):
            events = [
                {"id": f"{sender}-{n}", "n": n + 1, "name": "login"} for n in range(start, start + BATCH)
            ]
            any_server.collect(recording, {"page": {"id": f"p{sender}"}, "events": events})

    with ThreadPoolExecutor(SENDERS) as pool:
        yield [pool.submit(send, sender) for sender in range(SENDERS)]


def test_every_row_arrives_in_order_while_many_send(
    any_server: Server, recording: dict[str, Any], senders: list[Future[None]]
) -> None:
    with viewing(any_server, recording) as viewer:
        viewer.follow()
        assert viewer.read_until(EVENTS) == list(range(1, EVENTS + 1))
    assert [sender.result() for sender in senders] == [None] * SENDERS


def test_every_row_arrives_once_although_the_socket_is_cut(
    any_server: Server, recording: dict[str, Any], senders: list[Future[None]]
) -> None:
    rows: list[int] = []
    for cut in (2_000, 4_000, 4_001, 8_000, EVENTS):
        with viewing(any_server, recording) as viewer:
            viewer.follow(after=rows[-1] if rows else 0)
            rows += viewer.read_until(cut)
    assert rows == list(range(1, EVENTS + 1))
    assert [sender.result() for sender in senders] == [None] * SENDERS


def test_a_lost_wake_up_costs_time_and_no_row(postgres_server: Server) -> None:
    """Emptying Redis takes the groups away, so no wake-up reaches this viewer again."""
    recording = postgres_server.new_recording()
    with viewing(postgres_server, recording) as viewer:
        viewer.follow()
        viewer.next_frame()
        redis.Redis.from_url(redis_url()).flushdb()
        post(postgres_server, recording, 3)
        assert viewer.read_until(3) == [1, 2, 3]


def test_a_viewer_survives_a_quiet_time(postgres_server: Server) -> None:
    """Longer than redis-py by itself would wait for a word of Redis."""
    recording = postgres_server.new_recording()
    with viewing(postgres_server, recording) as viewer:
        viewer.follow()
        viewer.next_frame()
        with pytest.raises(TimeoutError):
            viewer.next_frame(seconds=6)
        post(postgres_server, recording, 1)
        assert viewer.read_until(1) == [1]


def test_what_one_process_takes_in_another_one_shows(
    postgres_server: Server, second_postgres_server: Server
) -> None:
    recording = postgres_server.new_recording()
    with viewing(second_postgres_server, recording) as viewer:
        viewer.follow()
        viewer.next_frame()
        post(postgres_server, recording, 2)
        post(second_postgres_server, recording, 2)
        assert viewer.read_until(4) == [1, 2, 3, 4]
