"""POST /api/validate: over HTTP exactly the findings of the judgement, in every wire shape."""

from typing import Any

import pytest

from events.verdict import judge
from tests.example_events import REFERENCE, changed, findings_of
from tests.servers import Server
from tests.wire_shapes import SHAPES, Shape

EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "a valid event": ("purchase", changed("purchase")),
    "an event with warnings": ("login", changed("login", {"/user/gender": "x"}, ["/user/email"])),
    "an invalid event": (
        "purchase",
        changed("purchase", {"/value": "22.53", "/curency": "EUR"}, ["/currency"]),
    ),
    "a custom event": ("newsletter", {"own": 1}),
    "an event with nothing in it": ("view_item", {}),
}


def judged(name: Any, params: Any) -> dict[str, Any]:
    judgement = judge(name, params, REFERENCE)
    return {
        "event_name": name,
        "verdict": judgement.verdict,
        "findings": findings_of(name, params),
    }


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_the_findings_are_those_of_the_judgement(event: tuple[str, dict[str, Any]], server: Server) -> None:
    response = server.client.post("/api/validate", json=SHAPES["flat"](*event))
    assert response.status_code == 200
    assert response.json() == {"results": [judged(*event)]}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_an_event_has_the_same_findings_in_every_shape(shape: Shape, server: Server) -> None:
    event = EVENTS["an invalid event"]
    assert server.client.post("/api/validate", json=shape(*event)).json() == {"results": [judged(*event)]}


def test_many_events_are_judged_in_their_order(server: Server) -> None:
    names = ["login", "my_event", "page_view", "purchase"]
    response = server.client.post("/api/validate", json=[{"event_name": name} for name in names])
    assert response.json() == {"results": [judged(name, {}) for name in names]}


def test_no_events_have_no_results(server: Server) -> None:
    assert server.client.post("/api/validate", json=[]).json() == {"results": []}


def test_what_is_no_event_is_said(server: Server) -> None:
    results = server.client.post("/api/validate", json=["purchase", {"event_name": 5}]).json()["results"]
    assert [(one["event_name"], one["verdict"], one["findings"][0]["code"]) for one in results] == [
        (None, "invalid", "unreadable"),
        (5, "invalid", "missing_event_name"),
    ]


def test_what_the_script_saw_the_client_add_counts(server: Server) -> None:
    consent = changed("login")["user"]["consent_categories"]
    event = {
        "name": "login",
        "called": changed("login", without=["/user/consent_categories"]),
        "auto": {"user": {"consent_categories": consent}},
    }
    body = {"page": {"id": "p"}, "events": [event]}
    assert server.client.post("/api/validate", json=body).json() == {
        "results": [judged("login", changed("login"))]
    }


def test_plain_text_is_read_as_json(server: Server) -> None:
    """Beacons can only say text/plain."""
    response = server.client.post(
        "/api/validate",
        content='{"event_name": "login"}',
        headers={"Content-Type": "text/plain;charset=UTF-8"},
    )
    assert response.json() == {"results": [judged("login", {})]}
