"""Nothing is lost: what did not get through is shown exactly, and arrives once it can."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.cut_connection import CuttableConnection, add_page, script_of
from tests.servers import Server
from tests.shim_cases import STUB, call
from tests.shim_host import CORS, Answer, Site
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.page_errors_expected,  # refused deliveries are logged as errors
    pytest.mark.whole_browser,  # it says how a tab closes, and what becomes of its requests
]


@pytest.fixture
def connection(server: Server) -> Iterator[CuttableConnection]:
    connection = CuttableConnection(server)
    yield connection
    connection.down()


def names(server: Server, recording: dict[str, Any]) -> list[str]:
    return [event["event_name"] for event in server.stored(recording)]


def test_what_is_missing_is_shown_exactly_and_then_it_is_there(
    server: Server, page: Page, site: Site, connection: CuttableConnection, recording: dict[str, Any]
) -> None:
    head = script_of(connection, recording) + STUB
    one = add_page(site, "/one.html", head + call("a", "b"))
    two = add_page(site, "/two.html", head + call("f"))
    dashboard = page.context.new_page()
    dashboard.goto(f"{server.url}/recordings/{recording['key']}/")
    page.goto(one)
    expect(dashboard.locator(".row")).to_have_count(2)

    connection.cut = lambda body: True
    for name in "cde":
        page.evaluate(f"cact('trigger', '{name}')")
    page.goto(two)
    wait_for("the cut to bite", lambda: any('"name":"f"' in body for body in connection.refused))
    assert names(server, recording) == ["a", "b"]

    connection.cut = lambda body: '"name":"c"' in body  # all gets through but what the first page left behind
    gap = dashboard.locator(".gap")
    expect(gap).to_have_text("✕ events 3–5 of /one.html never arrived")
    expect(dashboard.locator("#counts .loss")).to_have_text("sent 6 · received 3 · ✕ 3 missing")
    expect(dashboard.locator(".row").last).to_contain_text("f")
    again = page.context.new_page()
    again.goto(dashboard.url)
    expect(again.locator(".gap")).to_have_text("✕ events 3–5 of /one.html never arrived")

    connection.cut = lambda body: False
    expect(dashboard.locator(".row")).to_have_count(6)
    expect(gap).to_have_count(0)
    expect(dashboard.locator("#counts .loss")).to_have_text("sent 6 · received 6")
    expect(again.locator(".gap")).to_have_count(0)
    stored = server.stored(recording)
    assert sorted(event["event_name"] for event in stored) == list("abcdef")
    assert len({event["page_load"] for event in stored}) == 2


def test_what_a_closed_tab_could_not_send_is_sent_by_the_sites_next_page(
    server: Server, page: Page, site: Site, connection: CuttableConnection, recording: dict[str, Any]
) -> None:
    address = add_page(site, "/one.html", script_of(connection, recording) + STUB)
    connection.cut = lambda body: True
    connection.refusal = Answer(503, headers=CORS | {"Retry-After": "3600"})
    page.goto(address)
    page.evaluate("cact('trigger', 'a')")
    wait_for("the cut to bite", lambda: connection.refused)
    page.close(run_before_unload=True)
    wait_for("the last word of the page", lambda: connection.refused_beacons)
    connection.cut = lambda body: False
    assert names(server, recording) == []
    page.context.new_page().goto(address)
    wait_for("the event", lambda: names(server, recording) == ["a"])


def test_what_was_confirmed_is_not_kept(
    server: Server, page: Page, site: Site, connection: CuttableConnection, recording: dict[str, Any]
) -> None:
    page.goto(add_page(site, "/one.html", script_of(connection, recording) + STUB))
    page.evaluate(
        "cact('trigger', 'a'); dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))"
    )
    page.evaluate(
        "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); cact('trigger', 'b')"
    )
    wait_for("the events", lambda: names(server, recording) == ["a", "b"])
    page.wait_for_function("Object.keys(localStorage).length === 0")


def test_the_inspector_may_be_away_in_the_middle_of_a_page(
    server: Server, page: Page, site: Site, connection: CuttableConnection, recording: dict[str, Any]
) -> None:
    page.goto(add_page(site, "/one.html", script_of(connection, recording) + STUB + call("a")))
    wait_for("the first", lambda: names(server, recording) == ["a"])
    connection.down()
    page.evaluate("for (const name of 'bcd') cact('trigger', name)")
    connection.up()
    wait_for("the others", lambda: names(server, recording) == ["a", "b", "c", "d"])
    assert server.state(recording)["loss"] == {"sent": 4, "received": 4, "missing": 0}


def test_pages_closed_at_once_lose_nothing(
    server: Server, page: Page, site: Site, recording: dict[str, Any]
) -> None:
    address = add_page(site, "/one.html", script_of(server, recording) + STUB)
    for n in range(20):
        visit = page.context.new_page()
        visit.goto(address)
        visit.evaluate(f"cact('trigger', 'e{n}')")
        visit.close()
    wait_for("all of them", lambda: set(names(server, recording)) == {f"e{n}" for n in range(20)})
    assert server.state(recording)["loss"] == {"sent": 20, "received": 20, "missing": 0}


def test_a_page_that_may_keep_nothing_works_all_the_same(
    server: Server, page: Page, site: Site, recording: dict[str, Any]
) -> None:
    frame = '<iframe sandbox="allow-scripts" srcdoc="{}"></iframe>'
    inner = (script_of(server, recording) + STUB + call("inside")).replace('"', "&quot;")
    page.goto(add_page(site, "/one.html", frame.format(inner)))
    wait_for("the event", lambda: names(server, recording) == ["inside"])
