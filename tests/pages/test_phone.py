"""Handing a recording to a phone: codes where a phone can come, and plain words where it cannot."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
import segno
from playwright.sync_api import Page, expect

from inspector.serving.addresses import lan_addresses
from tests.servers import Server
from tests.team import bearer, logged_in, new_token

pytestmark = pytest.mark.starts_processes

ADDRESSES = {
    "dashboard": "/recordings/{key}/",
    "demo": "/demo/?recording={key}",
    "connect": "/recordings/{key}/connect/",
}


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector that has a name in the network."""
    server = Server(tmp_path_factory.mktemp("open"), ALLOWED_HOSTS="inspector.test")
    server.start()
    yield server
    server.stop()


def code(server: Server, recording: dict[str, Any], what: str, **ask: Any) -> bytes:
    response = server.client.get(f"/recordings/{recording['key']}/phone/{what}.svg", **ask)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/svg+xml"
    return response.content


def code_of(address: str) -> bytes:
    """The code that holds this address, dark on white in any theme."""
    image = io.BytesIO()
    segno.make(address, error="m").save(
        image, kind="svg", dark="#000", light="#fff", border=4, omitsize=True, xmldecl=False
    )
    return image.getvalue()


def test_on_this_machine_alone_it_says_how_to_open_it(server: Server, page: Page) -> None:
    recording = server.new_recording()
    page.goto(f"{server.url}/recordings/{recording['key']}/phone/")
    expect(page.locator("main")).to_contain_text("No phone can reach this inspector")
    expect(page.locator("#code-host")).to_contain_text(f"HOST=0.0.0.0 PORT={server.port} make run")
    expect(page.locator("img")).to_have_count(0)
    page.get_by_role("link", name="the commands for this recording").click()
    expect(page.locator("#mobile-app pre")).to_contain_text(f"cact_key={recording['capture_key']}")
    assert server.client.get(f"/recordings/{recording['key']}/phone/demo.svg").status_code == 404


@pytest.mark.parametrize("what", ADDRESSES)
def test_a_code_holds_an_address_that_a_phone_reaches(what: str, open_server: Server) -> None:
    recording = open_server.new_recording()
    path = ADDRESSES[what].format(key=recording["key"])
    named = {"Host": f"inspector.test:{open_server.port}"}
    assert code(open_server, recording, what, headers=named) == code_of(f"http://{named['Host']}{path}")


def test_where_it_listens_to_all_there_is_a_code_for_each_of_its_addresses(team: Server) -> None:
    made = team.client.post("/api/recordings", json={}, headers=bearer(new_token(team))).json()
    client = logged_in(team)
    addresses = lan_addresses()
    if not addresses:
        pytest.skip("this machine has no address in a network")
    for address in addresses:
        at = f"{address}:{team.port}"
        found = client.get(f"/recordings/{made['key']}/phone/demo.svg", params={"at": at})
        assert found.content == code_of(f"http://{at}/demo/?recording={made['key']}")


def test_no_code_leads_to_somebody_elses_machine(open_server: Server) -> None:
    recording = open_server.new_recording()
    named = {"Host": f"inspector.test:{open_server.port}"}
    own = code(open_server, recording, "demo", headers=named)
    assert code(open_server, recording, "demo", headers=named, params={"at": "evil.example"}) == own


@pytest.mark.page_errors_expected  # on http under such a name browsers log that they ignore a header
def test_the_page_shows_the_codes_and_where_they_lead(open_server: Server, page: Page) -> None:
    recording = open_server.new_recording()
    page.goto(f"http://inspector.test:{open_server.port}/recordings/{recording['key']}/phone/")
    images = page.locator(".codes img")
    expect(images).to_have_count(3)
    for number, path in enumerate(ADDRESSES.values()):
        address = f"http://inspector.test:{open_server.port}{path.format(key=recording['key'])}"
        expect(images.nth(number)).to_have_attribute("alt", f"QR code of {address}")
        assert images.nth(number).evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
        assert open_server.client.get(path.format(key=recording["key"])).status_code == 200


def test_its_own_addresses_are_answered_where_it_listens_to_all(team: Server, server: Server) -> None:
    for address in lan_addresses():
        host = {"Host": f"{address}:{team.port}"}
        assert team.client.get("/login/", headers=host).status_code == 200
        assert server.client.get("/recordings/", headers=host).status_code == 400
    assert team.client.get("/login/", headers={"Host": "evil.example"}).status_code == 400


def test_there_are_no_such_codes(open_server: Server) -> None:
    recording = open_server.new_recording()
    named = {"Host": "inspector.test"}
    for path in (f"{recording['key']}/phone/other.svg", "nobody/phone/demo.svg", "nobody/phone/"):
        assert open_server.client.get(f"/recordings/{path}", headers=named).status_code == 404
