"""The JSON API: recordings, their events, the reference, and one form for every error."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from playwright.sync_api import Page, expect

from tests.example_events import REFERENCE, changed
from tests.servers import Server

NAMES = ["login", "login", "my_event", "page_view", "login", "search"]


@pytest.fixture(scope="module")
def filled(server: Server) -> dict[str, Any]:
    """A recording with an event of each of these names; the logins are invalid, the search is valid."""
    recording = server.new_recording("Filled")
    for name in NAMES:
        server.collect(recording, {"event_name": name, **(changed("search") if name == "search" else {})})
    return recording


def events(server: Server, recording: dict[str, Any], **query: Any) -> dict[str, Any]:
    response = server.client.get(f"/api/recordings/{recording['key']}/events", params=query)
    assert response.status_code == 200, response.text
    page: dict[str, Any] = response.json()
    return page


def test_a_new_recording_says_where_everything_is(any_server: Server) -> None:
    recording = any_server.new_recording("Checkout of Monday")
    assert recording["name"] == "Checkout of Monday"
    assert len(recording["capture_key"]) > 20
    key, secret = recording["key"], recording["capture_key"]
    assert recording["urls"] == {
        "dashboard": f"{any_server.url}/recordings/{key}/",
        "shim": f"{any_server.url}/shim/{secret}.js",
        "collect": f"{any_server.url}/collect/{secret}",
        "events": f"{any_server.url}/events?token={secret}",
    }
    for place in ("dashboard", "shim"):
        assert any_server.client.get(recording["urls"][place]).status_code == 200
    for place in ("collect", "events"):
        assert any_server.client.post(recording["urls"][place], json={"event_name": "login"}).is_success


def test_no_two_recordings_share_a_key(any_server: Server) -> None:
    recordings = [any_server.new_recording() for _ in range(5)]
    for kind in ("key", "capture_key"):
        assert len({recording[kind] for recording in recordings}) == 5


@pytest.mark.parametrize("body", [{}, {"name": None}, {"name": ""}, {"name": "  "}])
def test_a_recording_without_a_name_gets_one(body: dict[str, Any], server: Server) -> None:
    response = server.client.post("/api/recordings", json=body)
    assert response.status_code == 201
    assert re.fullmatch(r"Recording of \d+ \w+, \d\d:\d\d UTC", response.json()["name"])


@pytest.mark.parametrize("body", [None, [], "name", {"name": 5}, {"name": ["a"]}, {"name": "x" * 201}])
def test_what_describes_no_recording_makes_none(body: Any, server: Server) -> None:
    response = server.client.post(
        "/api/recordings", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_request")


def test_a_recording_counts_what_it_holds(server: Server, filled: dict[str, Any]) -> None:
    state = server.state(filled)
    assert state["created_at"] > "2026"
    expected = {
        "key": filled["key"],
        "name": "Filled",
        "edition": "2023-05",
        "last_seq": 6,
        "verdicts": {"invalid": 4, "warning": 0, "valid": 2},
        "events": {
            "login": {"invalid": 3, "warning": 0, "valid": 0},
            "my_event": {"invalid": 0, "warning": 0, "valid": 1},
            "page_view": {"invalid": 1, "warning": 0, "valid": 0},
            "search": {"invalid": 0, "warning": 0, "valid": 1},
        },
        "loss": {"sent": 6, "received": 6, "missing": 0},
    }
    assert {name: state[name] for name in expected} == expected


def test_a_new_recording_holds_nothing(server: Server) -> None:
    recording = server.new_recording()
    assert server.state(recording)["verdicts"] == {"invalid": 0, "warning": 0, "valid": 0}
    assert events(server, recording) == {"events": [], "last_seq": 0}


#: Query -> the sequence numbers that come back, and from where to read on.
PAGES: dict[str, tuple[dict[str, Any], list[int], int]] = {
    "all": ({}, [1, 2, 3, 4, 5, 6], 6),
    "after": ({"after": 4}, [5, 6], 6),
    "after the last": ({"after": 6}, [], 6),
    "after more than there is": ({"after": 99}, [], 99),
    "limit": ({"limit": 2}, [1, 2], 2),
    "after and limit": ({"after": 2, "limit": 2}, [3, 4], 4),
    "exactly the rest": ({"after": 4, "limit": 2}, [5, 6], 6),
    "name": ({"name": "login"}, [1, 2, 5], 6),
    "name and limit": ({"name": "login", "limit": 2}, [1, 2], 2),
    "name, with nothing more": ({"name": "login", "after": 5}, [], 6),
    "a name that is not there": ({"name": "purchase"}, [], 6),
    "verdict": ({"verdict": "valid"}, [3, 6], 6),
    "name and verdict": ({"name": "search", "verdict": "valid"}, [6], 6),
    "name and another verdict": ({"name": "search", "verdict": "invalid"}, [], 6),
}


@pytest.mark.parametrize(("query", "numbers", "last"), PAGES.values(), ids=PAGES.keys())
def test_events_are_read_page_by_page(
    query: dict[str, Any], numbers: list[int], last: int, server: Server, filled: dict[str, Any]
) -> None:
    page = events(server, filled, **query)
    assert ([event["seq"] for event in page["events"]], page["last_seq"]) == (numbers, last)
    assert [event["event_name"] for event in page["events"]] == [NAMES[seq - 1] for seq in numbers]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"after": -1}, "/query/after"),
        ({"after": "x"}, "/query/after"),
        ({"after": 2**63}, "/query/after"),
        ({"limit": 0}, "/query/limit"),
        ({"limit": 501}, "/query/limit"),
        ({"verdict": "perfect"}, "/query/verdict"),
    ],
)
def test_a_query_that_makes_no_sense_says_which_part(
    query: dict[str, Any], path: str, server: Server, filled: dict[str, Any]
) -> None:
    response = server.client.get(f"/api/recordings/{filled['key']}/events", params=query)
    assert response.status_code == 400
    assert (response.json()["error"]["code"], response.json()["error"]["path"]) == ("invalid_request", path)


@pytest.mark.parametrize(
    "address",
    [
        "/api/recordings/unknown",
        "/api/recordings/unknown/events",
        "/api/recordings/%00",
        "/api/reference/unknown",
        "/api/reference/unknown.schema.json",
        "/api/reference/%00",
        "/api/nothing",
        "/api/",
    ],
)
def test_what_is_not_there_is_said_in_json(address: str, server: Server) -> None:
    response = server.client.get(address)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_the_reference_is_data(server: Server) -> None:
    whole = server.client.get("/api/reference").json()
    assert (whole["edition"], [event["name"] for event in whole["events"]]) == (
        "2023-05",
        list(REFERENCE.events),
    )
    assert [schema["name"] for schema in whole["schemas"]] == ["Item", "Product", "User"]
    assert {one["name"]: one["closed"] for one in whole["enumerations"]} == {
        "payment_method": True,
        "purchase_status": True,
        "page_type": False,
    }


@pytest.mark.parametrize("event", REFERENCE.events)
def test_every_event_has_its_page_and_its_schema(event: str, server: Server) -> None:
    described = server.client.get(f"/api/reference/{event}").json()
    rows = [(row["name"], row["required"]) for row in described["parameters"]]
    assert rows == [(row.name, row.required) for row in REFERENCE.events[event].parameters]
    response = server.client.get(f"/api/reference/{event}.schema.json")
    assert response.headers["Content-Type"] == "application/schema+json"
    schema = response.json()
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator(schema).validate(described["example"])


def test_the_documentation_works_offline(server: Server, page: Page) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{server.url}/api/docs")
    expect(page.get_by_role("heading", name="Cact Inspector")).to_be_visible()
    assert all(url.startswith((server.url, "data:")) for url in requested)
