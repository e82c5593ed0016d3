"""The extension in a real Firefox, installed as a temporary add-on from the file that the server gives out.

Not driven: the toolbar's button, under which the popup opens (here its page is opened in a tab of its own);
the question for access to sites when a user installs the extension, and its switch in ``about:addons``;
``about:debugging``, where a user loads the file; private windows.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.extension_host import STUB
from tests.firefox.browser import Firefox, Tab
from tests.firefox.extension import Extension
from tests.servers import Server
from tests.shim_host import Site
from tests.waiting import wait_for

STRICT: Final = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}


@pytest.fixture
def extension(firefox: Firefox, server: Server, tmp_path: Path) -> Iterator[Extension]:
    extension = Extension(firefox, server, server.new_recording("Staging <b>"), tmp_path / "extension.zip")
    yield extension
    extension.reset()


@pytest.fixture
def other() -> Iterator[Site]:
    """Another site: the same host, another port."""
    other = Site()
    yield other
    other.down()


def call(name: str) -> str:
    return f"cact('trigger', '{name}');"


def shop(site: Site, script: str, path: str = "/shop.html") -> str:
    """The address of a page of the site with a script of the stub and this one."""
    site.files |= {"/stub.js": STUB, "/shop.js": script}
    scripts = "<script src='/stub.js'></script><script src='/shop.js'></script>"
    site.files[path] = f"<!doctype html><title>Shop</title>{scripts}<body>"
    return site.url(path)


def test_it_captures_from_the_first_call_on_whatever_a_policy_forbids(
    site: Site, extension: Extension, tab: Tab
) -> None:
    site.headers = STRICT
    extension.switch(site.url(""))
    tab.goto(shop(site, call("a") + "caReady.length = 0; delete window.cact; delete window.caReady;"))
    extension.wait_for_names("a")
    (event,) = extension.server.stored(extension.recording)
    assert event["call_site"].startswith(site.url("/shop.js:1:"))


def test_it_captures_on_chosen_sites_alone(site: Site, other: Site, extension: Extension, tab: Tab) -> None:
    extension.switch(site.url(""))
    tab.goto(shop(site, call("a")))
    assert not tab.evaluate("cact === mine")
    tab.goto(shop(other, call("b")))
    tab.goto(shop(site, call("c")))
    extension.wait_for_names("a", "c")


def test_a_site_that_is_switched_off_again_is_left_alone(site: Site, extension: Extension, tab: Tab) -> None:
    extension.switch(site.url(""))
    tab.goto(shop(site, call("a")))
    extension.wait_for_names("a")
    extension.switch(site.url(""), on=False)
    tab.leave(call("of a page that is still open") + "location.reload()")
    assert tab.evaluate("cact === mine")
    extension.switch(site.url(""))
    tab.goto(shop(site, call("b")))
    extension.wait_for_names("a", "b")


_FRAMES: Final = {
    "its own page": "frame.src = '/frame.html'",
    "srcdoc": "frame.srcdoc = html",
    "sandboxed srcdoc": "frame.sandbox = 'allow-scripts'; frame.srcdoc = html",
    "about:blank": "frame.src = 'about:blank'; frame.onload = () => frame.contentWindow.eval(script)",
    "blob": "frame.src = URL.createObjectURL(new Blob([html], { type: 'text/html' }))",
}


@pytest.mark.parametrize("how", _FRAMES.values(), ids=_FRAMES.keys())
def test_it_captures_in_frames_of_a_chosen_site(how: str, site: Site, extension: Extension, tab: Tab) -> None:
    extension.switch(site.url(""))
    framed = STUB + call("framed")
    site.files["/frame.html"] = f"<!doctype html><script>{framed}</script>"
    tab.goto(shop(site, ""))
    tab.evaluate(
        f"""(() => {{
        const script = {framed!r}, html = '<!doctype html><script>' + script + '</' + 'script>';
        const frame = document.createElement('iframe');
        {how}; document.body.append(frame) }})()"""
    )
    extension.wait_for_names("framed")


_LEAVING: Final = {
    "link": "location.href = '/next.html'",
    "another site": "location.href = '{other}'",
    "form": "const form = document.createElement('form'); form.action = '/next.html';"
    "document.body.append(form); form.submit()",
}


@pytest.mark.parametrize("how", _LEAVING.values(), ids=_LEAVING.keys())
def test_nothing_is_lost_when_a_page_is_left_at_once(
    how: str, site: Site, other: Site, extension: Extension, tab: Tab
) -> None:
    extension.switch(site.url(""))
    tab.goto(shop(site, call("a") + f"addEventListener('pagehide', () => {{ {call('bye')} }});"))
    extension.wait_for_names("a")
    tab.leave(call("b") + how.replace("{other}", other.url("/next.html")))
    extension.wait_for_names("a", "b", "bye")


@pytest.mark.parametrize("asking", [True, False], ids=["by a user", "at once"])
def test_nothing_is_lost_when_a_tab_is_closed_at_once(
    asking: bool, site: Site, extension: Extension, tab: Tab
) -> None:
    extension.switch(site.url(""))
    tab.goto(shop(site, call("a") + f"addEventListener('pagehide', () => {{ {call('bye')} }});"))
    extension.wait_for_names("a")
    tab.evaluate(call("b"))
    tab.close(asking=asking)
    extension.wait_for_names("a", "b", "bye")


def test_an_inspector_that_is_away_shows_and_gets_everything_when_it_is_back(
    own_server: Server, firefox: Firefox, site: Site, tab: Tab, tmp_path: Path
) -> None:
    extension = Extension(firefox, own_server, own_server.new_recording(), tmp_path / "extension.zip")
    extension.switch(site.url(""))
    tab.goto(shop(site, call("a")))
    extension.wait_for_names("a")
    own_server.stop()
    tab.evaluate(call("of a page that is left"))
    extension.wait_for_badge(tab, "!")
    tab.goto(shop(site, call("of a page that lives"), "/second.html"))
    extension.wait_for_badge(tab, "!")
    own_server.start()
    extension.wait_for_badge(tab, "0")
    wait_for("all events", lambda: len(extension.names()) == 3)
    assert sorted(extension.names()[1:]) == ["of a page that is left", "of a page that lives"]
    extension.reset()


_CALLS: Final = """cact('trigger', 'login', { method: 7 }); cact('trigger', 'no such event');
    cact('trigger', 'login', { user: { id: '1', consent_categories: ['1'] } });"""


def test_its_popup_switches_the_site_on_and_counts_verdicts(
    site: Site, extension: Extension, tab: Tab
) -> None:
    tab.goto(shop(site, _CALLS))
    popup = extension.popup(tab)
    popup.click("#site")
    popup.click("#reload")
    text = "document.getElementById('counts').innerText.split('\\n')"
    counts = ["✕ 1 invalid", "⚠ 1 with warnings", "✓ 1 valid"]
    wait_for("the counts", lambda: popup.evaluate(text) == counts)
    extension.wait_for_badge(tab, "1")
    popup.click("#site")
    wait_for("the site to be off", lambda: extension.ask("browser.storage.local.get('sites')")["sites"] == [])
