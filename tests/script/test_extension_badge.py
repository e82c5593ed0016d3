"""The badge on the extension's icon: how many events of the tab's page are invalid."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests import browsers
from tests.extension_host import STUB, Extension, write_extension
from tests.servers import Server
from tests.shim_host import Answer, Inspector, Site
from tests.waiting import wait_for

#: Sends an event; the inspector judges it by its name.
CALL: Final = "cact('trigger', '{}');"
HIDE: Final = """Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))"""


@pytest.fixture
def inspector(inspector: Inspector) -> Inspector:
    """One that finds what an event's name says: ``invalid 1`` is invalid."""
    inspector.answer = receipt
    return inspector


def receipt(body: dict[str, Any]) -> Answer:
    results = [{"event_id": each["id"], "verdict": each["name"].split()[0]} for each in body["events"]]
    return Answer(202, json.dumps({"accepted": len(results), "duplicates": 0, "results": results}))


@pytest.fixture
def extension(
    browser: Browser, server: Server, inspector: Inspector, site: Site, tmp_path: Path
) -> Iterator[Extension]:
    """For that inspector, with the site switched on."""
    urls = {"collect": inspector.url("/collect/key"), "dashboard": inspector.url("/recordings/key/")}
    recording = {"name": "Elsewhere", "urls": urls}
    folder = write_extension(tmp_path / "extension", recording)
    with browsers.with_extension(browser, tmp_path / "profile", folder) as context:
        extension = Extension(context, server, recording)
        extension.switch(site.url(""))
        yield extension


@pytest.fixture
def page(extension: Extension) -> Page:
    return extension.context.new_page()


def shop(site: Site, path: str, *names: str) -> str:
    """The address of a page of the site that fires events of these names."""
    calls = "".join(map(CALL.format, names))
    site.files[path] = f"<!doctype html><title>Shop</title><script>{STUB}{calls}</script><body>"
    return site.url(path)


def test_it_counts_the_invalid_events_of_each_tab_alone(site: Site, extension: Extension, page: Page) -> None:
    page.goto(shop(site, "/one.html", "invalid 1", "valid 2", "warning 3", "invalid 4"))
    extension.wait_for_badge(page, "2")
    second = extension.context.new_page()
    second.goto(shop(site, "/two.html", "invalid 5"))
    extension.wait_for_badge(second, "1")
    page.evaluate(CALL.format("invalid 6"))
    extension.wait_for_badge(page, "3")
    assert extension.badge(second) == "1"


def test_it_knows_the_count_when_its_worker_was_stopped(site: Site, extension: Extension, page: Page) -> None:
    page.goto(shop(site, "/one.html", "invalid 1", "invalid 2"))
    extension.wait_for_badge(page, "2")
    extension.sleep()
    assert extension.badge(page) == "2"
    page.evaluate(CALL.format("invalid 3"))
    extension.wait_for_badge(page, "3")


def test_it_starts_again_with_each_navigation(site: Site, extension: Extension, page: Page) -> None:
    page.goto(shop(site, "/one.html", "invalid 1"))
    extension.wait_for_badge(page, "1")
    page.goto(shop(site, "/two.html", "valid 2"))
    extension.wait_for_badge(page, "0")
    page.goto(shop(site, "/three.html", "invalid 3"))
    extension.wait_for_badge(page, "1")


def test_soft_navigation_keeps_it(site: Site, extension: Extension, page: Page) -> None:
    page.goto(shop(site, "/one.html", "invalid 1"))
    extension.wait_for_badge(page, "1")
    page.evaluate("history.pushState(null, '', '/soft')")
    page.evaluate(CALL.format("invalid 2"))
    extension.wait_for_badge(page, "2")


def test_where_a_site_is_off_it_is_blank(site: Site, extension: Extension, page: Page) -> None:
    page.goto(shop(site, "/one.html", "invalid 1"))
    extension.wait_for_badge(page, "1")
    extension.switch(site.url(""), on=False)
    page.goto(shop(site, "/two.html", "invalid 2"))
    extension.wait_for_badge(page, "")


def fire_and_wait(name: str, page: Page, extension: Extension, inspector: Inspector) -> None:
    """Fire one more event; when it has been counted, so has all that was answered before it."""
    page.evaluate(CALL.format(name))
    id_ = wait_for(name, lambda: [each["id"] for each in inspector.events() if each["name"] == name])[0]
    counted = "async (key) => (await chrome.storage.session.get())[key].seen"
    key = f"tab:{extension.tab(page)}"
    wait_for("its answer", lambda: id_ in extension.ask(counted, key))


def test_an_event_that_is_sent_twice_counts_once(
    site: Site, extension: Extension, page: Page, inspector: Inspector
) -> None:
    with inspector.silent():
        page.goto(shop(site, "/one.html", "invalid 1"))
        inspector.wait_for_posts(1)
        page.evaluate(HIDE)  # it might never come back, so what is unconfirmed is sent again
        inspector.wait_for_posts(2)
    fire_and_wait("invalid 2", page, extension, inspector)
    extension.wait_for_badge(page, "2")


def test_what_a_page_fired_that_was_left_counts_no_more(
    site: Site, extension: Extension, page: Page, inspector: Inspector
) -> None:
    with inspector.silent():
        page.goto(shop(site, "/one.html", "invalid 1"))
        inspector.wait_for_posts(1)
        page.goto(shop(site, "/two.html"))
        extension.wait_for_badge(page, "0")
    fire_and_wait("invalid 2", page, extension, inspector)
    fire_and_wait("invalid 3", page, extension, inspector)
    extension.wait_for_badge(page, "2")


def test_many_are_cut_to_what_fits(site: Site, extension: Extension, page: Page) -> None:
    page.goto(shop(site, "/one.html"))
    for hundred in range(10):
        page.evaluate(f"for (let i = 0; i < 100; i++) cact('trigger', 'invalid ' + ({hundred} * 100 + i))")
        extension.wait_for_badge(page, "999+" if hundred == 9 else f"{hundred + 1}00")
