"""Recordings that nobody has written to for the retention time are deleted, others are not."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.posting import post_many
from tests.servers import Server
from tests.waiting import wait_for

_ROOT = Path(__file__).parent.parent


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """An inspector that no other test uses: this one deletes."""
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


def age(server: Server, recording: dict[str, Any], column: str, days: float) -> None:
    """Let a recording be older than it is."""
    moment = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S.%f")
    database = sqlite3.connect(Path(server.environment["DATA_DIR"]) / "inspector.sqlite3", timeout=20)
    with database:
        database.execute(
            f"UPDATE events_recording SET {column} = ? WHERE key = ?", (moment, recording["key"])
        )
    database.close()


def prune(server: Server, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "prune", *arguments],
        cwd=_ROOT, env=server.environment, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stdout.strip()


def exists(server: Server, recording: dict[str, Any]) -> bool:
    return server.client.get(f"/api/recordings/{recording['key']}").status_code == 200


def test_what_has_expired_is_deleted_with_all_its_events(own_server: Server) -> None:
    old, empty, busy, fresh = (own_server.new_recording(name) for name in ("old", "empty", "busy", "fresh"))
    post_many(own_server, old, 60)
    post_many(own_server, busy, 60)
    age(own_server, old, "last_event_at", 31)
    age(own_server, empty, "created_at", 31)
    age(own_server, busy, "created_at", 31)
    assert prune(own_server) == "2 recordings deleted."
    assert [exists(own_server, recording) for recording in (old, empty, busy, fresh)] == [
        False,
        False,
        True,
        True,
    ]
    assert own_server.client.post(f"/collect/{old['capture_key']}", json=[]).status_code == 404
    assert len(own_server.stored(busy)) == 60


def test_another_number_of_days_can_be_asked_for(own_server: Server) -> None:
    recording = own_server.new_recording()
    age(own_server, recording, "created_at", 3)
    assert prune(own_server, "--days", "4") == "0 recordings deleted."
    assert prune(own_server, "--days", "2").endswith("deleted.")
    assert not exists(own_server, recording)


def test_the_server_deletes_by_itself(own_server: Server) -> None:
    recording = own_server.new_recording()
    age(own_server, recording, "created_at", 31)
    own_server.stop()
    own_server.start()
    wait_for("the recording to go", lambda: not exists(own_server, recording))
