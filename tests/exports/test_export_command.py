"""``manage.py export``: a file, or standard output, and an exit code that a pipeline can use."""

import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests import commands
from tests.posting import post, post_many, shim_event
from tests.servers import Server


@pytest.fixture(scope="module")
def recording(server: Server) -> dict[str, Any]:
    """A valid event, one with a warning, one that is invalid."""
    made = server.new_recording()
    user = {"user": {"id": "customer-4711", "email": "a@mail.example", "consent_categories": [1]}}
    calls = [("login", user), ("pageview", user), ("search", user)]
    post(server, made, [shim_event(n, *call) for n, call in enumerate(calls, 1)])
    return made


def export(server: Server, *arguments: str) -> commands.Completed:
    return commands.run(server, "export", *arguments)


def test_it_writes_what_the_api_gives(server: Server, recording: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "out.ndjson"
    done = commands.run_process(server, "export", recording["key"], "--no-redact", "--output", str(path))
    assert done.code == 0
    assert done.err.strip() == "3 events: 1 invalid, 1 warning, 1 valid"
    url = f"/api/recordings/{recording['key']}/export.ndjson?redact=no"
    assert path.read_bytes() == server.client.get(url).content
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.ndjson"]
    to_standard_output = commands.run_process(server, "export", recording["key"], "--no-redact")
    assert to_standard_output.stdout == path.read_bytes()


def test_it_masks_unless_told_otherwise(server: Server, recording: dict[str, Any]) -> None:
    assert b"customer-4711" not in export(server, recording["key"]).stdout
    some = export(server, recording["key"], "--redact", "emails").stdout
    assert b"customer-4711" in some
    assert b"a@mail.example" not in some


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 0),
        (["--fail-on", "error"], 1),
        (["--fail-on", "warning"], 1),
        (["--fail-on", "error", "--name", "pageview"], 0),
        (["--fail-on", "warning", "--name", "pageview"], 1),
        (["--fail-on", "warning", "--verdict", "valid"], 0),
        (["--redact", "shoes"], 2),
        (["--format", "exe"], 2),
        (["--output", "/nowhere/at/all"], 2),
    ],
)
def test_its_exit_code_serves_pipelines(
    server: Server, recording: dict[str, Any], arguments: list[str], code: int
) -> None:
    assert export(server, recording["key"], "--format", "xml", *arguments).code == code


def test_an_unknown_recording_is_an_error(server: Server) -> None:
    done = export(server, "nosuchkey")
    assert (done.code, done.stdout) == (2, b"")
    assert done.err.strip() == "CommandError: There is no such recording."


def test_a_part_can_be_asked_for(server: Server, recording: dict[str, Any]) -> None:
    lines = export(server, recording["key"], "--search", "pageview").stdout.splitlines()
    assert [orjson.loads(line)["event"]["seq"] for line in lines if line.startswith(b'{"event"')] == [2]


def running(server: Server, recording: dict[str, Any]) -> "subprocess.Popen[bytes]":
    """An export that has begun and cannot go on: its output, a pipe, is full."""
    started = commands.start(server, "export", recording["key"], "--no-redact")
    assert started.stdout is not None
    assert started.stdout.read(1) == b"{"
    return started


def test_what_arrives_meanwhile_is_not_in_it(server: Server) -> None:
    made = server.new_recording()
    post_many(server, made, 1_000)
    started = running(server, made)
    post_many(server, made, 50)
    out, _ = started.communicate(timeout=60)
    assert orjson.loads(out.splitlines()[-1]) == {"end": {"events": 1_000}}
    assert started.returncode == 0


def test_a_recording_that_is_deleted_meanwhile_is_an_error(server: Server) -> None:
    made = server.new_recording()
    post_many(server, made, 1_000)
    started = running(server, made)
    assert server.client.delete(f"/api/recordings/{made['key']}").status_code < 300
    out, err = started.communicate(timeout=60)
    assert started.returncode == 2
    assert err.decode().strip() == (
        "CommandError: It could not be written: the recording was deleted meanwhile."
    )
    assert b'{"end":' not in out
