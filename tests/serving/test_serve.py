"""What ``make run`` starts: it says where everything is, ends quietly, and explains why it cannot start."""

import signal
import socket
from pathlib import Path

import pytest

from tests import commands
from tests.servers import Server

pytestmark = pytest.mark.starts_processes


def start(tmp_path: Path, **environment: str) -> Server:
    server = Server(tmp_path, **environment)
    server.start()
    return server


def test_it_says_where_the_first_recording_and_the_demo_are_at_every_start(tmp_path: Path) -> None:
    server = start(tmp_path)
    said = server.log()
    lines = [line.split() for line in said.splitlines()]
    addresses = {line[0]: line[-1] for line in lines if "http" in line[-1]}
    assert addresses["dashboard"].startswith(f"{server.url}/recordings/")
    assert addresses["demo"] == f"{server.url}/demo/"
    server.stop()
    server.start()
    server.stop()
    assert server.log() == 2 * said


@pytest.mark.parametrize(
    ("database", "word"),
    [("sqlite", signal.SIGINT), ("sqlite", signal.SIGTERM), ("postgres+redis", signal.SIGINT)],
)
def test_it_ends_quietly(
    database: str, word: signal.Signals, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    environment = {}
    if database != "sqlite":
        environment["DATABASE_URL"] = request.getfixturevalue("postgres_database")
    server = start(tmp_path, **environment)
    server.client.get("/recordings/")
    before = server.log()
    assert server.end(word) == 0
    assert server.log() == before


def test_a_port_in_use_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        error = refused(tmp_path, PORT=str(port))
    assert error == (
        f"CommandError: Cannot listen on 127.0.0.1:{port} (Address already in use). "
        "Stop what runs there, or choose another port: PORT=8001 make run\n"
    )


def test_a_database_that_is_away_is_one_clear_sentence(tmp_path: Path) -> None:
    error = refused(tmp_path, DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert error.startswith("CommandError: The database cannot be used: ")
    assert "Traceback" not in error


def refused(tmp_path: Path, **environment: str) -> str:
    """What a start says that fails."""
    done = commands.run_process(Server(tmp_path, **environment), "serve")
    assert (done.code, done.out) == (1, "")
    return done.err
