"""Any page may post events; no page from elsewhere may do anything else."""

from socket import create_connection
from typing import Any

import httpx
import pytest
from websockets import Origin
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from tests.servers import Server

SHOP = "https://shop.example"
CAPTURE = ["/collect/{key}", "/events?token={key}", "/events/batch?token={key}", "/cdp/events?token={key}"]
OTHERS = [
    "/",
    "/recordings/",
    "/recordings/{recording}/",
    "/api/recordings/{recording}",
    "/api/recordings/{recording}/events",
    "/api/reference",
    "/api/openapi.json",
    "/healthz",
    "/static/shim.js",
]


def address(template: str, recording: dict[str, Any]) -> str:
    return template.format(key=recording["capture_key"], recording=recording["key"])


def permissions(response: httpx.Response) -> dict[str, str]:
    """What the answer permits to pages from elsewhere."""
    return {name: value for name, value in response.headers.items() if name.startswith("access-control-")}


@pytest.mark.parametrize("template", CAPTURE)
def test_a_page_may_ask_whether_it_may_post(template: str, server: Server) -> None:
    asks = {
        "Origin": SHOP,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-own",
        "Access-Control-Request-Private-Network": "true",
    }
    response = server.client.options(address(template, server.new_recording()), headers=asks)
    assert response.status_code == 204
    assert permissions(response) == {
        "access-control-allow-origin": SHOP,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "content-type,x-own",
        "access-control-allow-private-network": "true",
        "access-control-max-age": "7200",
    }
    assert response.headers["Vary"] == "Origin"


@pytest.mark.parametrize("body", [b"{}", b"broken", b"x" * 600_000], ids=["fine", "broken", "too large"])
@pytest.mark.parametrize("template", CAPTURE)
def test_a_page_may_read_every_answer_to_its_post(template: str, body: bytes, server: Server) -> None:
    """A refusal that a page cannot read would look like an inspector that is not there."""
    response = server.client.post(
        address(template, server.new_recording()), content=body, headers={"Origin": SHOP}
    )
    assert permissions(response) == {
        "access-control-allow-origin": SHOP,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "Retry-After",
    }


def test_a_page_may_read_that_its_key_is_wrong(server: Server) -> None:
    response = server.client.post("/collect/unknown", json={}, headers={"Origin": SHOP})
    assert (response.status_code, permissions(response)["access-control-allow-origin"]) == (404, SHOP)


@pytest.mark.parametrize("template", OTHERS)
def test_nothing_else_is_open_to_other_pages(template: str, server: Server) -> None:
    place = address(template, server.new_recording())
    asks = {"Origin": SHOP, "Access-Control-Request-Method": "GET"}
    assert permissions(server.client.get(place, headers={"Origin": SHOP})) == {}
    assert permissions(server.client.options(place, headers=asks)) == {}


@pytest.mark.parametrize(
    "template", ["/recordings/", "/recordings/{recording}/", "/api/reference", "/shim/{key}.js"]
)
def test_pages_are_refused_under_a_foreign_host_name(template: str, server: Server) -> None:
    """Else a page that points its own name at this machine (DNS rebinding) could read recordings."""
    place = address(template, server.new_recording())
    assert server.client.get(place).status_code == 200
    assert server.client.get(place, headers={"Host": "shop.example"}).status_code == 400


@pytest.mark.parametrize("template", CAPTURE)
def test_events_are_taken_under_any_host_name(template: str, server: Server) -> None:
    place = address(template, server.new_recording())
    response = server.client.post(
        place, json={"event_name": "login"}, headers={"Host": "collect.shop.example"}
    )
    assert response.is_success


@pytest.mark.parametrize(
    "headers", [{"Origin": SHOP}, {}, {"Origin": "null"}], ids=["foreign", "none", "null"]
)
def test_a_form_from_elsewhere_makes_no_recording(headers: dict[str, str], server: Server) -> None:
    response = server.client.post("/recordings/new/", data={"name": "theirs"}, headers=headers)
    assert response.status_code == 403
    assert "theirs" not in server.client.get("/recordings/").text


JSON = '{"name": "theirs"}'
#: What a page may send elsewhere without asking first.
SIMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "text": {"content": JSON, "headers": {"Content-Type": "text/plain"}},
    "no type": {"content": JSON},
    "form": {"data": {"name": "theirs"}},
    "form with JSON": {"content": JSON, "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    "form with a file": {"files": {"name": b"theirs"}},
}


@pytest.mark.parametrize("request_", SIMPLE_REQUESTS.values(), ids=SIMPLE_REQUESTS.keys())
def test_a_recording_is_made_only_by_what_is_called_json(request_: dict[str, Any], server: Server) -> None:
    response = server.client.post("/api/recordings", **request_)
    assert (response.status_code, response.json()["error"]["code"]) == (415, "json_only")


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", SHOP),
        ("127.0.0.1", "null"),
        ("shop.example", None),
        ("shop.example", "http://shop.example"),
    ],
)
def test_a_socket_from_elsewhere_is_closed(host: str, origin: Origin | None, server: Server) -> None:
    place = f"ws://{host}:{server.port}/ws/recordings/{server.new_recording()['key']}/"
    wire = create_connection(("127.0.0.1", server.port))
    with connect(place, sock=wire, origin=origin) as socket, pytest.raises(ConnectionClosedError) as closed:
        socket.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403
