"""``GET /api/compare``: two recordings side by side, for machines."""

from typing import Any

import pytest

from tests.example_events import changed
from tests.posting import page_load, post, shim_event
from tests.servers import Server


def record(
    server: Server, *pages: tuple[str, list[tuple[str, Any]]], name: str | None = None
) -> dict[str, Any]:
    """A recording of these pages with their events."""
    recording = server.new_recording(name)
    for path, events in pages:
        fired = [shim_event(n, name, called) for n, (name, called) in enumerate(events, 1)]
        post(server, recording, fired, page_load(path))
    return recording


def compare(server: Server, a: Any, b: Any, **query: Any) -> dict[str, Any]:
    answer = server.client.get("/api/compare", params={"a": a["key"], "b": b["key"], **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_recording_is_the_same_as_itself(any_server: Server) -> None:
    recording = record(any_server, ("/cart", [("login", None), ("search", None)]))
    found = compare(any_server, recording, recording)
    assert (found["same"], found["differences"], found["summary"]) == (True, [], ["Nothing differs."])
    assert found["compared"] == {"a": 2, "b": 2}


def test_it_tells_what_was_lost_and_what_that_makes_of_the_verdict(any_server: Server) -> None:
    a = record(any_server, ("/thanks", [("purchase", None)]))
    b = record(
        any_server, ("/thanks", [("purchase", changed("purchase", {"/value": "22.53"}, ["/currency"]))])
    )
    found = compare(any_server, a, b)
    (row,) = found["differences"]
    assert row["kinds"] == ["verdict", "findings", "parameters"]
    assert {(change["kind"], change["path"]) for change in row["changes"]} == {
        ("lost", "/currency"),
        ("retyped", "/value"),
    }
    (retyped,) = [change for change in row["changes"] if change["kind"] == "retyped"]
    assert (retyped["types"], retyped["after"]) == (["number", "string"], "22.53")
    assert {(one["code"], one["path"]) for one in row["gained"]} == {
        ("missing_required", "/currency"),
        ("wrong_type", "/value"),
    }
    assert row["verdict"] == {"before": "valid", "after": "invalid"}
    assert (row["a"]["seq"], row["b"]["seq"], row["page"]) == (1, 1, "/thanks")
    assert "1 event changed verdict" in " ".join(found["summary"])


def test_rules_are_proposed_and_obeyed_and_can_be_refused(server: Server) -> None:
    a = record(server, ("/", [("search", changed("search", {"/request_id": "R100"}))]))
    b = record(server, ("/", [("search", changed("search", {"/request_id": "R200"}))]))
    obeyed = compare(server, a, b)
    assert (obeyed["same"], obeyed["rules"], obeyed["counts"]["ignored"]) == (True, ["search/request_id"], 1)
    refused = compare(server, a, b, auto=0)
    assert (refused["same"], refused["rules"]) == (False, [])
    assert refused["proposals"] == [
        {"rule": "search/request_id", "reason": "identifier by its name", "count": 1}
    ]
    own = compare(server, a, b, auto=0, ignore=["/request_id"])
    assert (own["same"], own["rules"]) == (True, ["/request_id"])


def test_personal_values_are_masked_on_request(server: Server) -> None:
    """What differs is found in the values themselves: only what is told of them is masked."""
    personal = {
        "/user/email": "ada@example.com",
        "/user/phone": "+33612345678",
        "/note": "for ada@example.com",
    }
    a = record(server, ("/of/ada@example.com", [("login", changed("login", personal))]))
    b = record(server, ("/of/ada@example.com", [("login", changed("login", {}, ["/user"]))]))
    plain, masked = compare(server, a, b, auto=0), compare(server, a, b, auto=0, redact=1)
    assert "ada@example.com" in str(plain)
    assert "ada@example.com" not in str(masked)
    assert "612345678" not in str(masked)
    paths = [[change["path"] for change in found["differences"][0]["changes"]] for found in (plain, masked)]
    assert paths[0] == paths[1] == ["/user", "/note"]
    a, b = (
        record(
            server, ("/", [("login", changed("login", {"/by_mail": {"ada@example.com": {"token": token}}}))])
        )
        for token in ("t1", "t2")
    )
    for auto in (0, 1):
        assert "ada@example.com" in str(compare(server, a, b, auto=auto))
        assert "ada@example.com" not in str(compare(server, a, b, auto=auto, redact=1))


def test_differences_are_read_part_by_part(server: Server) -> None:
    a = record(server, ("/", [("login", None)] * 5))
    b = record(server, ("/", [("search", None)] * 3))
    first = compare(server, a, b, limit=5)
    rest = compare(server, a, b, limit=5, offset=first["next"])
    assert [len(part["differences"]) for part in (first, rest)] == [5, 3]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"a": "none", "b": "none"}, 404, "not_found"),
        ({"a": "\0", "b": "x"}, 404, "not_found"),
        ({"a": "x"}, 400, "invalid_request"),
        ({"ignore": "id"}, 400, "invalid_request"),
        ({"ignore": "/x" * 300}, 400, "invalid_request"),
        ({"limit": 0}, 400, "invalid_request"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    server: Server, query: dict[str, Any], status: int, code: str
) -> None:
    key = server.new_recording()["key"]
    params = query if "a" in query else {"a": key, "b": key, **query}
    answer = server.client.get("/api/compare", params=params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
