"""Recordings that nobody has written to for the retention time are deleted, others are not."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import commands
from tests.posting import page_load, post, post_many, shim_event
from tests.servers import Server
from tests.waiting import wait_for

pytestmark = pytest.mark.starts_processes


def age(server: Server, recording: dict[str, Any], column: str, days: float) -> None:
    """Let a recording be older than it is."""
    moment = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(database_of(server)) as database, database:
        database.execute(
            f"UPDATE events_recording SET {column} = ? WHERE key = ?", (moment, recording["key"])
        )


def database_of(server: Server) -> sqlite3.Connection:
    return sqlite3.connect(Path(server.environment["DATA_DIR"]) / "inspector.sqlite3", timeout=20)


def prune(server: Server, *arguments: str) -> str:
    """Its standard output."""
    done = commands.run(server, "prune", *arguments)
    assert done.code == 0, done.err
    return done.out.strip()


@pytest.fixture(scope="module")
def pruned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector whose recordings these tests let expire; each counts its own."""
    server = Server(tmp_path_factory.mktemp("pruned"))
    server.start()
    yield server
    server.stop()


def exists(server: Server, recording: dict[str, Any]) -> bool:
    return server.client.get(f"/api/recordings/{recording['key']}").status_code == 200


def test_what_has_expired_is_deleted_with_all_its_events(pruned: Server) -> None:
    old, empty, busy, fresh = (pruned.new_recording(name) for name in ("old", "empty", "busy", "fresh"))
    post_many(pruned, old, 60)
    post_many(pruned, busy, 60)
    age(pruned, old, "created_at", 40)
    age(pruned, old, "last_event_at", 31)
    age(pruned, empty, "created_at", 31)
    age(pruned, busy, "created_at", 31)
    assert prune(pruned).startswith("2 recordings deleted.")
    assert [exists(pruned, recording) for recording in (old, empty, busy, fresh)] == [
        False,
        False,
        True,
        True,
    ]
    assert pruned.client.post(f"/collect/{old['capture_key']}", json=[]).status_code == 404
    assert len(pruned.stored(busy)) == 60


def test_another_number_of_days_can_be_asked_for(pruned: Server) -> None:
    recording = pruned.new_recording()
    age(pruned, recording, "created_at", 3)
    assert prune(pruned, "--days", "4").startswith("0 recordings deleted.")
    assert "1 recording deleted." in prune(pruned, "--days", "2")
    assert not exists(pruned, recording)


def test_pinned_ones_stay(pruned: Server) -> None:
    pinned, archived = pruned.new_recording("pinned"), pruned.new_recording("archived")
    pruned.client.patch(f"/api/recordings/{pinned['key']}", json={"pinned": True})
    pruned.client.patch(f"/api/recordings/{archived['key']}", json={"archived": True})
    for recording in (pinned, archived):
        age(pruned, recording, "created_at", 400)
    assert prune(pruned).startswith("1 recording deleted.")
    assert exists(pruned, pinned)
    assert not exists(pruned, archived)


def test_old_events_in_a_new_recording_do_not_make_it_expire(pruned: Server) -> None:
    recording = pruned.new_recording("imported just now")
    post_many(pruned, recording, 1)
    age(pruned, recording, "last_event_at", 400)
    prune(pruned)
    assert exists(pruned, recording)


def rows(server: Server, table: str) -> int:
    with closing(database_of(server)) as database:
        (count,) = database.execute(f"SELECT count(*) FROM events_{table}").fetchone()
    return int(count)


def file_bytes(server: Server) -> int:
    return sum(path.stat().st_size for path in Path(server.environment["DATA_DIR"]).glob("*.sqlite3*"))


def add_share_and_strip(server: Server, recording: dict[str, Any]) -> None:
    """One row of each in the database, whichever page makes them."""
    with closing(database_of(server)) as database, database:
        (pk,) = database.execute(
            "SELECT id FROM events_recording WHERE key = ?", (recording["key"],)
        ).fetchone()
        database.execute(
            "INSERT INTO events_share (recording_id, digest, password, label, query, masked, views,"
            " created_at, expires_at) VALUES (?, ?, '', '', '', '[]', 0, '2026-01-01', '2027-01-01')",
            (pk, recording["key"]),
        )
        database.execute(
            "INSERT INTO events_strippart (recording_id, page_id, n, first_at, last_at, bytes, data)"
            " VALUES (?, 'p', 1, '2026-01-01', '2026-01-01', 3, x'010203')",
            (pk,),
        )


