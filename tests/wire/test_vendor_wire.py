"""The vendor's own addresses: they take what containers, apps and servers send."""

import json
from typing import Any

import httpx
import pytest

from events.verdict.across import is_across
from tests.paths import CASE_FOLDER
from tests.servers import Server

#: Whole requests as each shape and generator sends them, and what is to be stored of them.
REQUESTS = json.loads((CASE_FOLDER / "vendor_wire.json").read_text())
EVENT: dict[str, Any] = {"event_name": "login", "method": "x"}


def send(server: Server, recording: dict[str, Any], case: dict[str, Any]) -> httpx.Response:
    """The case's request: a GET where it has no body."""
    key = recording["capture_key"]
    headers = {"Authorization": f"Bearer {key}"} if case.get("bearer") else {}
    if case.get("type"):
        headers["Content-Type"] = case["type"]
    body = json.dumps(case["body"]) if "body" in case else None
    method = "POST" if body else "GET"
    return server.client.request(method, case["address"].format(key=key), content=body, headers=headers)


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: case["description"])
def test_a_request_is_stored_as_its_events(case: dict[str, Any], server: Server) -> None:
    recording = server.new_recording()
    assert send(server, recording, case).status_code == 200  # as the vendor answers
    stored = server.stored(recording)
    assert len(stored) == len(case["events"])
    for event, wanted in zip(stored, case["events"], strict=True):
        facts = {key: value for key, value in wanted.items() if key != "unknown"}
        assert {key: event[key] for key in facts} == facts
        assert (event["called"], event["effective"]) == (None, wanted["sent"])
        assert event["source"] == ("http" if "body" in case else "pixel")


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: case["description"])
def test_an_event_is_judged_by_its_parameters_alone(case: dict[str, Any], server: Server) -> None:
    """By the same parameters in the page-side script's shape, which has no envelope to mix them up with."""
    recording = server.new_recording()
    send(server, recording, case)
    calls = [{"name": event["event_name"], "called": event["sent"]} for event in case["events"]]
    judged = server.client.post("/api/validate", json={"events": calls}).json()["results"]
    for event, wanted, same in zip(server.stored(recording), case["events"], judged, strict=True):
        alone = [finding for finding in event["findings"] if not is_across(finding)]
        assert (event["verdict"], alone) == (same["verdict"], same["findings"])
        unknown = [finding["path"] for finding in event["findings"] if finding["code"] == "unknown_property"]
        assert unknown == wanted.get("unknown", [])


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: case["description"])
def test_a_request_that_comes_again_is_stored_once(case: dict[str, Any], server: Server) -> None:
    recording = server.new_recording()
    for _ in range(2):
        again = send(server, recording, case)
    assert server.state(recording)["last_seq"] == len(case["events"])
    if "body" in case:
        assert (again.json()["accepted"], again.json()["duplicates"]) == (0, len(case["events"]))


def test_no_repeat_is_seen_in_a_page_s_own_event_id(server: Server) -> None:
    """A site that gives another vendor one event_id for two events has fired two events."""
    recording = server.new_recording()
    for own in ("c-1", "c-2"):
        body = {**EVENT, "event_id": "fb-1", "context": {"eventId": own}}
        server.client.post(f"/cdp/events?token={recording['capture_key']}", json=body)
    assert [event["event_id"] for event in server.stored(recording)] == ["c-1", "c-2"]


