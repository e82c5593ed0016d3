"""The vendor's own addresses: a real container, app or server only needs another host name."""

from typing import Any

import pytest

from tests.servers import Server

EVENT: dict[str, Any] = {"event_name": "login", "method": "x"}


@pytest.mark.parametrize("path", ["/events", "/events/batch", "/cdp/events"])
@pytest.mark.parametrize("way", ["query", "header", "header in lower case"])
def test_an_event_is_taken_with_the_key_as_token(way: str, path: str, any_server: Server) -> None:
    recording = any_server.new_recording()
    key = recording["capture_key"]
    query = {"tc_s": "1234", "token": key} if way == "query" else {"tc_s": "1234"}
    headers = {"header": f"Bearer {key}", "header in lower case": f"bearer  {key}"}
    response = any_server.client.post(
        path, params=query, json=EVENT, headers={"Authorization": headers[way]} if way in headers else {}
    )
    assert response.status_code == 200  # as the vendor answers
    assert response.json()["accepted"] == 1
    (stored,) = any_server.stored(recording)
    assert (stored["sent"], stored["called"], stored["source"]) == ({"method": "x"}, None, "http")
    assert stored["effective"] == {"method": "x"}


def test_a_beacon_is_taken(any_server: Server) -> None:
    recording = any_server.new_recording()
    response = any_server.client.post(
        f"/events?tc_s=1&token={recording['capture_key']}",
        content='{"event_name": "login", "context": {"eventId": "e1", "created": "1700000000000"}}',
        headers={"Content-Type": "text/plain;charset=UTF-8"},
    )
    assert response.json()["results"][0]["event_id"] == "e1"
    (stored,) = any_server.stored(recording)
    assert stored["fired_at"] == "2023-11-14T22:13:20Z"


def test_an_event_that_was_sent_twice_is_stored_once(any_server: Server) -> None:
    recording = any_server.new_recording()
    for accepted in (1, 0):
        response = any_server.client.post(
            f"/events?token={recording['capture_key']}", json={**EVENT, "context": {"event_id": "e1"}}
        )
        assert response.json()["accepted"] == accepted


def test_a_pixel_is_answered_with_an_image_and_stored(any_server: Server) -> None:
    recording = any_server.new_recording()
    query = "&value=22.5&currency=EUR&user[consent_categories][]=1&items[0][product][price]=9.99"
    key = recording["capture_key"]
    response = any_server.client.get(f"/events?tc_s=1&token={key}&event_name=view_cart{query}")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/gif")
    assert response.content.startswith(b"GIF89a")
    assert response.headers["Cache-Control"] == "no-store"
    (stored,) = any_server.stored(recording)
    assert stored["source"] == "pixel"
    assert stored["sent"] == {
        "value": 22.5,
        "currency": "EUR",
        "user": {"consent_categories": ["1"]},
        "items": [{"product": {"price": 9.99}}],
    }


def test_two_pixels_alike_are_two_events(any_server: Server) -> None:
    recording = any_server.new_recording()
    for _ in range(2):
        any_server.client.get(f"/events?token={recording['capture_key']}&event_name=login")
    assert any_server.state(recording)["last_seq"] == 2


@pytest.mark.parametrize("query", ["&".join(f"a{i}=1" for i in range(1_001)), "b" + "[c]" * 9 + "=1"])
def test_a_pixel_that_cannot_be_read_is_refused(query: str, server: Server) -> None:
    recording = server.new_recording()
    response = server.client.get(f"/events?token={recording['capture_key']}&event_name=login&{query}")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "unreadable")
    assert server.state(recording)["last_seq"] == 0
