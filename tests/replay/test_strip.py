"""What was on screen is stored once, within its budget, where a recording asks for it, whatever arrives."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inspector import settings
from tests.servers import Server
from tests.strips import full_snapshot, switch, text_node

START = 1_800_000_000_000
EVENT = {"type": 4, "timestamp": START, "data": {"href": "", "width": 800, "height": 600}}


def new_recording(server: Server) -> dict[str, Any]:
    """A recording that asks for strips."""
    recording = server.new_recording()
    switch(server, recording, strip="on")
    return recording


def post(
    server: Server,
    recording: dict[str, Any],
    events: Any,
    *,
    page: str = "one",
    n: int = 1,
    packed: bool = True,
) -> tuple[int, str]:
    """Post a part; gives the status and the error's code, or "" or "duplicate"."""
    body = events if isinstance(events, bytes) else json.dumps(events).encode()
    if packed:
        body = gzip.compress(body)
    address = f"/collect/{recording['capture_key']}/strip"
    answer = server.client.post(address, params={"page": page, "n": n}, content=body)
    said = answer.json()
    if "error" in said:
        assert said["error"]["message"].endswith(".")
        return answer.status_code, said["error"]["code"]
    return answer.status_code, "duplicate" if said["duplicate"] else ""


def used(server: Server, recording: dict[str, Any]) -> str:
    """What the recording's page says of its strips."""
    page = server.client.get(f"/recordings/{recording['key']}/strip/").text
    found = re.search(r"data-strip-parts=\"(\d+)\"", page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
def test_a_part_is_stored_once(packed: bool, any_server: Server) -> None:
    recording = new_recording(any_server)
    assert post(any_server, recording, [EVENT], packed=packed) == (202, "")
    assert post(any_server, recording, [EVENT], packed=packed) == (202, "duplicate")
    assert post(any_server, recording, [EVENT], packed=packed, n=2) == (202, "")
    assert post(any_server, recording, [EVENT], packed=packed, page="two") == (202, "")
    assert used(any_server, recording) == "3"


def test_it_is_off_until_somebody_switches_it_on(server: Server) -> None:
    recording = server.new_recording()
    assert post(server, recording, [EVENT]) == (403, "strip_off")
    switch(server, recording, strip="on")
    assert post(server, recording, [EVENT]) == (202, "")
    switch(server, recording)
    assert post(server, recording, [EVENT], n=2) == (403, "strip_off")


def test_a_stopped_recording_takes_none(server: Server) -> None:
    recording = new_recording(server)
    address = f"/api/recordings/{recording['key']}"
    for stopped, outcome in ((True, (410, "stopped")), (False, (202, ""))):
        assert server.client.patch(address, json={"stopped": stopped}).status_code == 200
        assert post(server, recording, [EVENT]) == outcome


def test_an_unknown_key_is_refused(server: Server) -> None:
    assert post(server, {"capture_key": "nobody's"}, [EVENT]) == (404, "unknown_capture_key")


BAD = {
    "nothing": b"",
    "no JSON": b"[",
    "no list": {"type": 4},
    "an empty list": [],
    "no event": [1],
    "no type": [{"timestamp": 1, "data": {}}],
    "a type that is no number": [EVENT | {"type": "4"}],
    "a type that is a boolean": [EVENT | {"type": True}],
    "an unknown type": [EVENT | {"type": 99}],
    "no timestamp": [{"type": 4, "data": {}}],
    "a timestamp that is no number": [EVENT | {"timestamp": "1"}],
    "a timestamp before time began": [EVENT | {"timestamp": -1}],
    "a timestamp after the end": [EVENT | {"timestamp": 1e300}],
    "data that are none": [EVENT | {"data": "x"}],
    "something beside": [EVENT | {"html": "<script>"}],
    "one bad among good ones": [EVENT, EVENT, {}],
    "too many": [EVENT] * 20_001,
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("events", BAD.values(), ids=BAD.keys())
def test_what_is_no_part_is_refused(events: Any, server: Server) -> None:
    recording = new_recording(server)
    assert post(server, recording, events) == (400, "unreadable")
    assert used(server, recording) == "0"


NOWHERE = {
    "nothing": {},
    "no number": {"page": "x"},
    "zero": {"page": "x", "n": "0"},
    "a negative number": {"page": "x", "n": "-1"},
    "no digit": {"page": "x", "n": "²"},
    "a huge number": {"page": "x", "n": "9999999"},
    "no page": {"page": "", "n": "1"},
    "a long page": {"page": "x" * 65, "n": "1"},
    "NUL": {"page": "\0", "n": "1"},
}


@pytest.mark.parametrize("query", NOWHERE.values(), ids=NOWHERE.keys())
def test_a_part_without_its_place_is_refused(query: dict[str, str], server: Server) -> None:
    recording = new_recording(server)
    address = f"/collect/{recording['capture_key']}/strip"
    answer = server.client.post(address, params=query, content=json.dumps([EVENT]))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unreadable")


def test_gzip_that_is_broken_or_grows_without_end_is_refused(server: Server) -> None:
    recording = server.new_recording()
    switch(server, recording, strip="on")
    whole = gzip.compress(json.dumps([EVENT]).encode())
    assert post(server, recording, whole[:-9], packed=False) == (400, "unreadable")
    assert post(server, recording, whole[:10] + b"x" * 20, packed=False) == (400, "unreadable")
    bomb = gzip.compress(b" " * 400_000_000, 9)
    assert len(bomb) < settings.MAX_REQUEST_BYTES
    assert post(server, recording, bomb, packed=False) == (413, "too_large")


def test_deep_pages_are_kept(server: Server) -> None:
    recording = new_recording(server)
    node: dict[str, Any] = text_node("end")
    for depth in range(400):
        node = {"type": 2, "id": depth + 10, "tagName": "div", "attributes": {}, "childNodes": [node]}
    assert post(server, recording, [EVENT, full_snapshot(node, START)]) == (202, "")


def test_the_time_of_a_page_load_is_bounded(server: Server) -> None:
    recording = new_recording(server)
    late = EVENT | {"timestamp": START + settings.MAX_STRIP_SECONDS * 1000 + 1}
    assert post(server, recording, [EVENT]) == (202, "")
    assert post(server, recording, [late], n=2) == (507, "strip_full")
    assert post(server, recording, [late], page="two") == (202, "")


@pytest.fixture
def poor_server(tmp_path: Path) -> Iterator[Server]:
    """An inspector with little room for strips."""
    server = Server(tmp_path, MAX_STRIP_BYTES="5000", MAX_STRIP_BYTES_PER_PAGE="3000")
    server.start()
    yield server
    server.stop()


@pytest.mark.starts_processes
def test_the_bytes_of_a_page_load_and_of_a_recording_are_bounded(poor_server: Server) -> None:
    recording = poor_server.new_recording()
    switch(poor_server, recording, strip="on")
    stored = [post(poor_server, recording, [EVENT], n=n)[0] for n in (1, 2, 3, 4)]
    assert stored == [202, 202, 202, 507], "each counts for a thousand bytes at least"
    stored = [post(poor_server, recording, [EVENT], page="two", n=n)[0] for n in (1, 2, 3)]
    assert stored == [202, 202, 507]
    assert post(poor_server, recording, [EVENT], page="three") == (507, "strip_full")
    other = poor_server.new_recording()
    switch(poor_server, other, strip="on")
    assert post(poor_server, other, [EVENT]) == (202, "")