def test_everything_of_a_deleted_recording_goes_and_the_disk_shrinks(own_server: Server) -> None:
    kept, gone = own_server.new_recording("kept"), own_server.new_recording("gone")
    post_many(own_server, kept, 50)
    small = file_bytes(own_server)
    text = {"v": "x" * 9_000}
    page = page_load()
    for first in range(1, 1_000, 50):
        events = [shim_event(n, "search", text) for n in range(first, first + 50)]
        post(own_server, gone, events, page)
    report = own_server.client.get(f"/collect/{gone['capture_key']}?report=policy&url=https://a.example/")
    assert report.status_code == 200
    add_share_and_strip(own_server, gone)
    large = file_bytes(own_server)
    assert large - small > 8_000_000
    assert own_server.client.delete(f"/api/recordings/{gone['key']}").status_code == 204
    wait_for("the rows to go", lambda: rows(own_server, "recording") == 2)  # with the first one
    assert [rows(own_server, table) for table in ("event", "pageload", "tally")] == [50, 1, 1]
    assert [rows(own_server, table) for table in ("report", "share", "strippart")] == [0, 0, 0]
    wait_for("the file to shrink", lambda: file_bytes(own_server) < small + 1_500_000)
    assert len(own_server.stored(kept)) == 50


def test_the_writer_goes_on_while_much_is_deleted(own_server: Server) -> None:
    gone, busy = own_server.new_recording("gone"), own_server.new_recording("busy")
    copy_events(own_server, gone, 40_000)
    assert own_server.client.delete(f"/api/recordings/{gone['key']}").status_code == 204
    while rows(own_server, "event") > 500 + own_server.state(busy)["last_seq"]:
        post_many(own_server, busy, 1)
    assert own_server.state(busy)["last_seq"] > 5, (
        "in one transaction they would have been deleted within two"
    )


def copy_events(server: Server, recording: dict[str, Any], count: int) -> None:
    """Fill the recording with copies of one event, quicker than posting them."""
    post_many(server, recording, 1)
    with closing(database_of(server)) as database, database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(events_event)")]
        fresh = {"id": "NULL", "seq": "i + 1", "event_id": "'copy-' || i", "n": "i + 1"}
        database.execute(
            f"WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {count}) "
            f"INSERT INTO events_event ({', '.join(columns)}) "
            f"SELECT {', '.join(fresh.get(name, name) for name in columns)} FROM events_event, numbers "
            "WHERE recording_id = (SELECT id FROM events_recording WHERE key = ?)",
            (recording["key"],),
        )


def test_what_a_server_could_not_finish_the_next_one_does(own_server: Server) -> None:
    recording = own_server.new_recording("half deleted")
    post_many(own_server, recording, 60)
    own_server.stop()
    age(own_server, recording, "deleted_at", 0)
    own_server.start()
    wait_for("the rows to go", lambda: rows(own_server, "event") == 0)


def test_a_file_from_before_files_could_shrink_is_made_one_that_can(own_server: Server) -> None:
    own_server.stop()
    with closing(database_of(own_server)) as database:
        database.execute("PRAGMA auto_vacuum=NONE")
        database.execute("VACUUM")
    assert auto_vacuum(own_server) == 0
    assert "--vacuum" in prune(own_server)
    assert commands.run_process(own_server, "prune", "--vacuum").code == 0
    assert auto_vacuum(own_server) == 2
    with closing(database_of(own_server)) as database:
        database.execute("PRAGMA auto_vacuum=NONE")
        database.execute("VACUUM")
    own_server.start()
    assert auto_vacuum(own_server) == 2, "the server does it itself where the file is small"


def auto_vacuum(server: Server) -> int:
    with closing(database_of(server)) as database:
        return int(database.execute("PRAGMA auto_vacuum").fetchone()[0])


def test_postgresql_lets_go_of_everything_too(postgres_server: Server, postgres_database: str) -> None:
    recording = postgres_server.new_recording("gone")
    post_many(postgres_server, recording, 60)
    assert postgres_server.client.delete(f"/api/recordings/{recording['key']}").status_code == 204
    with psycopg.connect(postgres_database, autocommit=True) as database:
        count = "SELECT count(*) FROM events_recording WHERE key = %s"

        def left() -> int:
            row = database.execute(count, (recording["key"],)).fetchone()
            return int(row[0]) if row else 0

        wait_for("the rows to go", lambda: left() == 0)
    vacuumed = commands.run_process(postgres_server, "prune", "--vacuum")
    assert (vacuumed.code, vacuumed.out.split(".")[0]) == (0, "0 recordings deleted")


def test_the_server_deletes_by_itself(own_server: Server) -> None:
    recording = own_server.new_recording()
    age(own_server, recording, "created_at", 31)
    own_server.stop()
    own_server.start()
    wait_for("the recording to go", lambda: not exists(own_server, recording))
