"""Verdicts come back into the page under test when somebody asks for them, and never otherwise."""

from typing import Any

from playwright.sync_api import ConsoleMessage, Page, expect

from tests.cut_connection import add_page, script_of
from tests.servers import Server
from tests.shim_cases import STUB, call
from tests.shim_host import Site
from tests.waiting import wait_for

BADGE = "cact-inspector"


def of_login(message: ConsoleMessage) -> bool:
    return message.type == "startGroupCollapsed" and "login" in message.text


def test_an_address_asks_for_the_tab(
    server: Server, page: Page, site: Site, recording: dict[str, Any]
) -> None:
    address = add_page(site, "/shop.html", script_of(server, recording) + STUB + call("login"))
    with page.expect_console_message(of_login) as group:
        page.goto(f"{address}?cact-debug=1")
    assert "invalid" in group.value.text
    expect(page.locator(BADGE)).to_be_attached()
    with page.expect_console_message(of_login):
        page.goto(address)  # the tab remembers
    page.goto(f"{address}?cact-debug=0")
    page.goto(address)
    wait_for_events(server, recording, 4)
    expect(page.locator(BADGE)).to_have_count(0)


def test_the_scripts_address_asks(server: Server, page: Page, site: Site, recording: dict[str, Any]) -> None:
    asking = script_of(server, recording).replace('.js"', '.js?debug=1"')
    address = add_page(site, "/shop.html", asking + STUB + call("login"))
    with page.expect_console_message(of_login):
        page.goto(address)
    expect(page.locator(BADGE)).to_be_attached()


def test_nothing_comes_back_unasked(
    server: Server, page: Page, site: Site, recording: dict[str, Any]
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(add_page(site, "/shop.html", script_of(server, recording) + STUB + call("login")))
    wait_for_events(server, recording, 1)
    assert said == []
    expect(page.locator(BADGE)).to_have_count(0)
    assert page.evaluate("window[Symbol.for('cact-inspector.verdicts')]") is None


def test_a_dashboard_is_not_named_in_a_page_for_all_to_see(
    server: Server, page: Page, site: Site, recording: dict[str, Any]
) -> None:
    """Who reads the page's source has the capture key, which reads nothing; not the recording's own."""
    for query in ("", "?debug=1"):
        source = server.client.get(f"/shim/{recording['capture_key']}.js{query}").text
        assert recording["capture_key"] in source
        assert recording["key"] not in source


def wait_for_events(server: Server, recording: dict[str, Any], count: int) -> None:
    wait_for(f"{count} events", lambda: server.state(recording)["last_seq"] >= count)