#: Fields of the address, key in the header -> status. "mine" opens the recording.
KEYS: dict[str, tuple[dict[str, str], str | None, int]] = {
    "address": ({"token": "mine"}, None, 200),
    "address, as mobile SDKs name it": ({"tc_skey": "mine"}, None, 200),
    "header": ({}, "Bearer mine", 200),
    "both": ({"token": "mine"}, "Bearer mine", 200),
    "address wins over the header": ({"token": "mine"}, "Bearer theirs", 200),
    "address wins although it is wrong": ({"token": "theirs"}, "Bearer mine", 403),
    "the mobile name wins over the header": ({"tc_skey": "mine"}, "Bearer theirs", 200),
    "the mobile name wins although it is wrong": ({"tc_skey": "theirs"}, "Bearer mine", 403),
    "token wins over tc_skey": ({"tc_skey": "theirs", "token": "mine"}, None, 200),
    "token wins although it is wrong": ({"tc_skey": "mine", "token": "theirs"}, None, 403),
    "empty token beside tc_skey": ({"token": "", "tc_skey": "mine"}, "Bearer theirs", 200),
    "empty address": ({"token": ""}, "Bearer mine", 200),
    "empty address, as mobile SDKs name it": ({"tc_skey": ""}, "Bearer mine", 200),
    "another name": ({"skey": "mine"}, None, 401),
    "another scheme": ({}, "Basic mine", 401),
    "another scheme beside the address": ({"token": "mine"}, "Basic dXNlcg==", 200),
    "a scheme alone": ({}, "Bearer", 401),
    "wrong address": ({"token": "theirs"}, None, 403),
    "wrong address, as mobile SDKs name it": ({"tc_skey": "theirs"}, None, 403),
    "wrong header": ({}, "Bearer theirs", 403),
    "neither": ({}, None, 401),
}


@pytest.mark.parametrize(("fields", "authorization", "status"), KEYS.values(), ids=KEYS.keys())
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_the_key_is_in_the_address_or_else_in_the_header(
    method: str, fields: dict[str, str], authorization: str | None, status: int, server: Server
) -> None:
    recording = server.new_recording()

    def filled(text: str) -> str:
        return text.replace("mine", recording["capture_key"])

    query = {"tc_s": "1", "event_name": "login"} | {name: filled(value) for name, value in fields.items()}
    headers = {} if authorization is None else {"Authorization": filled(authorization)}
    body = EVENT if method == "POST" else None
    response = server.client.request(method, "/events", params=query, json=body, headers=headers)
    assert response.status_code == status
    assert server.state(recording)["last_seq"] == (1 if status == 200 else 0)


def event_of(size: int, **fields: Any) -> dict[str, Any]:
    """A flat event with a context that is this many bytes of JSON."""
    event = {**EVENT, "context": {"page": {"url": "https://shop.example/"}}, "text": "", **fields}
    return event | {"text": "x" * (size - len(compact(event)))}


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


@pytest.mark.parametrize(("size", "fits"), [(32_000, True), (32_001, False)])
@pytest.mark.parametrize("batch", [False, True], ids=["alone", "in a batch"])
def test_an_event_may_weigh_what_the_vendor_takes(batch: bool, size: int, fits: bool, server: Server) -> None:
    """The whole event counts, its context too."""
    recording = server.new_recording()
    event = event_of(size)
    assert len(compact(event)) == size
    body = compact({"batch": [event]} if batch else event)
    server.client.post(f"/events?token={recording['capture_key']}", content=body)
    (stored,) = server.stored(recording)
    assert ("unreadable" in [finding["code"] for finding in stored["findings"]]) is not fits
    assert stored["sent"]["text"] == event["text"]


@pytest.mark.parametrize(("size", "status"), [(500_000, 200), (500_001, 413)])
def test_a_request_may_weigh_what_the_vendor_takes(size: int, status: int, server: Server) -> None:
    recording = server.new_recording()
    events = [event_of(31_000, event_id=f"e{i}") for i in range(16)]
    missing = size - len(compact({"batch": [*events, EVENT]}))
    body = compact({"batch": [*events, event_of(len(compact(EVENT)) + missing)]})
    assert len(body) == size
    response = server.client.post(f"/events/batch?token={recording['capture_key']}", content=body)
    assert response.status_code == status
    assert server.state(recording)["last_seq"] == (17 if status == 200 else 0)


def test_broken_json_is_refused_with_its_place(server: Server) -> None:
    recording = server.new_recording()
    body = b'{"event_name": "login",\n "user": }'
    response = server.client.post(f"/cdp/events?token={recording['capture_key']}", content=body)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "unreadable")
    assert "line 2 column 10" in response.json()["error"]["message"]
    assert server.state(recording)["last_seq"] == 0


