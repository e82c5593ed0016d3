"""The recordings page: everything about all recordings, found, changed and deleted from the keyboard."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.posting import page_load, post, shim_event
from tests.servers import Server
from tests.viewers import viewing


def make(server: Server, name: str, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = server.client.post("/api/recordings", json={"name": name} | fields).json()
    return made


def change(server: Server, recording: dict[str, Any], **fields: Any) -> None:
    server.client.patch(f"/api/recordings/{recording['key']}", json=fields).raise_for_status()


def open_list(server: Server, page: Page, query: str = "") -> None:
    """Go there, and wait until keys and clicks do what they should."""
    page.goto(f"{server.url}/recordings/{query}")
    page.locator("html[data-ready]").wait_for()


def row(page: Page, recording: dict[str, Any]) -> Locator:
    return page.locator(f"#recording-{recording['key']}")


@pytest.fixture
def mark(server: Server) -> str:
    """A word that is in the names of this test's recordings alone."""
    return f"m{server.new_recording()['key']}"


def test_a_row_says_what_there_is_to_know(server: Server, page: Page) -> None:
    recording = make(server, "Checkout", person="Ada Lovelace", colour="teal", tags=["release 12"])
    post(server, recording, [shim_event(1), shim_event(3, "search", {})], page_load())
    change(server, recording, stopped=True, pinned=True)
    open_list(server, page)
    shown = row(page, recording)
    expect(shown.get_by_role("link", name="Checkout")).to_have_attribute(
        "href", f"/recordings/{recording['key']}/"
    )
    for text in ("shop.example", "Ada Lovelace", "#release 12", "stopped", "pinned", "1 invalid", "1 valid"):
        expect(shown).to_contain_text(text)
    expect(shown).to_contain_text("1 missing")
    expect(shown).to_contain_text(re.compile(r"\d\.\d\sKB"))
    expect(shown.locator(".dot.teal")).to_have_text("AL")


def test_what_pages_wrote_stays_text(server: Server, page: Page) -> None:
    recording = make(server, "<img src=x onerror=alert(1)>", person="<b>", tags=["<i>&'"])
    post(server, recording, [shim_event(1)], page_load(url="https://<script>.example/"))
    open_list(server, page)
    expect(row(page, recording)).to_contain_text("<img src=x onerror=alert(1)>")
    expect(row(page, recording)).to_contain_text("#<i>&'")
    assert row(page, recording).locator("img, b, i, script").count() == 0


def test_searching_keeps_the_address_so_that_it_can_be_sent_on(server: Server, page: Page, mark: str) -> None:
    wanted, other = make(server, f"{mark} wanted", tags=["a&b"]), make(server, f"{mark} other")
    open_list(server, page, f"?q={mark}")
    expect(row(page, other)).to_be_visible()
    page.locator("body").press("/")
    page.keyboard.press("End")
    page.keyboard.type(" wanted")
    expect(row(page, other)).to_have_count(0)
    expect(row(page, wanted)).to_be_visible()
    expect(page).to_have_url(f"{server.url}/recordings/?q={mark}+wanted")
    page.reload()
    expect(page.locator("#search")).to_have_value(f"{mark} wanted")
    expect(row(page, other)).to_have_count(0)
    page.locator("html[data-ready]").wait_for()
    page.locator("#search").fill("")
    expect(page).to_have_url(f"{server.url}/recordings/")
    row(page, wanted).get_by_role("link", name="#a&b").click()
    expect(page.get_by_role("checkbox", name="#a&b")).to_be_checked()
    expect(row(page, other)).to_have_count(0)


