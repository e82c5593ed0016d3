"""The page that judges a recording again: it shows what would change, then does it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.editions import FIRST, SECOND
from tests.editions import house as a_house
from tests.posting import post, shim_event
from tests.recordings.test_rejudge import WITHOUT_METHOD, WITHOUT_TERM
from tests.servers import Server

pytestmark = pytest.mark.starts_processes


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector with two editions."""
    server = a_house(tmp_path_factory.mktemp("judge"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def recording(house: Server) -> dict[str, Any]:
    recording = house.new_recording("Checkout")
    fired = [("search", WITHOUT_TERM), ("login", WITHOUT_METHOD), ("purchase", None)]
    post(house, recording, [shim_event(n, name, called) for n, (name, called) in enumerate(fired, 1)])
    return recording


def open_page(house: Server, page: Page, recording: dict[str, Any]) -> None:
    page.goto(f"{house.url}/recordings/{recording['key']}/")
    page.locator("[data-menu] > summary").click()
    page.get_by_role("link", name="Judge again…").click()


def test_it_shows_what_would_change_and_changes_it_on_request(
    house: Server, page: Page, recording: dict[str, Any]
) -> None:
    open_page(house, page, recording)
    expect(page.get_by_role("heading", name="2 of 3 events change")).to_be_visible()
    rows = page.locator(".judge-events tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("missing_required search_term")
    expect(rows.nth(1)).to_contain_text("missing_required method")
    assert house.state(recording)["edition"] == FIRST
    page.get_by_role("button", name=f"Apply: judge by edition {SECOND}").click()
    expect(page.get_by_role("status")).to_contain_text("2 events judged anew")
    assert house.state(recording)["edition"] == SECOND
    page.get_by_role("link", name="Back to the recording").click()
    expect(page.locator(".row.invalid")).to_have_count(1)


def test_another_edition_can_be_chosen(house: Server, page: Page, recording: dict[str, Any]) -> None:
    open_page(house, page, recording)
    expect(page.get_by_role("button", name="Apply")).to_be_visible()
    page.get_by_label("Edition").select_option(FIRST)
    expect(page.get_by_role("heading", name="Nothing changes")).to_be_visible()
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)


def test_an_open_dashboard_sees_it_live(
    house: Server, page: Page, new_context: Any, recording: dict[str, Any]
) -> None:
    watching = new_context().new_page()
    watching.goto(f"{house.url}/recordings/{recording['key']}/")
    expect(watching.locator(".row.invalid", has_text="search")).to_be_visible()
    open_page(house, page, recording)
    page.get_by_role("button", name="Apply").click()
    expect(watching.locator(".row.valid", has_text="search")).to_be_visible()
    expect(watching.locator(".row.invalid", has_text="login")).to_be_visible()


def test_without_a_script_it_works_as_well(house: Server, recording: dict[str, Any]) -> None:
    address = f"/recordings/{recording['key']}/judge/"
    shown = house.client.get(f"{address}preview/", params={"edition": SECOND}).text
    assert "2 of 3 events change" in shown
    assert "<!doctype html>" in shown


def test_another_page_cannot_have_it_judged(house: Server, recording: dict[str, Any]) -> None:
    answer = house.client.post(f"/recordings/{recording['key']}/judge/", data={"edition": SECOND})
    assert answer.status_code == 403
    assert house.state(recording)["edition"] == FIRST


@pytest.mark.parametrize("path", ["judge/", "judge/preview/"])
def test_a_recording_that_is_not_there_is_not_found(house: Server, path: str) -> None:
    assert house.client.get(f"/recordings/none/{path}").status_code == 404


def test_an_edition_that_is_not_there_is_not_used(house: Server, recording: dict[str, Any]) -> None:
    answer = house.client.get(f"/recordings/{recording['key']}/judge/preview/", params={"edition": "../x\0"})
    assert answer.status_code == 200
    assert f"by edition {SECOND}" in answer.text
