"""A database and files of version 0.1, which stored findings with their sentences, are opened and read."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import orjson
import psycopg
import pytest

from events.verdict.across import is_across
from tests.export_cases import database_of, exported
from tests.import_cases import imported
from tests.paths import ROOT
from tests.servers import Server
from tests.verdict.test_stored_findings import EVENTS, FIRST, KEPT, REWORDED
from tests.waiting import wait_for

pytestmark = pytest.mark.starts_processes

FOLDER: Final = FIRST.parent
KEY: Final = "v1recordng"
FILES: Final = {"recording.ndjson": "application/x-ndjson", "part.html": "text/html"}
REWORDED_IDS: Final = {event["event_id"] for event in EVENTS if event["seq"] in REWORDED}
SENTENCE: Final = '"message":'
RESTATE: Final = (
    "import django; django.setup(); "
    "from events.recordings.restatement import restate_findings; print(restate_findings())"
)


def said(events: list[dict[str, Any]]) -> list[tuple[str, str, list[str]]]:
    """What is said of each event: name, verdict, and the sentences where these have the same words today.

    Importing a file finds what its events tell about one another, which version 1 did not.
    """
    return [
        (
            event["event_name"],
            event["verdict"],
            [one["message"] for one in event["findings"] if not is_across(one)]
            if event["event_id"] not in REWORDED_IDS
            else [],
        )
        for event in events
    ]


@pytest.fixture
def old_server(tmp_path: Path) -> Iterator[Server]:
    """An inspector that is started on the database of version 0.1."""
    (tmp_path / "data").mkdir()
    database = sqlite3.connect(tmp_path / "data" / "inspector.sqlite3")
    database.executescript((FOLDER / "database.sql").read_text())
    database.close()
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


def sizes(database: sqlite3.Connection) -> tuple[int, int, int]:
    """The bytes that the recording says it takes, those of its findings, and its last change."""
    query = (
        "SELECT bytes, (SELECT sum(length(CAST(findings AS BLOB))) FROM events_event), last_change "
        "FROM events_recording"
    )
    found: tuple[int, int, int] = tuple(database.execute(query).fetchone())
    database.close()
    return found


def with_sentences(server: Server) -> list[int]:
    """The numbers of the events whose findings are stored with a sentence."""
    database = database_of(server)
    query = "SELECT seq FROM events_event WHERE instr(findings, ?) ORDER BY seq"
    found = [row[0] for row in database.execute(query, (SENTENCE,))]
    database.close()
    return found


def groups_counted(server: Server) -> bool:
    """Whether every event has its gravest severity by group, and the tallies agree."""
    database = database_of(server)
    events = "SELECT name, verdict, gravest, count(*) AS count FROM events_event GROUP BY 1, 2, 3"
    tallies = "SELECT name, verdict, gravest, count FROM events_tally"
    counted, found = (sorted(map(tuple, database.execute(query))) for query in (events, tallies))
    database.close()
    return all(gravest >= 0 for _, _, gravest, _ in counted) and found == counted


def test_a_database_of_version_1_opens_and_its_findings_are_written_anew(old_server: Server) -> None:
    recording = {"key": KEY}
    assert said(old_server.stored(recording)) == said(EVENTS)
    wait_for("findings without sentences", lambda: with_sentences(old_server) == list(KEPT))
    assert said(old_server.stored(recording)) == said(EVENTS)
    before = sqlite3.connect(":memory:")
    before.executescript((FOLDER / "database.sql").read_text())
    (bytes_before, findings_before, change_before) = sizes(before)
    (bytes_after, findings_after, change_after) = sizes(database_of(old_server))
    assert bytes_before - bytes_after == findings_before - findings_after > findings_before / 3
    assert change_after == change_before
    wait_for("severities by group", lambda: groups_counted(old_server))
    file = exported(old_server, recording, "ndjson").content
    again = imported(old_server, file)
    assert said(old_server.stored(again)) == said(old_server.stored(recording))
    file = exported(old_server, again, "ndjson").content
    assert exported(old_server, imported(old_server, file), "ndjson").content == file


def test_a_database_of_version_1_has_room_for_an_event_id_that_comes_again(old_server: Server) -> None:
    database = database_of(old_server)
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    columns = [row[1] for row in database.execute("PRAGMA table_info(events_event)") if row[1] != "id"]
    rest = ", ".join(name for name in columns if name not in ("seq", "occurrence"))
    again = (
        f"INSERT INTO events_event (seq, occurrence, {rest}) SELECT seq + 1000, ?, {rest} FROM events_event "
        "WHERE seq = 1"
    )
    with database:
        database.execute(again, (1,))
    with pytest.raises(sqlite3.IntegrityError, match=r"recording_id, .*event_id, .*occurrence"):
        database.execute(again.replace("1000", "2000"), (1,))
    database.close()


@pytest.mark.parametrize(("file", "kind"), FILES.items())
def test_a_file_of_version_1_is_read_and_is_of_version_2_from_then_on(
    file: str, kind: str, server: Server
) -> None:
    recording = imported(server, (FOLDER / file).read_bytes(), kind)
    names = {"recording.ndjson": None, "part.html": {"login", "search"}}[file]
    told = [event for event in EVENTS if names is None or event["event_name"] in names]
    shown = server.stored(recording)
    assert [one["event_id"] for one in shown] == [one["event_id"] for one in told]
    assert said(shown) == said(told)
    found = exported(server, recording, "ndjson").content
    assert json.loads(found.splitlines()[0])["version"] == 2
    again = imported(server, found)
    assert exported(server, again, "ndjson").content == found
    assert server.stored(again) == shown


def test_the_schema_of_version_1_is_still_served_and_describes_its_files(server: Server) -> None:
    answer = server.client.get("/api/recording-1.schema.json")
    assert answer.headers["Content-Type"] == "application/schema+json"
    validator = jsonschema.Draft202012Validator(answer.json())
    for line in FIRST.read_text().splitlines():
        validator.validate(json.loads(line))


def test_two_processes_write_the_findings_of_postgresql_anew(
    postgres_server: Server, postgres_database: str
) -> None:
    recording = imported(postgres_server, FIRST.read_bytes())
    with psycopg.connect(postgres_database) as database:
        found = database.execute("SELECT id, bytes FROM events_recording WHERE key = %s", [recording["key"]])
        row = found.fetchone()
        assert row is not None
        (pk, size) = row
        before = [(orjson.dumps(event["findings"]).decode(), pk, event["seq"]) for event in EVENTS]
        database.cursor().executemany(
            "UPDATE events_event SET findings = %s WHERE recording_id = %s AND seq = %s", before
        )
        database.execute("UPDATE events_recording SET findings_version = 1 WHERE id = %s", [pk])
    shown = postgres_server.stored(recording)
    environment = postgres_server.environment | {"DJANGO_SETTINGS_MODULE": "inspector.settings"}
    runs = [
        subprocess.Popen([sys.executable, "-c", RESTATE], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    counts = [int(run.communicate(timeout=100)[0]) for run in runs]
    assert sum(counts) == sum(bool(event["findings"]) for event in EVENTS) - len(KEPT)
    assert postgres_server.stored(recording) == shown
    with psycopg.connect(postgres_database) as database:
        query = (
            "SELECT bytes, findings_version, (SELECT sum(octet_length(findings)) FROM events_event "
            "WHERE recording_id = r.id) FROM events_recording r WHERE id = %s"
        )
        row = database.execute(query, [pk]).fetchone()
    assert row is not None
    written = sum(len(text.encode()) for text, _, _ in before)
    assert (size - row[0], row[1]) == (written - row[2], 3)
