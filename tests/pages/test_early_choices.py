"""What a person chooses before the scripts are there, or the browser puts back, is not lost."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.posting import page_load, post, shim_event
from tests.servers import Server

#: All scripts but the one that a page waits for before it shows anything.
LATE = re.compile(r"/(?:static|js)/(?!.*\btheme\b).*\.js")


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    recording: dict[str, Any] = server.client.post(
        "/api/recordings", json={"name": "Staging", "tags": ["early"]}
    ).json()
    user = {"id": "id-845454", "city": "Marylebone"}
    events = [shim_event(1, "search", {}), shim_event(2, "login", {"user": user})]
    post(server, recording, events, page_load())
    return recording


@contextmanager
def scripts_held_back(page: Page) -> Iterator[None]:
    """The page's scripts come when the block ends: this is what a slow network does."""
    held: list[Route] = []
    late = True

    def take(route: Route) -> None:
        if late:
            held.append(route)
        else:
            route.continue_()

    page.route(LATE, take)
    yield
    late = False
    assert held
    for route in held:
        route.continue_()


def choose_event_type(page: Page) -> Locator:
    page.get_by_label("login").check()
    return page.locator("a.row")


def choose_what_to_share(page: Page) -> Locator:
    page.get_by_label("This event alone").check()
    return page.locator("#preview a.row")


def search_recordings(page: Page) -> Locator:
    page.get_by_role("searchbox").fill("no recording of this name")
    return page.locator("tr.recording, #listed tbody tr")


@pytest.mark.parametrize(
    ("path", "choose", "shown"),
    [
        ("/recordings/{key}/", choose_event_type, 1),
        ("/recordings/{key}/share/?event=1", choose_what_to_share, 1),
        ("/recordings/?tag=early", search_recordings, 0),
        ("/compare/", search_recordings, 0),
    ],
    ids=["dashboard", "share", "recordings", "compare"],
)
def test_what_is_chosen_before_the_scripts_are_there_is_done(
    server: Server,
    page: Page,
    recording: dict[str, Any],
    path: str,
    choose: Callable[[Page], Locator],
    shown: int,
) -> None:
    with scripts_held_back(page):
        page.goto(server.url + path.format(key=recording["key"]), wait_until="commit")
        rows = choose(page)
        expect(rows).not_to_have_count(shown)
    expect(rows).to_have_count(shown)


def test_choices_that_the_browser_puts_back_are_shown(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    page.goto(f"{server.url}/recordings/{recording['key']}/share/")
    preview = page.locator("#preview")
    expect(preview).not_to_contain_text("Marylebone")
    page.get_by_label("Addresses", exact=True).uncheck()
    expect(preview).to_contain_text("Marylebone")
    page.goto(f"{server.url}/reference/")
    page.go_back()
    expect(page.get_by_label("Addresses", exact=True)).not_to_be_checked()
    expect(preview).to_contain_text("Marylebone")


def test_a_filter_is_what_its_address_says(server: Server, page: Page, recording: dict[str, Any]) -> None:
    """Put back in order, a mark could come to stand on an event type that was not there before."""
    page.goto(f"{server.url}/recordings/{recording['key']}/")
    page.get_by_role("checkbox", name="search").check()
    expect(page.locator("a.row")).to_have_count(1)
    expect(page).to_have_url(re.compile("query=name%3Asearch$"))
    page.goto(f"{server.url}/reference/")
    post(server, recording, [shim_event(1, "add_to_cart"), shim_event(2, "page_view")], page_load())
    page.go_back()
    expect(page.locator("#status")).to_have_attribute("data-state", "live")
    expect(page.locator("#filters :checked")).to_have_value("search")
    expect(page.locator("a.row .name")).to_have_text(["search"])
