"""Soft navigations, frames and sites in one recording are told apart on the dashboard."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.cut_connection import add_page, script_of
from tests.servers import Server
from tests.shim_cases import STUB, call, script
from tests.shim_host import Site


@pytest.fixture
def sites() -> Iterator[tuple[Site, Site]]:
    sites = Site(), Site()
    yield sites
    for site in sites:
        site.down()


@pytest.fixture
def dashboard(server: Server, page: Page, recording: dict[str, Any]) -> Page:
    dashboard = page.context.new_page()
    dashboard.goto(recording["urls"]["dashboard"])
    return dashboard


def groups(dashboard: Page, rows: int) -> list[str]:
    """The headers of the timeline's groups, each with the names below it, once there are so many rows."""
    expect(dashboard.locator(".row")).to_have_count(rows)
    lines = dashboard.locator("#rows > .page, #rows > .row").evaluate_all(
        """lines => lines.map((line) => {
            const text = (part) => line.querySelector(part).textContent;
            if (line.matches('.row')) return `- ${text('.name')}`;
            return `${text('.page-path')} ${text('.page-count')}`;
        })"""
    )
    return [str(line) for line in lines]


def test_a_soft_navigation_starts_a_group_with_its_own_numbers(
    server: Server, page: Page, sites: tuple[Site, Site], recording: dict[str, Any], dashboard: Page
) -> None:
    moves = script("""cact('trigger', 'a'); cact('trigger', 'b');
        history.pushState(0, '', '/cart'); document.title = 'Cart'; cact('trigger', 'c');
        location.hash = '#top'; cact('trigger', 'd');
        location.hash = '#/checkout'; cact('trigger', 'e');
        history.replaceState(0, '', '/shop.html'); cact('trigger', 'f');""")
    page.goto(add_page(sites[0], "/shop.html", script_of(server, recording) + STUB + moves))
    assert groups(dashboard, 6) == [
        "/shop.html 2 events",
        *("- a", "- b"),
        "/cart 2 events",
        *("- c", "- d"),
        "/cart 1 event",  # its route is in the fragment
        "- e",
        "/shop.html 1 event",
        "- f",
    ]
    stored = server.stored(recording)
    assert len({event["page_load"] for event in stored}) == 4
    assert server.state(recording)["loss"] == {"sent": 6, "received": 6, "missing": 0}


def test_frames_and_sites_are_told_apart(
    server: Server, page: Page, sites: tuple[Site, Site], recording: dict[str, Any], dashboard: Page
) -> None:
    shop, partner = sites
    head = script_of(server, recording) + STUB
    inner = add_page(partner, "/widget.html", head + call("from_the_frame"), "Widget")
    page.goto(add_page(shop, "/shop.html", head + call("from_the_page") + f'<iframe src="{inner}"></iframe>'))
    expect(dashboard.locator(".row")).to_have_count(2)
    for name, host, framed in (
        ("from_the_page", f"127.0.0.1:{shop.port}", 0),
        ("from_the_frame", f"127.0.0.1:{partner.port}", 1),
    ):
        header = dashboard.locator(f"#rows > .page:has(+ .row:has-text('{name}'))")
        expect(header.locator(".page-host")).to_have_text(host)
        expect(header.get_by_text("frame", exact=True)).to_have_count(framed)
