"""Recordings by API: changed, listed, searched and deleted by programs, and by nobody else's page."""

from typing import Any

import pytest

from tests.posting import page_load, post, shim_event
from tests.servers import Server


def patch(server: Server, recording: dict[str, Any], **changes: Any) -> dict[str, Any]:
    response = server.client.patch(f"/api/recordings/{recording['key']}", json=changes)
    assert response.status_code == 200, response.text
    state: dict[str, Any] = response.json()
    return state


def listed(server: Server, **query: Any) -> list[str]:
    """The names that the list has for this query, all pages of it."""
    names: list[str] = []
    while True:
        page = server.client.get("/api/recordings", params=query).raise_for_status().json()
        names += [recording["name"] for recording in page["recordings"]]
        if page["next"] is None:
            return names
        query["before"] = page["next"]


CHANGES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"name": "Checkout, Monday"}, {"name": "Checkout, Monday"}),
    ({"name": " two\n\0lines "}, {"name": "two lines"}),
    ({"tags": ["Release 12", "checkout", "#checkout"]}, {"tags": ["release 12", "checkout"]}),
    ({"tags": ['"quoted", or not', ""]}, {"tags": ["quoted or not"]}),
    ({"person": "Ada", "colour": "red"}, {"person": "Ada", "colour": "red"}),
    ({"person": ""}, {"person": "", "colour": ""}),
    ({"pinned": True}, {"pinned": True}),
    ({"archived": True}, {"archived": True}),
    ({"stopped": True}, {"stopped": True}),
    ({}, {"name": "Before"}),
    ({"name": None, "tags": None}, {"name": "Before", "tags": ["old"]}),
]


@pytest.mark.parametrize(("changes", "then"), CHANGES, ids=[str(changes) for changes, _ in CHANGES])
def test_a_change_changes_what_it_names_and_nothing_else(
    changes: dict[str, Any], then: dict[str, Any], any_server: Server
) -> None:
    recording = any_server.new_recording("Before")
    before = patch(any_server, recording, tags=["old"], person="Bob", colour="blue")
    after = patch(any_server, recording, **changes)
    assert after == before | then
    assert any_server.state(recording) == after


REFUSED: list[tuple[Any, int]] = [
    ({"name": ""}, 400),
    ({"name": "  "}, 400),
    ({"name": "x" * 201}, 400),
    ({"name": 1}, 400),
    ({"colour": "#ff0000"}, 400),
    ({"tags": "checkout"}, 400),
    ({"tags": ["x"] * 21}, 400),
    ({"pinned": 1}, 400),
    ({"key": "mine"}, 400),
    ([], 400),
]


@pytest.mark.parametrize(("body", "status"), REFUSED, ids=[str(body)[:40] for body, _ in REFUSED])
def test_what_is_no_change_is_refused(body: Any, status: int, server: Server) -> None:
    recording = server.new_recording("Before")
    response = server.client.patch(f"/api/recordings/{recording['key']}", json=body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, "invalid_request")
    assert server.state(recording)["name"] == "Before"


def test_a_form_of_another_site_changes_nothing(server: Server) -> None:
    recording = server.new_recording("Before")
    address = f"/api/recordings/{recording['key']}"
    plain = {"Content-Type": "text/plain", "Origin": "https://evil.example"}
    response = server.client.patch(address, content=b'{"name": "Mine"}', headers=plain)
    assert (response.status_code, response.json()["error"]["code"]) == (415, "json_only")
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "DELETE"}
    assert "Access-Control-Allow-Origin" not in server.client.options(address, headers=asked).headers
    assert server.state(recording)["name"] == "Before"


