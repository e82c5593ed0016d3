"""A recording with every kind of content, for tests of the export formats."""

import sqlite3
from pathlib import Path
from typing import Any

import httpx
import orjson

from tests.posting import page_load, post, shim_event
from tests.servers import Server

FORMATS = ("html", "ndjson", "csv", "har", "xml", "sarif")

#: Ends scripts, tags, CDATA and lines; a formula; characters that XML or old JavaScript does not allow.
HOSTILE = "=1+1\"'</script><img src=x onerror=alert(1)>]]>\u0001\x7f\u2028\ufffe\U0001f600\r\n,;&amp;"


def full_recording(server: Server) -> dict[str, Any]:
    """A recording with gaps, a missing tail, changes, a frame, a report, pageless events, hostile texts."""
    made = server.new_recording("Été “staging”, 1/2 <b>")
    page = page_load("/cart?q=1", f"Cart {HOSTILE}", referrer="https://other.example/")
    late = shim_event(6, "view_cart")
    events = (
        shim_event(1, "login", sent={"user": {"id": "1"}}, auto={"user": {"consent_categories": [1]}}),
        shim_event(2, "purchase", {"id": "=1+1", "value": 1.0, "revenue": 2**70, "x": 1e-7, "z": 1, "a": 2}),
        shim_event(4, "", {HOSTILE: HOSTILE, "user": None}),
        shim_event(5, HOSTILE, {"a": {"b": [None, True, {"c": ""}]}}, permanent={"currency": "EUR", "1": 2}),
        late,
        shim_event(7, "page_view", []),
        shim_event(8, "select_item", ["deep"] * 3, old_form=True),
    )
    post(server, made, events, page)
    framed = shim_event(1, "login", container="42/7", call_site="https://shop.example/a.js:1:2", seen="queue")
    post(server, made, [framed], page_load("/frame", "", frame=True))
    body = {
        "page": page,
        "events": [],
        "updates": [{"id": late["id"], "unsent": True}],
        "left": [page | {"n": 10}, page_load("/silent") | {"n": 2}],
        "reports": [{"code": "policy", "detail": HOSTILE}],
    }
    server.collect(made, body)
    event = {"event_name": "search", "search_term": "t-shirts"}
    server.client.post(f"/events?token={made['capture_key']}", json=event).raise_for_status()
    server.client.post(f"/events?token={made['capture_key']}", json=["nothing"]).raise_for_status()
    return made


def exported(server: Server, recording: dict[str, Any], extension: str, **query: Any) -> httpx.Response:
    """The response with the exported file; unmasked by default."""
    asked = {"redact": "no"} | query
    answer = server.client.get(f"/api/recordings/{recording['key']}/export.{extension}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    """The lines of an NDJSON file."""
    return [orjson.loads(line) for line in answer.content.split(b"\n") if line]


def database_of(server: Server) -> sqlite3.Connection:
    """A connection to the server's database, whose rows are indexed by column name."""
    database = sqlite3.connect(Path(server.environment["DATA_DIR"]) / "inspector.sqlite3", timeout=20)
    database.row_factory = sqlite3.Row
    return database


def rows(server: Server, table: str, recording: dict[str, Any]) -> list[dict[str, Any]]:
    """The recording's rows in the database table, by primary key."""
    query = (
        f"SELECT t.* FROM events_{table} t JOIN events_recording r ON r.id = t.recording_id WHERE r.key = ?"
    )
    database = database_of(server)
    found = [dict(row) for row in database.execute(f"{query} ORDER BY t.id", (recording["key"],))]
    database.close()
    return found