def test_what_is_chosen_is_offered_however_rare_it_is(server: Server, page: Page, mark: str) -> None:
    frequent = [f"{mark}-{number}" for number in range(40)]
    for first in range(0, 40, 10):
        for _ in range(2):
            make(server, f"{mark} often", tags=frequent[first : first + 10])
    make(server, f"{mark} once", tags=[f"{mark}-rare"])
    rare = page.get_by_role("checkbox", name=f"#{mark}-rare")
    open_list(server, page, f"?q={mark}")
    expect(rare).to_have_count(0)
    open_list(server, page, f"?tag={mark}-rare&person=Nobody+We+Know")
    expect(rare).to_be_checked()
    expect(page.get_by_role("checkbox", name="Nobody We Know")).to_be_checked()
    rare.uncheck()
    expect(page).to_have_url(f"{server.url}/recordings/?person=Nobody+We+Know")


def test_archived_ones_are_shown_when_asked_for(server: Server, page: Page, mark: str) -> None:
    recording = make(server, f"{mark} old")
    change(server, recording, archived=True)
    open_list(server, page, f"?q={mark}")
    expect(row(page, recording)).to_have_count(0)
    page.get_by_role("checkbox", name=re.compile("Archived")).check()
    expect(row(page, recording)).to_be_visible()
    expect(page).to_have_url(f"{server.url}/recordings/?q={mark}&archived=1")


