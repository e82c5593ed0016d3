"""What cannot be read or taken gets a clear 4xx in one form, never a 500, and stores nothing."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers import Server

EVENT: dict[str, Any] = {"event_name": "login"}
WAYS_IN = [
    "/collect/{key}",
    "/events?token={key}",
    "/events/batch?token={key}",
    "/cdp/events?token={key}",
    "/api/validate",
]


#: Body -> status and code.
BODIES: dict[str, tuple[bytes, tuple[int, str]]] = {
    "nothing": (b"", (400, "unreadable")),
    "white space": (b" \r\n\t", (400, "unreadable")),
    "no JSON": (b"event_name=login", (400, "unreadable")),
    "half of it": (b'{"event_name": "log', (400, "unreadable")),
    "two values": (b"{} {}", (400, "unreadable")),
    "NaN": (b'{"event_name": "login", "value": NaN}', (400, "unreadable")),
    "a number that is none": (b'{"value": 1e400}', (400, "unreadable")),
    "UTF-16": (json.dumps(EVENT).encode("utf-16"), (400, "unreadable")),
    "Latin-1": (b'{"event_name": "caf\xe9"}', (400, "unreadable")),
    "half a surrogate": (b'{"event_name": "\\ud83d"}', (400, "unreadable")),
    "a raw NUL": (b'{"event_name": "\x00"}', (400, "unreadable")),
    "deep arrays": (b"[" * 400_000, (400, "unreadable")),
    "deep objects": (b'{"a":' * 90_000, (400, "unreadable")),
    "deep and closed": (b"[" * 5_000 + b"]" * 5_000, (400, "unreadable")),
    "too large": (b'{"a": "' + b"x" * 500_000 + b'"}', (413, "too_large")),
    "much too large": (b"[" * 3_000_000, (413, "too_large")),
    "too many events": (json.dumps([EVENT] * 101).encode(), (413, "too_many_events")),
}


def in_form(body: dict[str, dict[str, str]]) -> bool:
    """Whether this is the one form that every error has."""
    if body.keys() != {"error"} or not body["error"].keys() <= {"code", "message", "path"}:
        return False
    return body["error"]["message"].endswith(".")


@pytest.mark.parametrize("address", WAYS_IN)
@pytest.mark.parametrize(("body", "refusal"), BODIES.values(), ids=BODIES.keys())
def test_a_body_that_cannot_be_taken(
    body: bytes, refusal: tuple[int, str], address: str, server: Server
) -> None:
    recording = server.new_recording()
    response = server.client.post(address.format(key=recording["capture_key"]), content=body)
    assert (response.status_code, response.json()["error"]["code"]) == refusal
    assert in_form(response.json())
    assert server.state(recording)["last_seq"] == 0


@pytest.mark.parametrize("address", WAYS_IN)
@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, gzip"])
def test_a_compressed_body_is_refused_unopened(encoding: str, address: str, server: Server) -> None:
    """So there is no bomb to defuse: what counts against the limit is what arrives."""
    recording = server.new_recording()
    bomb = gzip.compress(b"[" + b" " * 50_000_000 + b"]")
    response = server.client.post(
        address.format(key=recording["capture_key"]), content=bomb, headers={"Content-Encoding": encoding}
    )
    assert (response.status_code, response.json()["error"]["code"]) == (415, "unsupported_encoding")


@pytest.mark.parametrize("address", WAYS_IN)
def test_a_body_without_a_length_is_measured_as_it_comes(address: str, server: Server) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(60):
            yield b"[" * 10_000

    recording = server.new_recording()
    response = server.client.post(address.format(key=recording["capture_key"]), content=chunks())
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("address", WAYS_IN)
def test_what_just_fits_is_taken(address: str, server: Server) -> None:
    recording = server.new_recording()
    events = [{**EVENT, "event_id": f"e{i}", "text": "x" * 4_900} for i in range(100)]
    body = json.dumps(events).encode()
    assert 490_000 < len(body) <= 500_000
    response = server.client.post(address.format(key=recording["capture_key"]), content=body)
    assert response.is_success
    assert len(response.json()["results"]) == 100


def test_a_byte_order_mark_is_no_obstacle(server: Server) -> None:
    recording = server.new_recording()
    body = b"\xef\xbb\xbf" + json.dumps(EVENT).encode()
    assert server.client.post(f"/collect/{recording['capture_key']}", content=body).status_code == 202


def test_an_event_that_is_too_large_is_stored_and_said(server: Server) -> None:
    recording = server.new_recording()
    receipt = server.collect(recording, [{**EVENT, "text": "x" * 33_000}, EVENT])
    assert receipt["results"][0]["findings"][0]["code"] == "unreadable"
    assert "33,032 bytes" in receipt["results"][0]["findings"][0]["message"]
    assert len(server.stored(recording)[0]["sent"]["text"]) == 33_000


def test_an_event_that_nests_too_deep_is_cut_stored_and_said(server: Server) -> None:
    recording = server.new_recording()
    deep = b"[" * 500 + b"]" * 500
    body = b'[{"event_name": "mine", "deep": %b}, {"event_name": "mine"}]' % deep
    response = server.client.post(f"/collect/{recording['capture_key']}", content=body)
    first, second = response.json()["results"]
    assert (first["verdict"], second["verdict"]) == ("invalid", "valid")
    assert json.dumps(server.stored(recording)[0]["sent"]).count("[") == 63


#: Method and address -> status and code.
KEYS: dict[str, tuple[str, str, tuple[int, str]]] = {
    "collect: unknown": ("POST", "/collect/unknown", (404, "unknown_capture_key")),
    "collect: hostile": ("POST", "/collect/%00%ff..", (404, "unknown_capture_key")),
    "collect: very long": ("POST", "/collect/" + "k" * 5_000, (404, "unknown_capture_key")),
    "collect: none": ("POST", "/collect/", (404, "not_found")),
    "collect: a folder": ("POST", "/collect/a/b", (404, "not_found")),
    "events: unknown": ("POST", "/events?token=unknown", (403, "unknown_capture_key")),
    "events: none": ("POST", "/events?tc_s=1", (401, "missing_token")),
    "events: empty": ("POST", "/events?token=", (401, "missing_token")),
    "events: both empty": ("POST", "/events?token=&tc_skey=", (401, "missing_token")),
    "events: unknown, as mobile SDKs name it": (
        "POST",
        "/events?tc_skey=unknown",
        (403, "unknown_capture_key"),
    ),
    "batch: none": ("POST", "/events/batch", (401, "missing_token")),
    "cdp: unknown": ("POST", "/cdp/events?token=%00", (403, "unknown_capture_key")),
    "pixel: unknown": ("GET", "/events?token=unknown&event_name=login", (403, "unknown_capture_key")),
    "pixel: none": ("GET", "/events?event_name=login", (401, "missing_token")),
}


@pytest.mark.parametrize(("method", "address", "refusal"), KEYS.values(), ids=KEYS.keys())
def test_a_capture_key_that_opens_nothing(
    method: str, address: str, refusal: tuple[int, str], server: Server
) -> None:
    response = server.client.request(method, address, json=EVENT if method == "POST" else None)
    assert (response.status_code, response.json()["error"]["code"]) == refusal
    assert in_form(response.json())


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("HEAD", "/collect/{key}", "GET, POST"),
        ("PUT", "/collect/{key}", "GET, POST"),
        ("DELETE", "/events", "GET, POST"),
        ("HEAD", "/cdp/events", "GET, POST"),
        ("PATCH", "/events/batch", "POST"),
        ("GET", "/api/validate", "POST"),
        ("OPTIONS", "/api/validate", "POST"),
        ("POST", "/api/reference", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(
    method: str, address: str, allowed: str, server: Server
) -> None:
    key = server.new_recording()["capture_key"]
    response = server.client.request(method, address.format(key=key))
    assert (response.status_code, response.headers["Allow"]) == (405, allowed)
    if method != "HEAD":
        assert (response.json()["error"]["code"], in_form(response.json())) == ("method_not_allowed", True)


def test_what_a_policy_lets_through_may_report_and_nothing_else(server: Server) -> None:
    """A page that may not post tells its cause by way of a script or an image."""
    recording = server.new_recording()
    for query, reported in (("report=policy&url=https://shop.example/", 1), ("report=made_up", 1), ("", 1)):
        response = server.client.get(f"/collect/{recording['capture_key']}?{query}")
        assert (response.status_code, response.text) == (200, "")
        assert response.headers["Content-Type"] == "text/javascript"
        html = server.client.get(f"/recordings/{recording['key']}/connect/").text
        assert html.count("data-report=") == reported
    assert server.state(recording)["last_seq"] == 0
    assert server.client.get("/collect/unknown?report=policy").status_code == 404


def test_no_capture_key_is_in_the_log(server: Server) -> None:
    key, before = server.new_recording()["capture_key"], len(server.log())
    for address in (
        *WAYS_IN,
        "/shim/{key}.js",
        "/shim/{key}.css",
        "/collect/{key}/more",
    ):
        for body in (b"", b"{}", b"x", b"[" * 600_000):
            server.client.post(address.format(key=key), content=body)
        server.client.get(address.format(key=key))
    assert "Traceback" not in server.log()[before:]
    assert key not in server.log()
