"""A recording as a file: each format holds what the recording holds, and is what its specification says."""

import base64
import re
from datetime import datetime
from typing import Any

import jsonschema
import orjson
import pytest
from pydantic import TypeAdapter

from events.exports import schema
from events.exports.embedded import embed, embedded_lines
from events.verdict import public_findings, read_findings
from events.verdict.groups import gravest_of
from tests.example_events import REFERENCE
from tests.export_cases import FORMATS, database_of, exported, full_recording, lines, rows
from tests.posting import post_many
from tests.servers import Server

_KINDS = ("format", "page_load", "event", "report", "strip", "end")


@pytest.fixture(scope="module")
def recording(server: Server) -> dict[str, Any]:
    return full_recording(server)


def kinds(found: list[dict[str, Any]]) -> list[str]:
    """What each line is."""
    return [next(kind for kind in _KINDS if kind in line) for line in found]


def as_stored(moment: str) -> str:
    """A moment of the file as SQLite has it."""
    text = datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M:%S.%f")
    return text.removesuffix(".000000")


def test_ndjson_restores_every_column(server: Server, recording: dict[str, Any]) -> None:
    found = lines(exported(server, recording, "ndjson"))
    pages = {row["id"]: row["page_id"] for row in rows(server, "pageload", recording)}
    events = [line["event"] for line in found if "event" in line]
    stored = rows(server, "event", recording)
    assert len(events) == len(stored) == 10
    for row, event in zip(stored, events, strict=True):
        del row["id"], row["recording_id"]
        assert isinstance(row.pop("occurrence"), int)  # of the content: computed again
        assert row.pop("gravest") == gravest_of(read_findings(row["findings"]))
        assert (
            public_findings(read_findings(row.pop("findings")), row["name"], REFERENCE) == event["findings"]
        )
        assert row == {
            **{name: event[name] for name in ("seq", "event_id", "n", "verdict", "delivery", "sent_to")},
            **{name: event[name] for name in ("container", "change", "page_url", "call_site", "source")},
            **{name: as_stored(event[name]) for name in ("fired_at", "received_at")},
            **schema.column_texts(event),
            "name": event["event_name"],
            "seen": event.get("seen", ""),
            "sent_id": event.get("sent_id", ""),
            "unknown": "",
            "page_load_id": next((pk for pk, page in pages.items() if page == event["page_load"]), None),
        }
    for table, kind, columns in (("pageload", "page_load", 11), ("report", "report", 6)):
        told = [line[kind] for line in found if kind in line]
        assert [len(one) for one in told] == [columns] * len(told)
        for row, one in zip(rows(server, table, recording), told, strict=True):
            moments = {name: as_stored(one[name]) for name in ("started_at", "last_at") if name in one}
            others = {"missing": str(one["missing"])} if "missing" in one else {}
            assert row | one | moments | others == row


def test_ndjson_tells_a_page_load_before_its_first_event(server: Server, recording: dict[str, Any]) -> None:
    found = lines(exported(server, recording, "ndjson"))
    shape = [*("format", "page_load"), *["event"] * 7, *("page_load", "event", "event", "event")]
    assert kinds(found) == [*shape, "page_load", "report", "end"]
    assert found[-1] == {"end": {"events": 10}}
    assert [line["event"]["seq"] for line in found if "event" in line] == list(range(1, 11))


def test_ndjson_is_what_its_schema_says(server: Server, recording: dict[str, Any]) -> None:
    published = server.client.get("/api/recording-2.schema.json").json()
    jsonschema.Draft202012Validator.check_schema(published)
    validator = jsonschema.Draft202012Validator(published)
    models: TypeAdapter[schema.Line] = TypeAdapter(schema.Line)
    for line in lines(exported(server, recording, "ndjson")):
        validator.validate(line)
        told = models.validate_python(line).model_dump(exclude_unset=True)
        assert list(told) == list(line)  # the same keys in the same order
        for name, holder in told.items():
            assert not isinstance(holder, dict) or list(holder) == list(line[name])


def test_ndjson_holds_no_key_of_the_server(server: Server, recording: dict[str, Any]) -> None:
    content = exported(server, recording, "ndjson").content
    assert recording["key"].encode() not in content
    assert recording["capture_key"].encode() not in content


def test_ndjson_keeps_a_text_that_json_would_write_otherwise(server: Server) -> None:
    recording = server.new_recording()
    post_many(server, recording, 1)
    text = '{"a": 1.00, "a": 123456789012345678901234567890, "b":"\\u0041"}'
    database = database_of(server)
    with database:
        database.execute(
            "UPDATE events_event SET called = ? WHERE id = ?",
            (text, rows(server, "event", recording)[0]["id"]),
        )
    database.close()
    event = lines(exported(server, recording, "ndjson"))[2]["event"]
    assert event["raw"] == {"called": text}
    assert schema.column_texts(event)["called"] == text


