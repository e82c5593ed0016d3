"""What a container does in a page on another origin: beacons, XHR and fetch with credentials, pixels."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.servers import Server
from tests.shim_host import Site
from tests.waiting import wait_for

EVENT = {"event_name": "login", "method": "ünï+&", "context": {"page": {"url": "https://shop.example/"}}}
SENT = {"method": "ünï+&"}

#: Sends ``event`` to ``url`` and gives what the page learns of it.
BEACON = "({ url, event }) => navigator.sendBeacon(url, JSON.stringify(event))"
XHR = """({ url, event, type }) => new Promise((done) => {
  const request = new XMLHttpRequest()
  request.open('POST', url)
  request.withCredentials = true
  if (type) request.setRequestHeader('Content-Type', type)
  request.onloadend = () => done([request.status, request.responseText])
  request.send(JSON.stringify(event))
})"""
FETCH = """async ({ url, event, type }) => {
  const headers = type ? { 'Content-Type': type } : {}
  const options = { method: 'POST', credentials: 'include', keepalive: true, headers }
  const response = await fetch(url, { ...options, body: JSON.stringify(event) })
  return [response.status, await response.text()]
}"""
PIXEL = """({ url }) => new Promise((done) => {
  const image = document.createElement('img')
  image.onload = () => done([image.naturalWidth, image.naturalHeight])
  image.onerror = () => done('refused')
  image.src = url + '&event_name=login&method=' + encodeURIComponent('ünï+&')
  document.body.append(image)
})"""


@pytest.fixture
def site(site: Site) -> Site:
    for name in ("/shop.html", "/cart.html"):
        site.files[name] = '<!doctype html><link rel="icon" href="data:,"><body></body>'
    return site


@pytest.fixture
def shop(page: Page, site: Site) -> Page:
    """A page on another site, not only on another port."""
    page.goto(f"http://localhost:{site.port}/shop.html")
    return page


def address(server: Server, recording: dict[str, Any], path: str = "/cdp/events") -> str:
    return f"{server.url}{path}?tc_s=3311&token={recording['capture_key']}"


def only_event(server: Server, recording: dict[str, Any]) -> dict[str, Any]:
    """The one event: what a page sent before the end marker, all of which has arrived when that has."""
    wait_for("the event", lambda: server.state(recording)["last_seq"])
    server.collect(recording, {"event_name": "end"})
    event, end = server.stored(recording)
    assert end["event_name"] == "end"
    return event


@pytest.mark.parametrize("path", ["/events", "/cdp/events", "/folder/cdp/events"])
def test_a_beacon_is_stored_once(path: str, server: Server, shop: Page, recording: dict[str, Any]) -> None:
    assert shop.evaluate(BEACON, {"url": address(server, recording, path), "event": EVENT}) is True
    event = only_event(server, recording)
    assert (event["sent"], event["page_url"], event["source"]) == (SENT, "https://shop.example/", "http")


def test_a_beacon_of_a_page_that_is_left_is_stored_once(
    server: Server, shop: Page, site: Site, recording: dict[str, Any]
) -> None:
    shop.evaluate(
        f"(told) => addEventListener('pagehide', () => ({BEACON})(told))",
        {"url": address(server, recording), "event": EVENT},
    )
    shop.goto(f"http://localhost:{site.port}/cart.html")
    assert only_event(server, recording)["sent"] == SENT


@pytest.mark.parametrize("type_", ["application/json", "text/plain;charset=UTF-8", None])
@pytest.mark.parametrize("way", [XHR, FETCH], ids=["XHR", "fetch"])
def test_a_request_with_credentials_is_stored_once_and_its_answer_can_be_read(
    way: str, type_: str | None, server: Server, shop: Page, recording: dict[str, Any]
) -> None:
    """JSON makes the browser ask first; the other two it sends at once."""
    told = {"url": address(server, recording), "event": EVENT, "type": type_}
    status, text = shop.evaluate(way, told)
    assert (status, json.loads(text)["accepted"]) == (200, 1)
    assert only_event(server, recording)["sent"] == SENT


@pytest.mark.page_errors_expected
@pytest.mark.parametrize(("token", "status"), [("wrong", 403), ("", 401)])
@pytest.mark.parametrize("way", [XHR, FETCH], ids=["XHR", "fetch"])
def test_a_page_can_read_why_its_event_was_refused(
    way: str, token: str, status: int, server: Server, shop: Page
) -> None:
    told = {"url": f"{server.url}/cdp/events?token={token}", "event": EVENT, "type": "application/json"}
    seen, text = shop.evaluate(way, told)
    assert seen == status
    assert "capture key" in json.loads(text)["error"]["message"]


@pytest.mark.parametrize("path", ["/events", "/cdp/events"])
def test_a_pixel_is_shown_and_stored_once(
    path: str, server: Server, shop: Page, recording: dict[str, Any]
) -> None:
    assert shop.evaluate(PIXEL, {"url": address(server, recording, path)}) == [1, 1]
    event = only_event(server, recording)
    assert (event["event_name"], event["sent"], event["source"]) == ("login", SENT, "pixel")


def test_a_pixel_in_the_markup_is_stored_once_on_every_load(
    server: Server, page: Page, site: Site, recording: dict[str, Any]
) -> None:
    source = f"{address(server, recording, '/events')}&amp;event_name=login&amp;user[id]=7"
    site.files["/mail.html"] = f'<!doctype html><link rel="icon" href="data:,"><img src="{source}" alt="">'
    for _ in range(2):
        page.goto(f"http://localhost:{site.port}/mail.html")  # until the load event: images and all
    assert [event["sent"] for event in server.stored(recording)] == [{"user": {"id": "7"}}] * 2
