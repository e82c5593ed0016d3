"""One slow or hostile client does not make others wait: they are served meanwhile, and it is cut off."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from typing import Any, Final

import pytest
from websockets.exceptions import ConnectionClosed

from tests.posting import page_load, post_many
from tests.servers import Server
from tests.viewers import viewing
from tests.waiting import wait_for

pytestmark = pytest.mark.starts_processes

_BEGUN: Final = "POST /collect/{capture_key} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
_BODY: Final = b'{"page": {"id": "p"}, "events": [{"id": "slow", "n": 1, "name": "login", "called": {}}]}'


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector that gives a request two seconds."""
    server = Server(tmp_path_factory.mktemp("hasty"), MAX_REQUEST_SECONDS="2")
    server.start()
    yield server
    server.stop()


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def serves(server: Server, recording: dict[str, Any]) -> bool:
    """Whether somebody else's events are stored and shown."""
    before = server.state(recording)["last_seq"]
    post_many(server, recording, 50)
    page = server.client.get(f"/recordings/{recording['key']}/")
    return page.status_code == 200 and bool(server.state(recording)["last_seq"] == before + 50)


def is_cut(connection: socket.socket) -> bool:
    """Whether the server ended the connection; sends one more byte otherwise."""
    try:
        connection.sendall(b" ")
        connection.settimeout(0.05)
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("begun", ["POST ", _BEGUN, _BEGUN + "Content-Length: 400000\r\n\r\n"],
                         ids=["no first line", "headers", "body"])  # fmt: skip
def test_one_who_sends_byte_by_byte_is_cut_off_and_others_are_served(begun: str, hasty: Server) -> None:
    recording = hasty.new_recording()
    with closing(connected(hasty)) as slow:
        slow.sendall(begun.format(**recording).encode())
        assert serves(hasty, recording)
        if begun.endswith("\r\n"):
            wait_for("the slow one to be cut off", lambda: is_cut(slow))
        assert serves(hasty, recording)


def test_one_who_stops_in_the_middle_is_cut_off(hasty: Server) -> None:
    recording = hasty.new_recording()
    with closing(connected(hasty)) as slow:
        slow.sendall(f"{_BEGUN}Content-Length: 400\r\n\r\n".format(**recording).encode() + b"{")
        with suppress(ConnectionResetError):
            assert slow.recv(100) == b""
    assert hasty.state(recording)["last_seq"] == 0


def test_one_who_is_slow_but_not_too_slow_is_taken(server: Server) -> None:
    recording = server.new_recording()
    with closing(connected(server)) as slow:
        slow.sendall(f"{_BEGUN}Content-Length: {len(_BODY)}\r\n\r\n".format(**recording).encode())
        for byte in _BODY:
            slow.sendall(bytes([byte]))
            if byte == 0x2C:
                assert server.client.get("/healthz").status_code == 200
        assert slow.recv(12) == b"HTTP/1.1 202"
    assert [event["event_id"] for event in server.stored(recording)] == ["slow"]


def test_many_who_connect_and_say_nothing_keep_nobody_out(hasty: Server) -> None:
    recording = hasty.new_recording()
    with ExitStack() as stack:
        for number in range(500):
            idle = stack.enter_context(closing(connected(hasty)))
            if number % 2:
                idle.sendall(_BEGUN.format(**recording).encode())
        assert serves(hasty, recording)


@pytest.mark.parametrize("path", ["/collect/{capture_key}", "/import/", "/api/import", "/api/validate"])
def test_a_body_far_too_large_is_refused_before_it_is_sent(path: str, server: Server) -> None:
    recording = server.new_recording()
    with closing(connected(server)) as large:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99000000000\r\n\r\n"
        large.sendall(head.format(**recording).encode())
        answer = b""
        with suppress(ConnectionResetError):
            while piece := large.recv(1_000):
                answer += piece
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "too_large"


def test_an_endless_body_ends_soon_and_fills_nothing(server: Server) -> None:
    recording = server.new_recording()
    sent, chunk = 0, b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with closing(connected(server)) as endless:
        endless.sendall(f"{_BEGUN}Transfer-Encoding: chunked\r\n\r\n".format(**recording).encode())
        with suppress(OSError):  # a reset, a broken pipe
            while sent < 200_000_000:
                endless.sendall(chunk)
                sent += len(chunk)
    assert sent < 50_000_000
    assert serves(server, recording)


def test_a_body_a_little_too_large_is_told_what_the_limit_is(server: Server) -> None:
    answer = server.client.post(
        "/collect/any", content=b"x" * 700_000, headers={"Origin": "https://a.example"}
    )
    assert answer.status_code == 413
    assert answer.headers["Access-Control-Allow-Origin"] == "https://a.example"


def test_a_viewer_who_never_reads_gets_few_frames_and_catches_up(server: Server) -> None:
    recording = server.new_recording()
    page = page_load()
    with viewing(server, recording) as viewer:
        viewer.follow()
        for _ in range(40):
            post_many(server, recording, 50, page)
        assert serves(server, recording)
        assert viewer.read_until(2_050) == list(range(1, 2_051))


def test_a_flood_of_follows_disturbs_nobody(server: Server) -> None:
    recording = server.new_recording()
    post_many(server, recording, 50)
    with viewing(server, recording) as flood, viewing(server, recording) as viewer:
        for number in range(5_000):
            flood.follow(after=number % 7, query=f"q={number}", epoch=number)
        viewer.follow()
        assert viewer.read_until(50) == list(range(1, 51))
        assert serves(server, recording)


@pytest.mark.parametrize(
    "message", [b"\xff" * 1_000, "x" * 900_000, "[" * 20_000], ids=["bytes", "text", "json"]
)
def test_rubbish_on_a_socket_is_passed_over(message: bytes | str, server: Server) -> None:
    recording = server.new_recording()
    post_many(server, recording, 10)
    with viewing(server, recording) as viewer:
        viewer.socket.send(message)
        viewer.follow()
        assert viewer.read_until(10) == list(range(1, 11))


def test_a_message_without_end_closes_its_socket_alone(server: Server) -> None:
    recording = server.new_recording()
    with viewing(server, recording) as huge, viewing(server, recording) as viewer:
        with suppress(ConnectionClosed):
            huge.socket.send("x" * 3_000_000)
        with pytest.raises(ConnectionClosed):
            huge.next_frame()
        viewer.follow()
        post_many(server, recording, 10)
        assert viewer.read_until(10) == list(range(1, 11))
