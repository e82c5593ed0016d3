"""The extension's popup: what it says about the tab under it, and what its switches do."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import browsers
from tests.extension_host import STUB, Extension, write_extension
from tests.servers import Server
from tests.shim_host import Answer, Inspector, Site
from tests.waiting import wait_for

CALLS: Final = """cact('trigger', 'login', { method: 7 }); cact('trigger', 'no such event');
    cact('trigger', 'login', { user: { id: '1', consent_categories: ['1'] } });"""


@pytest.fixture
def site(site: Site) -> Site:
    site.files["/shop.html"] = f"<!doctype html><title>Shop</title><script>{STUB}{CALLS}</script><body>"
    return site


@pytest.fixture(scope="module")
def shared(
    browser: Browser, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Extension, list[str]]]:
    """A browser with the extension, and the errors of its pages.

    What the extension shows in pages is replaced by something that a test can see.
    """
    folder, recording = tmp_path_factory.mktemp("shared"), server.new_recording("Staging <b>")
    write_extension(folder / "extension", recording)
    (folder / "extension" / "shim-show.js").write_text("window.shows = true;")
    with browsers.with_extension(browser, folder / "profile", folder / "extension") as context:
        errors = browsers.watch_errors(context)
        yield Extension(context, server, recording), errors


@pytest.fixture
def extension(shared: tuple[Extension, list[str]]) -> Iterator[Extension]:
    """As it was installed. In no page, the popup among them, may it throw or log an error."""
    extension, errors = shared
    errors.clear()  # what the test before logged is its own fault
    yield extension
    extension.reset()
    assert [error for error in errors if "favicon" not in error] == []


Over = Callable[[], tuple[Page, Page]]


@pytest.fixture
def over(extension: Extension, site: Site) -> Over:
    """Opens a page of the site, and the popup over it."""

    def over() -> tuple[Page, Page]:
        page = extension.context.new_page()
        page.goto(site.url("/shop.html"))
        return page, extension.popup(page)

    return over


def switch(popup: Page | Locator, name: str) -> Locator:
    return popup.get_by_role("switch", name=name)


def test_a_site_is_switched_on_and_its_page_reloaded(site: Site, extension: Extension, over: Over) -> None:
    page, popup = over()
    here = switch(popup, f"Capture {site.url('')}")
    expect(here).not_to_be_checked()
    expect(popup.get_by_role("button", name="Reload the page")).to_be_hidden()
    here.check()
    expect(popup.get_by_text("Reload the page to capture it from its first event on.")).to_be_visible()
    with page.expect_event("load"):
        popup.get_by_role("button", name="Reload the page").click()
    counts = popup.get_by_role("list", name="Events of this page").get_by_role("listitem")
    expect(counts).to_have_text(["✕ 1 invalid", "⚠ 1 with warnings", "✓ 1 valid"])
    expect(popup.get_by_role("button", name="Reload the page")).to_be_hidden()
    extension.wait_for_badge(page, "1")


def test_a_site_is_switched_off_and_its_page_reloaded(site: Site, extension: Extension, over: Over) -> None:
    extension.switch(site.url(""))
    page, popup = over()
    switch(popup, "Capture").uncheck()
    expect(popup.get_by_text("Nothing more is captured.")).to_be_visible()
    with page.expect_event("load"):
        popup.get_by_role("button", name="Reload the page").click()
    expect(popup.get_by_text("Nothing more is captured.")).to_be_hidden()
    assert page.evaluate("cact === mine")


def test_it_says_where_the_events_go(extension: Extension, over: Over) -> None:
    _, popup = over()
    expect(popup.get_by_role("heading", level=1)).to_have_text("Staging <b>")
    with extension.context.expect_page() as opened:
        popup.get_by_role("link", name="Open the dashboard").click()
    expect(opened.value).to_have_title("Staging <b> · Cact Inspector")


def test_frames_and_other_sites_have_switches(site: Site, extension: Extension, over: Over) -> None:
    elsewhere = site.url("/next.html").replace("127.0.0.1", "localhost")
    site.files["/shop.html"] = f"<!doctype html><iframe src='{elsewhere}'></iframe>"
    extension.switch("https://shop.example")
    _, popup = over()
    frames = popup.get_by_role("region", name="Frames of other sites in this page")
    switch(frames, elsewhere.removesuffix("/next.html")).check()
    expect(popup.get_by_role("button", name="Reload the page")).to_be_visible()
    others = popup.get_by_role("region", name="Other sites that are switched on")
    switch(others, "shop.example").uncheck()
    popup.reload()
    expect(frames.get_by_role("switch")).to_be_checked()
    expect(others).to_be_hidden()


def test_verdicts_show_in_the_page_when_that_is_switched_on(
    site: Site, extension: Extension, over: Over
) -> None:
    extension.switch(site.url(""))
    page, popup = over()
    assert page.evaluate("window.shows") is None
    switch(popup, "Show verdicts in the page").check()
    with page.expect_event("load"):
        popup.get_by_role("button", name="Reload the page").click()
    assert page.evaluate("window.shows") is True
    expect(popup.get_by_role("button", name="Reload the page")).to_be_hidden()


def test_the_keyboard_does_it_all(site: Site, extension: Extension, over: Over) -> None:
    page, popup = over()
    popup.get_by_role("link", name="Open the dashboard").focus()
    popup.keyboard.press("Tab")
    popup.keyboard.press("Space")
    expect(switch(popup, "Capture")).to_be_checked()
    expect(switch(popup, "Capture")).to_be_focused()
    expect(popup.get_by_role("button", name="Reload the page")).to_be_visible()
    popup.keyboard.press("Tab")
    with page.expect_event("load"):
        popup.keyboard.press("Enter")


def test_a_page_of_the_browser_cannot_be_captured(extension: Extension) -> None:
    page = extension.context.new_page()
    page.goto(f"{extension.url}/popup.css")
    popup = extension.popup(page)
    expect(switch(popup, "This page cannot be captured")).to_be_disabled()


# ---- an inspector that does not take events ----


@pytest.fixture
def beside(browser: Browser, server: Server, inspector: Inspector, tmp_path: Path) -> Iterator[Extension]:
    """The extension for an inspector that a test can switch off or make refuse."""
    urls = {"collect": inspector.url("/collect/key"), "dashboard": inspector.url("/recordings/key/")}
    recording = {"name": "Elsewhere", "urls": urls}
    folder = write_extension(tmp_path / "beside", recording)
    with browsers.with_extension(browser, tmp_path / "beside profile", folder) as context:
        yield Extension(context, server, recording)


def test_it_says_when_the_inspector_is_away(site: Site, beside: Extension, inspector: Inspector) -> None:
    page = beside.context.new_page()
    page.goto(site.url("/shop.html"))
    inspector.down()
    popup = beside.popup(page)
    status = popup.get_by_role("status")
    expect(status).to_contain_text(f"The inspector at 127.0.0.1:{inspector.port} does not answer.")
    inspector.up()
    popup.reload()
    stored = "async () => (await chrome.storage.session.get()).trouble"
    wait_for("its coming back", lambda: beside.ask(stored) == "")
    expect(status).to_be_hidden()


def test_it_says_when_the_recording_is_gone(site: Site, beside: Extension, inspector: Inspector) -> None:
    inspector.answer = lambda _: Answer(404)
    beside.switch(site.url(""))
    page = beside.context.new_page()
    page.goto(site.url("/shop.html"))
    beside.wait_for_badge(page, "!")
    status = beside.popup(page).get_by_role("status")
    expect(status).to_contain_text("The inspector no longer has this recording.")
