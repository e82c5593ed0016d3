"""Every way to connect works as it is copied, and says what it is for."""

import html
import re
import shlex
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from inspector.script.snippets import bookmarklet, script_tag
from tests.servers import Server
from tests.shim_host import Site
from tests.waiting import wait_for

STUB = "window.caReady = []; window.cact = function () { window.caReady.push(arguments) };"
CALL = "cact('trigger', 'login', { method: 'test' })"


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    return server.new_recording("Staging <b>")


@pytest.fixture
def snippets(server: Server, page: Page, recording: dict[str, Any]) -> dict[str, str]:
    """What the copy buttons copy, by the id of the way."""
    page.goto(f"{recording['urls']['dashboard']}connect/")
    codes = page.locator(".way pre").evaluate_all("all => all.map(pre => [pre.id, pre.textContent])")
    return {id_.removeprefix("code-"): code for id_, code in codes}


def names(server: Server, recording: dict[str, Any]) -> list[str]:
    events = server.client.get(f"/api/recordings/{recording['key']}/events").json()["events"]
    return [event["event_name"] for event in events]


def open_site(page: Page, site: Site, head: str = "") -> None:
    """A page of somebody else's, on another origin."""
    icon = '<link rel="icon" href="data:,">'  # so that no browser asks for one
    site.files["/shop.html"] = f"<!doctype html><head>{icon}{head}<script>{STUB}</script></head>"
    page.goto(site.url("/shop.html"))


def test_every_way_is_there_with_a_reason_and_a_button(
    snippets: dict[str, str], page: Page, recording: dict[str, Any]
) -> None:
    ways = [
        "open",
        "script",
        "bookmarklet",
        "console",
        "tag-manager",
        "userscript",
        "mobile-app",
        "curl",
        "http-api",
        "container",
        "pixel",
        "key",
    ]
    assert list(snippets) == ways
    assert recording["key"] in snippets.pop("open")
    for code in snippets.values():
        assert recording["capture_key"] in code
    assert page.locator(".way button[data-copy]").count() == len(ways)
    assert all(page.locator(".way > div:first-child p").all_text_contents())


def test_the_page_leads_back_and_to_the_demo(
    snippets: dict[str, str], page: Page, recording: dict[str, Any]
) -> None:
    back = page.get_by_role("link", name="← Staging <b>")
    expect(back).to_have_attribute("href", f"/recordings/{recording['key']}/")
    demo = page.get_by_role("link", name="The demo shop")
    expect(demo).to_have_attribute("href", f"/demo/?recording={recording['key']}")
    expect(page.get_by_text("writes into this recording and reads nothing")).to_be_visible()


def test_the_script_tag_captures(
    server: Server, site: Site, snippets: dict[str, str], page: Page, recording: dict[str, Any]
) -> None:
    open_site(page, site, snippets["script"])
    page.evaluate(CALL)
    wait_for("the event", lambda: names(server, recording) == ["login"])


def test_the_tag_manager_tag_captures(
    server: Server, site: Site, snippets: dict[str, str], page: Page, recording: dict[str, Any]
) -> None:
    open_site(page, site, snippets["tag-manager"])
    page.evaluate(CALL)
    wait_for("the event", lambda: names(server, recording) == ["login"])


@pytest.mark.parametrize("way", ["console", "bookmarklet"])
def test_what_runs_later_captures_waiting_calls_too(
    server: Server,
    site: Site,
    snippets: dict[str, str],
    page: Page,
    recording: dict[str, Any],
    way: str,
) -> None:
    open_site(page, site)
    page.evaluate(CALL)
    page.evaluate(unquote(snippets[way].removeprefix("javascript:")))
    wait_for("the waiting event", lambda: names(server, recording) == ["login"])
    page.evaluate(CALL)
    wait_for("the next event", lambda: names(server, recording) == ["login", "login"])