def test_the_list_is_searched_by_words_in_name_site_person_and_tags(any_server: Server) -> None:
    server, mark = any_server, f"m{any_server.new_recording()['key']}"
    made = {name: server.new_recording(f"{mark} {name}") for name in ("one", "two", "three")}
    patch(server, made["one"], tags=["release 12"], person="Ada")
    patch(server, made["two"], tags=["release 1"], person="Ada")
    patch(server, made["three"], person="Bob")
    url = "https://user:secret@shop.example:8443/cart?a=1"
    post(server, made["three"], [shim_event(1)], page_load(url=url))
    post(server, made["three"], [shim_event(2)], page_load(url="https://elsewhere.example/"))
    assert listed(server, q=mark) == [f"{mark} {name}" for name in ("three", "two", "one")]
    assert listed(server, q=f"{mark} RELEASE", limit=1) == [f"{mark} two", f"{mark} one"]
    assert listed(server, q=f"shop.example:8443 {mark}") == [f"{mark} three"]
    assert listed(server, q=f"{mark} elsewhere") == []
    assert listed(server, q=f"{mark} bob") == [f"{mark} three"]
    assert listed(server, q=mark, tag="release 1") == [f"{mark} two"]
    assert listed(server, q=mark, person=["Bob", "Nobody"]) == [f"{mark} three"]
    assert listed(server, q=f"{mark} 100%") == []
    assert listed(server, q="\0", tag="\0", person="\0", before="\0") == []
    patch(server, made["two"], archived=True)
    assert listed(server, q=mark) == [f"{mark} three", f"{mark} one"]
    assert listed(server, q=mark, archived=True) == [f"{mark} two"]


def test_the_list_counts_each_recording_for_itself(any_server: Server) -> None:
    first, second = any_server.new_recording("counted"), any_server.new_recording("counted")
    post(any_server, first, [shim_event(1), shim_event(2, "search", {})])
    post(any_server, second, [shim_event(5)])
    page = any_server.client.get("/api/recordings", params={"q": "counted"}).json()["recordings"]
    found = {one["key"]: (one["verdicts"], one["missing"], one["site"], one["bytes"] > 600) for one in page}
    assert found[first["key"]] == ({"invalid": 1, "warning": 0, "valid": 1}, 0, "shop.example", True)
    assert found[second["key"]][:3] == ({"invalid": 0, "warning": 0, "valid": 1}, 4, "shop.example")


def test_what_an_event_takes_grows_with_what_becomes_known_of_it(server: Server) -> None:
    recording, page, event = server.new_recording(), page_load(), shim_event(1)
    post(server, recording, [event], page)
    before = server.state(recording)["bytes"]
    post(server, recording, [event], page)
    assert server.state(recording)["bytes"] == before
    update = {"id": event["id"], "sent": {"v": "x" * 1000}, "sent_to": "https://collect.example/"}
    server.collect(recording, {"page": page, "events": [], "updates": [update]})
    assert before + 1000 < server.state(recording)["bytes"] < before + 3000


def test_a_deleted_recording_is_gone_at_once_for_everybody(any_server: Server) -> None:
    recording = any_server.new_recording("to be deleted")
    post(any_server, recording, [shim_event(n) for n in range(1, 40)])
    assert any_server.client.delete(f"/api/recordings/{recording['key']}").status_code == 204
    key = recording["key"]
    for address in (f"/api/recordings/{key}", f"/api/recordings/{key}/events", f"/recordings/{key}/"):
        assert any_server.client.get(address).status_code == 404
    assert any_server.client.get(f"/shim/{recording['capture_key']}.js").status_code == 404
    assert any_server.client.post(f"/collect/{recording['capture_key']}", json=[]).status_code == 404
    assert "to be deleted" not in listed(any_server, q="to be deleted")
    assert any_server.client.delete(f"/api/recordings/{key}").status_code == 404


def test_a_recording_made_by_api_is_nobodys_unless_it_says_so(server: Server) -> None:
    own = {"name": "Ada's", "person": "Ada", "colour": "teal", "tags": ["checkout"]}
    made = server.client.post("/api/recordings", json=own).json()
    state = server.state(made)
    assert {name: state[name] for name in own} == own
    assert server.state(server.new_recording())["person"] == ""
    without = server.client.post("/api/recordings", json={"person": "Ada"}).json()
    assert server.state(without)["colour"] != ""
