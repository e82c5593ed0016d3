"""The extension in a real Chromium: it captures chosen sites, whatever they forbid, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests import browsers
from tests.extension_host import STUB, Extension, write_extension
from tests.servers import Server
from tests.shim_host import Site

STRICT: Final = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    return server.new_recording("Staging <b>")


@pytest.fixture(scope="module")
def shared(
    browser: Browser, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Extension, list[str]]]:
    """A browser with the extension, and what its pages throw."""
    folder, recording = tmp_path_factory.mktemp("shared"), server.new_recording("Staging <b>")
    thrown: list[str] = []
    write_extension(folder / "extension", recording)
    with browsers.with_extension(browser, folder / "profile", folder / "extension") as context:
        context.on("weberror", lambda error: thrown.append(str(error.error)))
        yield Extension(context, server, recording), thrown


@pytest.fixture
def extension(shared: tuple[Extension, list[str]]) -> Iterator[Extension]:
    """No site is switched on, and nothing is stored yet. In no page may it throw."""
    extension, thrown = shared
    thrown.clear()  # what the test before threw is its own fault
    extension.begin()
    yield extension
    extension.reset()
    assert thrown == []


@pytest.fixture
def other() -> Iterator[Site]:
    """Another site: the same host, another port."""
    other = Site()
    yield other
    other.down()


def shop(site: Site, script: str, path: str = "/shop.html") -> str:
    """The address of a page of the site with the stub and this script."""
    site.files["/shop.js"] = STUB + script
    site.files[path] = "<!doctype html><title>Shop</title><script src='/shop.js'></script><body>"
    return site.url(path)


def call(name: str) -> str:
    return f"cact('trigger', '{name}');"


@pytest.fixture
def page(extension: Extension) -> Page:
    return extension.context.new_page()


# ---- where it captures ----


def test_a_security_policy_does_not_keep_it_from_capturing(
    site: Site, extension: Extension, page: Page
) -> None:
    site.headers = STRICT
    extension.switch(site.url(""))
    page.goto(shop(site, call("a")))
    page.evaluate(call("b"))
    extension.wait_for_names("a", "b")


def test_it_is_there_before_the_first_script_of_the_page(
    site: Site, extension: Extension, page: Page
) -> None:
    extension.switch(site.url(""))
    """What the first script defines is seen in the second one, whatever becomes of it later."""
    gone = call("a") + "caReady.length = 0; delete window.cact; delete window.caReady;"
    address = shop(site, "")
    site.files["/shop.html"] += f"<script>{gone}</script>"
    page.goto(address)
    extension.wait_for_names("a")


def test_it_captures_on_chosen_sites_alone(site: Site, other: Site, extension: Extension, page: Page) -> None:
    extension.switch(site.url(""))
    page.goto(shop(other, call("a")))
    assert page.evaluate("cact === mine"), "nothing of ours runs there"
    page.goto(shop(site, call("b")))
    assert not page.evaluate("cact === mine")
    extension.wait_for_names("b")


def test_a_site_that_is_switched_off_again_is_left_alone(
    site: Site, other: Site, extension: Extension, page: Page
) -> None:
    extension.switch(site.url(""))
    extension.switch(other.url(""))
    page.goto(shop(site, call("a")))
    extension.wait_for_names("a")
    extension.switch(site.url(""), on=False)
    page.evaluate(call("of a page that is still open"))
    with page.expect_navigation():
        page.evaluate(call("of its last moment") + "location.reload()")
    assert page.evaluate("cact === mine")
    page.goto(shop(other, call("b")))
    extension.wait_for_names("a", "b")


# ---- frames ----

FRAMES: Final = {
    "its own page": "frame.src = '/frame.html'",
    "srcdoc": "frame.srcdoc = html",
    "sandboxed srcdoc": "frame.sandbox = 'allow-scripts'; frame.srcdoc = html",
    "about:blank": "frame.src = 'about:blank'; frame.onload = () => frame.contentWindow.eval(script)",
    "blob": "frame.src = URL.createObjectURL(new Blob([html], { type: 'text/html' }))",
}
FRAMED: Final = STUB + call("framed")


@pytest.mark.parametrize("how", FRAMES.values(), ids=FRAMES.keys())
def test_it_captures_in_frames_of_a_chosen_site(
    how: str, site: Site, extension: Extension, page: Page
) -> None:
    extension.switch(site.url(""))
    site.files["/frame.html"] = f"<!doctype html><script>{FRAMED}</script>"
    page.goto(shop(site, ""))
    page.evaluate(
        f"""(script) => {{
        const html = '<!doctype html><script>' + script + '</' + 'script>';
        const frame = document.createElement('iframe');
        {how}; document.body.append(frame) }}""",
        FRAMED,
    )
    extension.wait_for_names("framed")


def test_a_frame_of_another_site_is_captured_where_that_site_is_chosen_too(
    site: Site, other: Site, extension: Extension, page: Page
) -> None:
    extension.switch(site.url(""))
    other.files["/pay.html"] = f"<!doctype html><script>{FRAMED}</script>"
    frame = f"onload = () => {{ document.body.innerHTML = '<iframe src=\"{other.url('/pay.html')}\">' }};"
    with page.expect_response(other.url("/pay.html")):
        page.goto(shop(site, call("a") + frame))
    page.frame_locator("iframe").locator("html").wait_for()
    page.evaluate(call("b"))
    extension.wait_for_names("a", "b")
    extension.switch(other.url(""))
    page.reload()
    extension.wait_for_names("a", "b", "a", "framed")


# ---- leaving, and an inspector that is away ----

LEAVING: Final = {
    "link": "location.href = '/next.html'",
    "another site": "location.href = '{other}'",
    "form": "const form = document.createElement('form'); form.action = '/next.html';"
    "document.body.append(form); form.submit()",
}


@pytest.mark.parametrize("asleep", [False, True], ids=["awake", "asleep"])
@pytest.mark.parametrize("how", LEAVING.values(), ids=LEAVING.keys())
def test_nothing_is_lost_when_a_page_is_left_at_once(
    how: str, asleep: bool, site: Site, other: Site, extension: Extension, page: Page
) -> None:
    extension.switch(site.url(""))
    page.goto(shop(site, call("a")))
    extension.wait_for_names("a")
    if asleep:
        extension.sleep()
    with page.expect_navigation():
        page.evaluate(call("b") + how.replace("{other}", other.url("/next.html")))
    extension.wait_for_names("a", "b")


@pytest.mark.parametrize("asleep", [False, True], ids=["awake", "asleep"])
def test_nothing_is_lost_when_a_tab_is_closed_at_once(
    asleep: bool, site: Site, extension: Extension, page: Page
) -> None:
    extension.switch(site.url(""))
    page.goto(shop(site, call("a") + f"addEventListener('pagehide', () => {{ {call('bye')} }});"))
    extension.wait_for_names("a")
    if asleep:
        extension.sleep()
    page.evaluate(call("b"))
    page.close(run_before_unload=True)
    extension.wait_for_names("a", "b", "bye")


def test_an_inspector_that_is_away_shows_and_gets_everything_when_it_is_back(
    own_server: Server, browser: Browser, site: Site, tmp_path: Path
) -> None:
    recording = own_server.new_recording()
    folder = write_extension(tmp_path / "extension", recording)
    with browsers.with_extension(browser, tmp_path / "profile", folder) as context:
        extension, page = Extension(context, own_server, recording), context.new_page()
        extension.switch(site.url(""))
        page.goto(shop(site, call("a")))
        extension.wait_for_names("a")
        own_server.stop()
        page.evaluate(call("of a page that is left"))
        extension.wait_for_badge(page, "!")
        page.goto(shop(site, call("of a page that lives"), "/second.html"))
        extension.wait_for_badge(page, "!")
        own_server.start()
        extension.wait_for_badge(page, "0")
        names = ["of a page that is left", "of a page that lives"]
        extension.wait_for_events(3)
        assert sorted(extension.names()[1:]) == names


# ---- a browser that was started for one site ----


def test_it_opens_the_site_beside_what_is_there_and_only_once(
    server: Server, browser: Browser, recording: dict[str, Any], site: Site, tmp_path: Path
) -> None:
    folder = write_extension(tmp_path / "extension", recording, shop(site, call("a")))
    with browsers.with_extension(browser, tmp_path / "profile", folder) as context:
        extension = Extension(context, server, recording)
        extension.wait_for_names("a")
        there, opened = extension.ask("() => chrome.windows.getAll()")
        assert opened["left"] + opened["width"] <= there["left"]
        extension.sleep()
        extension.switch(site.url(""), on=False)  # wakes it
        assert len(extension.ask("() => chrome.windows.getAll()")) == 2
        extension.sleep()
        extension.ask("() => chrome.runtime.sendMessage({ ask: 'checkHealth' })")
        assert extension.ask("async () => (await chrome.storage.local.get()).sites") == []
