"""The share page: what is chosen is what the preview and the link show; links are listed and ended."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.posting import page_load, post, shim_event
from tests.servers import Server

USER = {"id": "id-845454", "email": "ada@lovelace.example", "city": "Marylebone"}


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    recording = server.new_recording("Staging")
    events = [
        shim_event(1, "login", {"user": USER}),
        shim_event(2, "search", {}),
        shim_event(3, "login", {"user": USER}),
    ]
    post(server, recording, events, page_load("/account", "Account"))
    return recording


@pytest.fixture
def share_page(server: Server, page: Page, recording: dict[str, Any]) -> Page:
    page.goto(f"{server.url}/recordings/{recording['key']}/share/")
    return page


def test_everything_is_masked_unless_somebody_chooses_otherwise(share_page: Page) -> None:
    expect(share_page.locator("input[name=masked]:not(:checked)")).to_have_count(0)
    preview = share_page.locator("#preview")
    expect(preview).to_contain_text("‹address ")
    expect(preview).not_to_contain_text("Marylebone")
    share_page.get_by_label("Addresses", exact=True).uncheck()
    expect(preview).to_contain_text("Marylebone")
    expect(preview).not_to_contain_text("845454")


def test_the_preview_is_what_the_link_shows(share_page: Page) -> None:
    share_page.get_by_label("Names").uncheck()
    share_page.get_by_label("Addresses", exact=True).uncheck()
    expect(share_page.locator("#preview")).to_contain_text("Marylebone")
    share_page.locator("#preview a.row").first.click()
    expect(share_page.locator("#preview article")).to_have_attribute("data-event", "1")
    values = share_page.locator("#preview .parameters td.value").all_inner_texts()
    share_page.get_by_role("button", name="Make the link").click()
    share_page.goto(share_page.locator("#made-link").inner_text() + "?event=1")
    assert share_page.locator("#detail .parameters td.value").all_inner_texts() == values
    assert any("Marylebone" in value for value in values)


def test_the_dashboards_filter_and_event_can_be_shared(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    page.goto(f"{server.url}/recordings/{recording['key']}/")
    expect(page.locator("#status")).to_have_attribute("data-state", "live")
    page.get_by_label("login").check()
    expect(page.locator("a.row")).to_have_count(2)
    page.locator("#event-3").click()
    expect(page.locator("#detail article")).to_have_attribute("data-event", "3")
    page.get_by_role("link", name="Share").click()
    expect(page.locator("input[name=what]:checked")).to_have_value("filter")
    expect(page.locator("#preview a.row .name")).to_have_text(["login", "login"])
    page.get_by_label("This event alone").check()
    expect(page.locator("#preview a.row")).to_have_count(1)
    page.get_by_label("The whole recording").check()
    expect(page.locator("#preview a.row")).to_have_count(3)
    page.get_by_label("This event alone").check()
    expect(page.locator("#preview a.row")).to_have_count(1)
    page.get_by_role("button", name="Make the link").click()
    expect(page.locator("#links tbody tr")).to_contain_text("event #3")
    page.goto(page.locator("#made-link").inner_text())
    expect(page.locator("a.row")).to_have_count(1)
    expect(page.locator("#detail article")).to_have_attribute("data-event", "3")


def test_the_link_is_shown_once(share_page: Page) -> None:
    share_page.get_by_label("Label").fill("agency")
    share_page.get_by_label("Works for").select_option("7")
    share_page.get_by_label("Password", exact=True).fill("secret")
    share_page.get_by_role("button", name="Make the link").click()
    link = share_page.locator("#made-link").inner_text()
    assert re.search(r"/s/[\w-]{43}/$", link)
    row = share_page.locator("#links tbody tr")
    expect(row).to_contain_text("agency password whole recording all personal values")
    share_page.goto(re.sub(r"new/$", "", share_page.url))
    expect(share_page.locator("#links tbody tr")).to_have_count(1)
    assert link.rpartition("/s/")[2].strip("/") not in share_page.content()


def test_a_revoked_link_stays_listed_until_it_is_forgotten(share_page: Page) -> None:
    share_page.get_by_role("button", name="Make the link").click()
    share_page.get_by_role("button", name="Revoke").click()
    expect(share_page.locator("#links tbody tr")).to_contain_text("revoked")
    share_page.get_by_role("button", name="Forget").click()
    expect(share_page.locator("#links")).to_contain_text("There is none yet")


def test_a_page_from_elsewhere_cannot_share(server: Server, recording: dict[str, Any]) -> None:
    for path in ("new/", "1/end/"):
        answer = server.client.post(f"/recordings/{recording['key']}/share/{path}", data={"what": "all"})
        assert answer.status_code == 403
    assert server.client.get(f"/recordings/{recording['key']}/share/new/").status_code == 405


def test_hostile_choices_do_no_harm(server: Server, recording: dict[str, Any]) -> None:
    for query in (
        "what=event&event=999",
        "what=event&event=x",
        "what=filter&filter=%00%ff",
        "chosen=1&masked=nonsense",
    ):
        for place in ("", "preview/", "preview/events/1/", "preview/events/99/"):
            answer = server.client.get(f"/recordings/{recording['key']}/share/{place}?{query}")
            assert answer.status_code in (200, 404), (place, query)