@pytest.mark.parametrize("address", ["/events", "/cdp/events"])
def test_asking_what_a_pixel_would_answer_stores_nothing(address: str, server: Server) -> None:
    """Link checkers and mail proxies look ahead with HEAD."""
    recording = server.new_recording()
    response = server.client.head(f"{address}?token={recording['capture_key']}&event_name=login")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST")
    assert server.state(recording)["last_seq"] == 0


@pytest.mark.parametrize("address", ["/a/events", "/a/events/batch", "/cdp/events/", "/xcdp/events"])
def test_a_folder_may_stand_before_a_container_s_path_alone(address: str, server: Server) -> None:
    recording = server.new_recording()
    response = server.client.post(f"{address}?token={recording['capture_key']}", json=EVENT)
    assert response.status_code == 404


@pytest.mark.parametrize("path", ["/events", "/events/batch", "/cdp/events"])
@pytest.mark.parametrize("way", ["token", "tc_skey", "header", "header in lower case"])
def test_an_event_is_taken_with_the_key_in_each_place(way: str, path: str, server: Server) -> None:
    recording = server.new_recording()
    key = recording["capture_key"]
    headers = {"header": f"Bearer {key}", "header in lower case": f"bearer  {key}"}
    query = {"tc_s": "1234"} | ({} if way in headers else {way: key})
    response = server.client.post(
        path, params=query, json=EVENT, headers={"Authorization": headers[way]} if way in headers else {}
    )
    assert response.status_code == 200  # as the vendor answers
    assert response.json()["accepted"] == 1
    (stored,) = server.stored(recording)
    assert (stored["sent"], stored["called"], stored["source"]) == ({"method": "x"}, None, "http")
    assert stored["effective"] == {"method": "x"}


def test_a_beacon_is_taken(server: Server) -> None:
    recording = server.new_recording()
    response = server.client.post(
        f"/events?tc_s=1&token={recording['capture_key']}",
        content='{"event_name": "login", "context": {"eventId": "e1", "created": "1700000000000"}}',
        headers={"Content-Type": "text/plain;charset=UTF-8"},
    )
    assert response.json()["results"][0]["event_id"] == "e1"
    (stored,) = server.stored(recording)
    assert stored["fired_at"] == "2023-11-14T22:13:20Z"


def test_an_event_that_was_sent_twice_is_stored_once(server: Server) -> None:
    recording = server.new_recording()
    for accepted in (1, 0):
        response = server.client.post(
            f"/events?token={recording['capture_key']}", json={**EVENT, "context": {"event_id": "e1"}}
        )
        assert response.json()["accepted"] == accepted


def test_a_pixel_is_answered_with_an_image_and_stored(server: Server) -> None:
    recording = server.new_recording()
    query = "&value=22.5&currency=EUR&user[consent_categories][]=1&items[0][product][price]=9.99"
    key = recording["capture_key"]
    response = server.client.get(f"/events?tc_s=1&token={key}&event_name=view_cart{query}")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/gif")
    assert response.content.startswith(b"GIF89a")
    assert response.headers["Cache-Control"] == "no-store"
    (stored,) = server.stored(recording)
    assert stored["source"] == "pixel"
    assert stored["sent"] == {
        "value": 22.5,
        "currency": "EUR",
        "user": {"consent_categories": ["1"]},
        "items": [{"product": {"price": 9.99}}],
    }


def test_two_pixels_alike_are_two_events(server: Server) -> None:
    recording = server.new_recording()
    for _ in range(2):
        server.client.get(f"/events?token={recording['capture_key']}&event_name=login")
    assert server.state(recording)["last_seq"] == 2


@pytest.mark.parametrize("query", ["&".join(f"a{i}=1" for i in range(1_001)), "b" + "[c]" * 9 + "=1"])
def test_a_pixel_that_cannot_be_read_is_refused(query: str, server: Server) -> None:
    recording = server.new_recording()
    response = server.client.get(f"/events?token={recording['capture_key']}&event_name=login&{query}")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "unreadable")
    assert server.state(recording)["last_seq"] == 0