def test_a_part_says_that_it_is_one(server: Server, recording: dict[str, Any]) -> None:
    query = {"name": ["login", "search"], "verdict": "invalid", "q": ""}
    found = lines(exported(server, recording, "ndjson", **query))
    assert found[0]["filter"] == {"names": ["login", "search"], "verdicts": ["invalid"], "text": ""}
    events = [line["event"] for line in found if "event" in line]
    assert {event["event_name"] for event in events} <= {"login", "search"}
    assert {event["verdict"] for event in events} == {"invalid"}
    assert found[-1]["end"]["events"] == len(events)


@pytest.mark.parametrize(("redact", "shown"), [("emails", "(not shown)"), ("no", "ada@")])
def test_a_masked_part_does_not_say_what_was_searched_for(
    server: Server, recording: dict[str, Any], redact: str, shown: str
) -> None:
    """Who reads that the masked events hold "ada@" knows something of a masked value."""
    found = lines(exported(server, recording, "ndjson", q="ada@", redact=redact))
    assert found[0]["filter"]["text"] == shown


def test_the_answer_says_how_much_is_to_come_and_what_to_call_it(
    server: Server, recording: dict[str, Any]
) -> None:
    answer = exported(server, recording, "ndjson")
    assert answer.headers["X-Event-Count"] == "10"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%C3%89t%C3%A9-staging-1-2-b.ndjson"
    )
    filtered = exported(server, recording, "ndjson", name="login")
    assert filtered.headers["X-Event-Count"] == "2"


def test_an_unknown_format_is_refused(server: Server, recording: dict[str, Any]) -> None:
    answer = server.client.get(f"/api/recordings/{recording['key']}/export.exe")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_a_large_recording_comes_in_pieces(server: Server) -> None:
    recording = server.new_recording()
    post_many(server, recording, 600)
    with server.client.stream("GET", f"/api/recordings/{recording['key']}/export.ndjson") as answer:
        pieces = list(answer.iter_raw())
    assert len(pieces) > 3
    assert orjson.loads(b"".join(pieces).splitlines()[-1]) == {"end": {"events": 600}}


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "\r\n", "<\\u003c"])
def test_what_is_embedded_in_html_comes_out_the_same(text: str) -> None:
    given = [orjson.dumps({text: text}, option=orjson.OPT_APPEND_NEWLINE) for _ in range(3)]
    page = (
        b"<!doctype html>\n"
        + embed(given[0] + given[1], first=True)
        + embed(given[2], first=False)
        + b"</html>"
    )
    assert page.count(b"<") == 6
    found = list(embedded_lines(page.splitlines(keepends=True)))
    assert [number for number, _ in found] == [3, 4, 7]
    assert [orjson.loads(line) for _, line in found] == [orjson.loads(line) for line in given]


@pytest.mark.parametrize("redact", ["no", "emails"])
def test_every_format_is_written_from_every_database(any_server: Server, redact: str) -> None:
    recording = full_recording(any_server)
    post_many(any_server, recording, 250)
    marks = {
        "html": b'{"event":{"seq":', "ndjson": b'{"event":{"seq":', "csv": rb"\r\n\d+,\d{4}-",
        "har": b'"_cact":{"seq":', "xml": b"<testcase ", "sarif": b'"ruleId":',
    }  # fmt: skip
    findings = sum(len(event["findings"]) for event in any_server.stored(recording))
    for extension in FORMATS:
        content = exported(any_server, recording, extension, redact=redact).content
        expected = {"csv": findings, "sarif": findings}.get(extension, 260)
        assert len(re.findall(marks[extension], content)) == expected, extension
        assert b"cut off" not in content or extension == "html"


def test_what_was_on_screen_is_in_ndjson_without_masks_alone(server: Server) -> None:
    recording = server.new_recording()
    post_many(server, recording, 1)
    (event,) = rows(server, "event", recording)
    data = bytes(range(256))
    database = database_of(server)
    with database:
        database.execute(
            "INSERT INTO events_strippart (recording_id, page_id, n, first_at, last_at, bytes, data)"
            " VALUES (?, 'page', 1, ?, ?, ?, ?)",
            (event["recording_id"], event["fired_at"], event["received_at"], len(data), data),
        )
    database.close()
    (strip,) = [line["strip"] for line in lines(exported(server, recording, "ndjson")) if "strip" in line]
    assert base64.b64decode(strip["data"]) == data
    assert (strip["page_id"], strip["n"]) == ("page", 1)
    for extension, redact in (("ndjson", "genders"), ("html", "no")):
        assert b'{"strip":' not in exported(server, recording, extension, redact=redact).content
