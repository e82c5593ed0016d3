"""Files that are brought in: what cannot be read is named with its line, the good is kept, nothing fails."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import commands
from tests.export_cases import exported, full_recording
from tests.har_cases import SEARCH, entry, har
from tests.import_cases import CALL, KINDS, Change, changed, imported, put, replace, send
from tests.posting import page_load, post, shim_event
from tests.servers import Server


@pytest.fixture(scope="module")
def file(server: Server) -> bytes:
    """An export with everything in it: 10 events in lines 3 to 13."""
    return exported(server, full_recording(server), "ndjson").content


DEEP: Any = 1
for _ in range(80):
    DEEP = [DEEP]

#: What is done to line 4 or another, and what is said of it.
BAD: Final[dict[str, tuple[Change, int, str]]] = {
    "no JSON": (replace(4, b'{"event": '), 4, "not valid JSON"),
    "half a character": (replace(4, b'{"event": "\xff"}'), 4, "not valid JSON"),
    "no object": (replace(4, b"[1]"), 4, "no JSON object"),
    "nesting without end": (replace(4, b'{"event":' + b"[" * 100_000), 4, "not valid JSON"),
    "a giant line": (replace(4, b'{"event":"' + b"x" * 8_000_001), 4, "longer than 8 MB"),
    "an event that is a number": (replace(4, b'{"event": 1}'), 4, "/event: an object is expected"),
    "a missing field": (lambda lines: lines[3]["event"].pop("verdict"), 4, "/event/verdict: it is missing"),
    "a seq as text": (put(4, "event/seq", "2"), 4, "/event/seq: a whole number"),
    "a seq of zero": (put(4, "event/seq", 0), 4, "does not come after"),
    "the same seq again": (put(4, "event/seq", 1), 4, "does not come after"),
    "a seq beyond all counting": (put(4, "event/seq", 2**63), 4, "/event/seq"),
    "a number beyond JavaScript's": (put(4, "event/change", 2**60), 4, "/change: too large"),
    "the same event again": (
        lambda lines: lines[3]["event"].update(
            {key: lines[2]["event"][key] for key in ("event_id", "event_name", "called", "sent")}, raw={}
        ),
        4,
        "the same event was there before",
    ),
    "an event_id that is too long": (put(4, "event/event_id", "x" * 65), 4, "/event_id: longer than 64"),
    "no event_id": (put(4, "event/event_id", ""), 4, "event_id"),
    "a name that is too long": (put(4, "event/event_name", "x" * 201), 4, "/event_name: longer than 200"),
    "a NUL in a name": (put(4, "event/event_name", "a\0b"), 4, "/event_name: it holds a NUL"),
    "another verdict than its findings": (put(4, "event/verdict", "valid"), 4, "not what its findings say"),
    "an unknown verdict": (put(4, "event/verdict", "<b>"), 4, "/event/verdict"),
    "findings that are none": (put(4, "event/findings", [{"severity": "error"}]), 4, "/event/findings/0"),
    "a finding with an object": (put(4, "event/findings/0/message", {"a": 1}), 4, "a text is expected"),
    "more findings than are kept": (
        lambda lines: lines[3]["event"].update(findings=lines[3]["event"]["findings"] * 501),
        4,
        "/event/findings: more than 500",
    ),
    "observed parameters as text": (put(4, "event/observed", "x"), 4, "/event/observed: neither"),
    "a payload that is too deep": (put(4, "event/called", DEEP), 4, "/event/called: it nests more than 64"),
    "a source that is none": (put(4, "event/source", "<script>"), 4, "/event/source"),
    "a delivery that is none": (put(4, "event/delivery", "x"), 4, "/event/delivery"),
    "a moment without a zone": (put(4, "event/fired_at", "2026-01-01T00:00:00"), 4, "time zone"),
    "a moment that is none": (put(4, "event/fired_at", "yesterday"), 4, "/event/fired_at"),
    "a moment before all pages": (put(4, "event/fired_at", "0001-01-01T00:00:00+14:00"), 4, "/fired_at"),
    "a moment as a number": (put(4, "event/received_at", 1), 4, "/event/received_at"),
    "a raw text that means something else": (
        put(4, "event/raw", {"called": '{"x": 1}'}),
        4,
        "/event/raw/called",
    ),
    "a raw text that is no JSON": (put(4, "event/raw", {"sent": "{"}), 4, "/event/raw/sent"),
    "a page load as a list": (replace(14, b'{"page_load": []}'), 14, "/page_load: an object"),
    "a page load that was there": (put(14, "page_load/page_id", None), 14, "/page_load/page_id"),
    "ranges that overlap": (put(14, "page_load/missing", [[1, 2], [2, 2]]), 14, "not in order"),
    "ranges beyond the last number": (put(14, "page_load/missing", [[1, 9]]), 14, "beyond last_n"),
    "a range of three": (put(14, "page_load/missing", [[1, 2, 3]]), 14, "/page_load/missing/0"),
    "a report of an unknown cause": (put(15, "report/code", "<b>"), 15, "/report/code"),
    "a report's site that is too long": (put(15, "report/site", "x" * 301), 15, "/site: longer than 300"),
    "a strip that is none": (replace(15, b'{"strip": {"data": 1}}'), 15, "/strip/page_id: it is missing"),
    "a strip of rubbish": (
        replace(
            15,
            b'{"strip":{"page_id":"p","n":1,"first_at":"2026-01-01T00:00:00Z","last_at":"2026-01-01T00:00:00Z",'
            b'"data":"AAAA"}}',
        ),
        15,
        "no part of a strip",
    ),
    "a line behind the end": (lambda lines: lines.append({"event": {}}), 17, "behind the end"),
    "no end": (lambda lines: lines.pop(), 16, "it was cut off"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_line_is_named_and_the_good_ones_are_kept(case: str, server: Server, file: bytes) -> None:
    change, line, reason = BAD[case]
    recording = imported(server, changed(file, change))
    (refused,) = recording["refused"]
    assert refused["line"] == line
    assert reason in refused["reason"]
    assert recording["kept"] == (9 if line == 4 else 10)
    assert recording["not_read"] == 1
    assert recording["name"].endswith(" (part)")
    events = server.stored(recording)
    assert [event["seq"] for event in events] == list(range(1, recording["kept"] + 1))
    assert server.state(recording)["loss"]["received"] == recording["kept"]
    again = imported(server, exported(server, recording, "ndjson").content)
    assert (again["kept"], again["not_read"]) == (recording["kept"], 0)


def test_many_bad_lines_are_counted_and_the_first_thousand_named(server: Server, file: bytes) -> None:
    recording = imported(server, changed(file, lambda lines: lines.__setitem__(slice(3, 3), [b"x"] * 1_500)))
    assert (recording["kept"], recording["not_read"], len(recording["refused"])) == (10, 1_500, 1_000)


NOTHING: Final = {
    "a newer version": (lambda lines: lines[0].update(version=3), "newer Cact Inspector"),
    "a header without its recording": (lambda lines: lines[0].pop("recording"), "first line"),
    "a name that is an object": (lambda lines: lines[0]["recording"].update(name={}), "/recording/name"),
    "a NUL in the name": (lambda lines: lines[0]["recording"].update(name="\0"), "NUL"),
    "a moment beyond all": (
        lambda lines: lines[0]["recording"].update(created_at="9999-12-31T23:59:59-14:00"),
        "/created_at",
    ),
}


@pytest.mark.parametrize("case", NOTHING)
def test_a_file_that_is_not_understood_is_refused_whole(case: str, server: Server, file: bytes) -> None:
    change, reason = NOTHING[case]
    before = server.client.get("/recordings/").text.count("/connect/")
    answer = send(server, changed(file, change))
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unreadable"
    assert reason in answer.json()["error"]["message"]
    assert server.client.get("/recordings/").text.count("/connect/") == before


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"\xff\xfe", b"hello", b"[]", b"<html></html>", b"{}", b'{"log":{}}']
)
def test_what_holds_no_event_is_refused(content: bytes, server: Server) -> None:
    answer = send(server, content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unreadable")


def test_the_calls_in_a_sites_own_page_are_read(server: Server) -> None:
    content = "<!doctype html><p>Don't miss</p><script>cact('trigger', 'search', {search_term: 'x'})</script>"
    recording = imported(server, content.encode(), "text/html")
    assert [event["effective"]["search_term"] for event in server.stored(recording)] == ["x"]


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["\0", "<b>", 2**63, -1, 1e300]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def places(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a JSON value."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [place for key, entry in entries for place in ((*before, key), *places(entry, (*before, key)))]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_nothing_in_a_file_makes_it_or_a_page_fail(
    any_server: Server, file: bytes, data: st.DataObject
) -> None:
    lines = [orjson.loads(line) for line in file.splitlines()]
    for _ in range(data.draw(st.integers(1, 3))):
        line = data.draw(st.sampled_from(lines))
        *above, last = data.draw(st.sampled_from(places(line)))
        holder = line
        for step in above:
            holder = holder[step]
        holder[last] = data.draw(ANYTHING)
    answer = send(any_server, "\n".join(json.dumps(line) for line in lines).encode())
    assert answer.status_code in (201, 400), answer.text
    if answer.status_code == 201:
        recording = answer.json()
        address = f"/recordings/{recording['key']}/"
        assert any_server.client.get(address).status_code == 200
        for seq in range(1, recording["kept"] + 1):
            assert any_server.client.get(f"{address}events/{seq}/").status_code == 200
        exported(any_server, recording, "ndjson")


# ---- what becomes of it ----


def test_an_unknown_edition_is_judged_by_the_latest_and_that_is_said(server: Server, file: bytes) -> None:
    def of_another(lines: list[Any]) -> None:
        lines[0]["recording"]["edition"] = "2031-01"
        event = next(line["event"] for line in lines if line.get("event", {}).get("event_name") == "login")
        event.update(verdict="valid", findings=[])

    recording = imported(server, changed(file, of_another))
    assert any("2031-01" in remark for remark in recording["remarks"])
    assert server.state(recording)["edition"] == "2023-05"
    whole = imported(server, file)
    assert [event["findings"] for event in server.stored(recording)] == [
        event["findings"] for event in server.stored(whole)
    ]


def test_verdicts_are_kept_as_they_were_judged(server: Server, file: bytes) -> None:
    finding = {
        "severity": "info",
        "code": "custom_event",
        "path": "",
        "message": "As it was then.",
        "expected": None,
    }

    def both(lines: list[Any]) -> None:
        lines[3]["event"].update(verdict="valid", findings=[finding | {"got": None}])

    recording = imported(server, changed(file, both))
    event = server.stored(recording)[1]
    assert (event["verdict"], event["findings"][0]["message"]) == ("valid", "As it was then.")
    assert server.state(recording)["events"][event["event_name"]]["valid"] == 1


@pytest.mark.parametrize("form", KINDS)
def test_a_part_of_a_recording_comes_back_as_one(form: str, server: Server) -> None:
    whole = full_recording(server)
    answer = exported(server, whole, form, name=["login", "search"])
    recording = imported(server, answer.content, KINDS[form], name="Only these")
    assert recording["name"] == "Only these (part)"
    assert [(event["seq"], event["event_name"]) for event in server.stored(recording)] == [
        (1, "login"),
        (2, "login"),
        (3, "search"),
    ]
    assert server.state(recording)["loss"] == {"sent": 3, "received": 3, "missing": 0}
    exported(server, recording, form)


def test_a_masked_recording_comes_back_with_its_verdicts_and_says_that_it_is_masked(server: Server) -> None:
    whole = full_recording(server)
    recording = imported(server, exported(server, whole, "ndjson", redact=[]).content)
    assert (recording["kept"], recording["not_read"]) == (10, 0)
    assert recording["remarks"] == ["Personal values in it were masked when it was exported."]
    assert [event["verdict"] for event in server.stored(recording)] == [
        event["verdict"] for event in server.stored(whole)
    ]


def test_a_har_of_ours_comes_back_with_its_events(server: Server) -> None:
    whole = server.new_recording()
    post(server, whole, [shim_event(1, "login"), shim_event(2, "purchase")], page_load("/cart", "Your cart"))
    recording = imported(server, exported(server, whole, "har").content, "application/json")
    found, before = server.stored(recording), server.stored(whole)
    assert [(event["event_name"], event["verdict"], event["effective"]) for event in found] == [
        (event["event_name"], event["verdict"], event["effective"]) for event in before
    ]
    assert "Your cart" in server.client.get(f"/recordings/{recording['key']}/").text


def test_an_old_recording_is_pinned_so_that_it_does_not_go_at_once(server: Server, file: bytes) -> None:
    def long_ago(lines: list[Any]) -> None:
        past = (datetime.now(UTC) - timedelta(days=400)).isoformat()
        for line in lines:
            if "event" in line:
                line["event"]["received_at"] = past

    recording = imported(server, changed(file, long_ago))
    assert any("pinned" in remark for remark in recording["remarks"])
    commands.run(server, "prune")
    assert server.state(recording)["last_seq"] == 10
    assert imported(server, file)["remarks"] == []


def test_it_is_called_as_asked_or_as_it_says_or_as_its_file(server: Server, file: bytes) -> None:
    assert imported(server, file, name="Mine")["name"] == "Mine"
    assert imported(server, file, file="x.ndjson")["name"] == "Été “staging”, 1/2 <b>"
    assert (
        imported(server, har(entry(SEARCH)), "application/json", file="C:\\a\\visit.har")["name"] == "visit"
    )
    assert imported(server, CALL, "text/javascript")["name"] == "Import"


# ---- the API ----