def test_the_userscript_captures_before_the_pages_own_scripts(
    server: Server, site: Site, snippets: dict[str, str], page: Page, recording: dict[str, Any]
) -> None:
    address = snippets["userscript"].replace("https://shop.example/", site.url("/"))
    source = server.client.get(address).text
    assert f"// @match        {site.url('/*')}" in source
    assert "// @run-at       document-start" in source
    assert "// @name         Cact Inspector: Staging <b>" in source
    page.add_init_script(source)
    open_site(page, site, f"<script>{STUB} {CALL}</script>")
    wait_for("the event", lambda: names(server, recording) == ["login"])


NO_PATTERNS = [
    "",
    "shop.example",
    "file:///*",
    "https://a/*\n// @grant all",
    "https://a b/*",
    "javascript:alert(1)//",
]


@pytest.mark.parametrize("match", NO_PATTERNS)
def test_a_userscript_runs_nowhere_but_on_sites(
    server: Server, recording: dict[str, Any], match: str
) -> None:
    address = f"/shim/{recording['capture_key']}.user.js"
    answer = server.client.get(address, params={"match": match})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_match")


@pytest.mark.parametrize("name", ["a\n// @grant all\nb", "\u2028// @match *", "plain"])
def test_a_name_cannot_add_to_a_userscripts_head(server: Server, name: str) -> None:
    key = server.new_recording(name)["capture_key"]
    head = server.client.get(f"/shim/{key}.user.js").text.split("// ==/UserScript==")[0]
    said = [line.split()[1] for line in head.splitlines()[1:]]
    keys = ["name", "namespace", "version", "description", "match", "run-at", "inject-into", "grant"]
    assert said == [f"@{key}" for key in keys]


def test_the_extension_can_be_downloaded(server: Server, snippets: dict[str, str], page: Page) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the extension").click()
    assert download.value.suggested_filename.startswith("cact-inspector")
    assert download.value.path().read_bytes().startswith(b"PK")


def test_the_bookmarklet_can_be_dragged(
    snippets: dict[str, str], page: Page, recording: dict[str, Any]
) -> None:
    link = page.locator("a[data-bookmarklet]")
    expect(link).to_have_attribute("href", snippets["bookmarklet"])
    expect(link).to_have_text("Inspect Staging <b>")
    assert re.fullmatch(r"javascript:[!-~]+", snippets["bookmarklet"])


@pytest.mark.parametrize(("way", "status"), [("curl", 202), ("http-api", 200)])
def test_what_curl_sends_is_valid(
    server: Server, snippets: dict[str, str], recording: dict[str, Any], way: str, status: int
) -> None:
    program, address, *options = shlex.split(snippets[way].replace("\\\n", ""))
    assert program == "curl"
    header, body = options[1], options[3]
    name, value = header.split(": ")
    answer = server.client.post(address, content=body, headers={name: value})
    assert answer.status_code == status
    assert answer.json()["results"][0]["verdict"] == "valid"
    assert names(server, recording) == ["page_view"]


def test_the_container_line_names_this_inspector(
    server: Server, snippets: dict[str, str], recording: dict[str, Any]
) -> None:
    host, key = f"127.0.0.1:{server.port}", recording["capture_key"]
    told = f'cact(\'config\', {{siteId: 1, sourceKey: "{key}", collectionDomain: "{host}"}});'
    assert snippets["container"] == told


def test_the_pixel_is_valid(server: Server, snippets: dict[str, str], recording: dict[str, Any]) -> None:
    source = re.search(r'src="([^"]+)"', snippets["pixel"])
    assert source
    assert server.client.get(html.unescape(source[1])).headers["content-type"] == "image/gif"
    events = server.client.get(f"/api/recordings/{recording['key']}/events").json()["events"]
    assert [(event["event_name"], event["verdict"]) for event in events] == [("page_view", "valid")]


def test_an_address_cannot_break_out_of_a_snippet() -> None:
    hostile = "http://a/\"</script>'&"
    assert "</script>" not in bookmarklet(hostile, hostile)
    assert script_tag(hostile).count("</script>") == 1
    assert script_tag(hostile).count('"') == 2


def test_an_unknown_recording_is_not_found(server: Server) -> None:
    assert server.client.get("/recordings/none/connect/").status_code == 404