def test_renaming_needs_the_keyboard_alone_and_keeps_the_place(server: Server, page: Page, mark: str) -> None:
    recording = make(server, f"{mark} before", tags=["one"])
    open_list(server, page, f"?q={mark}")
    menu = row(page, recording).locator("summary")
    menu.focus()
    page.keyboard.press("F2")
    expect(row(page, recording).get_by_label("Name")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(f"{mark} after")
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.type(", Two")
    page.keyboard.press("Enter")
    expect(row(page, recording).locator(".name")).to_have_text(f"{mark} after")
    expect(row(page, recording)).to_contain_text("#two")
    expect(menu).to_be_focused()
    assert server.state(recording)["tags"] == ["one", "two"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row(page, recording).get_by_label("Name")).to_be_focused()
    page.keyboard.type("nonsense")
    page.keyboard.press("Escape")
    expect(row(page, recording).locator(".name")).to_have_text(f"{mark} after")
    expect(menu).to_be_focused()


#: What the menu offers, what then stands in the row and in the API, and what takes it back.
SWITCHES = [
    ("Stop", "stopped", "stopped", "Resume"),
    ("Pin: keep for ever", "pinned", "pinned", "Let it expire"),
    ("Archive", "archived", "archived", "Back from the archive"),
]


@pytest.mark.parametrize(("do", "badge", "field", "undo"), SWITCHES, ids=[one[0] for one in SWITCHES])
def test_the_menu_switches_and_switches_back(
    do: str, badge: str, field: str, undo: str, server: Server, page: Page, mark: str
) -> None:
    recording = make(server, mark)
    open_list(server, page, f"?q={mark}")
    menu = row(page, recording).locator("summary")
    menu.press("Enter")
    row(page, recording).get_by_role("button", name=do, exact=True).press("Enter")
    expect(row(page, recording).locator(".badge")).to_contain_text(badge)
    expect(menu).to_be_focused()
    assert server.state(recording)[field] is True
    menu.press("Enter")
    row(page, recording).get_by_role("button", name=undo).click()
    expect(row(page, recording).locator(".badge")).to_have_count(0)
    assert server.state(recording)[field] is False


def test_escape_closes_the_menu_and_only_one_is_open(server: Server, page: Page, mark: str) -> None:
    first, second = make(server, mark), make(server, mark)
    open_list(server, page, f"?q={mark}")
    for recording in (first, second):
        row(page, recording).locator("summary").click()
    expect(page.locator("details[data-menu][open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("details[data-menu][open]")).to_have_count(0)
    expect(row(page, second).locator("summary")).to_be_focused()


def test_deleting_is_asked_twice_and_says_what_goes(server: Server, page: Page, mark: str) -> None:
    recording = make(server, f"{mark} gone", person="Bob")
    post(server, recording, [shim_event(1), shim_event(2, "search", {})])
    open_list(server, page, f"?q={mark}")
    row(page, recording).locator("summary").press("Enter")
    row(page, recording).get_by_role("link", name="Delete…").press("Enter")
    for question in (f"Delete “{mark} gone”?", f"Really delete “{mark} gone”?"):
        expect(page.get_by_role("heading")).to_have_text(question)
        expect(page.locator(".going")).to_contain_text("2 events")
        expect(page.locator(".going")).to_contain_text("0 share links")
        expect(page.locator(".going")).to_contain_text("Bob")
        expect(page.get_by_role("link", name="Keep it")).to_be_focused()
        assert server.client.get(f"/api/recordings/{recording['key']}").status_code == 200
        page.locator("button.danger").press("Enter")
    expect(page).to_have_url(f"{server.url}/recordings/")
    expect(row(page, recording)).to_have_count(0)
    assert server.client.get(f"/api/recordings/{recording['key']}").status_code == 404


def test_one_answer_deletes_nothing_and_neither_does_another_site(server: Server) -> None:
    recording = server.new_recording()
    address = f"/recordings/{recording['key']}/delete/"
    assert server.client.post(address, data={"sure": recording["key"]}).status_code == 403
    server.client.get(address)
    token = {"X-CSRFToken": server.client.cookies["csrftoken"]}
    for sure in ({}, {"sure": "1"}, {"sure": ""}):
        assert server.client.post(address, data=sure, headers=token).status_code == 200
    assert server.state(recording)["key"] == recording["key"]


def test_further_rows_come_as_one_scrolls(server: Server, page: Page, mark: str) -> None:
    made = [make(server, f"{mark} {number}") for number in range(120)]
    open_list(server, page, f"?q={mark}")
    expect(page.locator("tr.recording")).to_have_count(100)
    page.locator("#more").scroll_into_view_if_needed()
    expect(page.locator("tr.recording")).to_have_count(120)
    expect(page.locator("#more")).to_have_count(0)
    ids = page.locator("tr.recording").evaluate_all("rows => rows.map(row => row.id)")
    assert ids == [f"recording-{recording['key']}" for recording in reversed(made)]


def test_a_dashboard_of_a_deleted_recording_says_so_and_tries_no_more(server: Server, page: Page) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1)])
    page.goto(recording["urls"]["dashboard"])
    expect(page.locator("#status")).to_have_attribute("data-state", "live")
    expect(page.locator("[data-gone]")).to_be_hidden()
    asked: list[str] = []
    page.on("websocket", lambda socket: asked.append(socket.url))
    server.client.delete(f"/api/recordings/{recording['key']}")
    expect(page.locator("#status")).to_have_attribute("data-state", "gone")
    expect(page.locator("[data-gone]")).to_contain_text("This recording was deleted")
    page.locator("[data-gone]").get_by_role("link").click()
    expect(page).to_have_url(f"{server.url}/recordings/")
    assert asked == []


def test_a_viewer_is_sent_away_when_its_recording_is_deleted(any_server: Server) -> None:
    recording = any_server.new_recording()
    with viewing(any_server, recording) as viewer:
        viewer.follow()
        viewer.next_frame()
        any_server.client.delete(f"/api/recordings/{recording['key']}")
        assert viewer.close_code() == 4404


def test_a_clean_one_is_a_key_away_and_named_after_the_site(server: Server, page: Page) -> None:
    recording = make(server, "Before", tags=["release 12"])
    post(server, recording, [shim_event(1)])
    page.goto(recording["urls"]["dashboard"])
    page.locator("html[data-ready]").wait_for()
    page.keyboard.press("n")
    expect(page.locator(".empty")).to_contain_text("Waiting for the first event")
    expect(page.locator("[data-menu] summary").first).to_contain_text("shop.example, ")
    key = page.url.rstrip("/").rpartition("/")[2]
    assert key != recording["key"]
    assert server.client.get(f"/api/recordings/{key}").json()["tags"] == ["release 12"]
    assert server.state(recording)["last_seq"] == 1
