"""The manual: each topic opens, is linked, fits a phone, and its tables equal the data."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import httpx
import pytest
from playwright.sync_api import Page, expect

from events.reference import load
from events.verdict import CODES
from inspector import settings
from inspector.presenters.manual_topics import PAGE_HELP, TOPICS
from inspector.serving.environment import ENVIRONMENT
from tests import commands
from tests.paths import ROOT
from tests.proxies import help_file
from tests.servers import Server
from tests.team import log_in

pytestmark = pytest.mark.starts_processes

PAGES: Final = ["/help/", *(f"/help/{topic}/" for topic in TOPICS)]
_ROW: Final = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
_CELL: Final = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)


def text_of(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


def table(server: Server, topic: str, part: str) -> list[list[str]]:
    """The cells of the first table under a part, without its head."""
    page = server.client.get(f"/help/{topic}/").text
    body = page.split(f'<h2 id="{part}">')[1].split("<tbody>")[1].split("</tbody>")[0]
    return [[text_of(cell) for cell in _CELL.findall(row)] for row in _ROW.findall(body)]


def links(page: str) -> Iterator[str]:
    for address in re.findall(r'<a [^>]*href="([^"]+)"', page):
        yield html.unescape(address)


def test_no_link_leads_nowhere(server: Server) -> None:
    pages = {path: server.client.get(path).raise_for_status().text for path in PAGES}
    wanted = {urljoin(path, address) for path, page in pages.items() for address in links(page)}
    for address in sorted(wanted):
        target, _, anchor = address.partition("#")
        if target not in pages:
            pages[target] = server.client.get(target, follow_redirects=True).raise_for_status().text
        assert not anchor or f'id="{anchor}"' in pages[target], address


def test_the_contents_lead_to_every_topic(server: Server) -> None:
    for path in PAGES:
        assert {f"/help/{topic}/" for topic in TOPICS} <= set(links(server.client.get(path).text))


def test_a_topic_that_is_none_is_not_found(server: Server) -> None:
    assert server.client.get("/help/nothing/").status_code == 404


@pytest.mark.parametrize("address", sorted(set(PAGE_HELP.values())))
def test_what_explains_a_page_is_a_part_of_a_topic(address: str, server: Server) -> None:
    topic, _, part = address.partition("#")
    page = server.client.get(f"/help/{topic}/").raise_for_status().text
    assert not part or f'<h2 id="{part}">' in page


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/recordings/", "/help/recordings/"),
        ("/recordings/{key}/", "/help/dashboard/"),
        ("/recordings/{key}/connect/", "/help/connect/"),
        ("/recordings/{key}/phone/", "/help/phone/"),
        ("/recordings/{key}/share/", "/help/share/"),
        ("/recordings/{key}/export/", "/help/export/"),
        ("/recordings/{key}/judge/", "/help/verdicts/#again"),
        ("/recordings/{key}/strip/", "/help/replay/"),
        ("/recordings/{key}/delete/", "/help/recordings/#delete"),
        ("/compare/", "/help/compare/"),
        ("/import/", "/help/import/"),
        ("/reference/", "/help/editions/"),
        ("/reference/purchase/", "/help/verdicts/"),
        ("/help/", "/help/"),
        ("/nothing/here/", "/help/"),
    ],
)
def test_each_page_s_bar_leads_to_its_topic(path: str, address: str, server: Server) -> None:
    key = server.new_recording()["key"]
    bar = server.client.get(path.format(key=key)).text.split("</header>")[0]
    assert address in list(links(bar))


def test_where_people_log_in_the_manual_asks_for_it_too(team: Server) -> None:
    with httpx.Client(base_url=team.url, timeout=30, trust_env=False) as client:
        assert client.get("/help/connect/").headers["Location"].startswith("/login/")
        assert client.get("/static/help/nginx.conf").status_code == 200
        log_in(client, "ada")
        page = client.get("/help/connect/")
        assert page.status_code == 200
        account = client.get("/account/").text.split("</header>")[0]
        assert "/help/deploy/#accounts" in list(links(account))


def test_the_table_of_events_is_the_reference(server: Server) -> None:
    shown = {row[0]: row[1].split() for row in table(server, "verdicts", "events")}
    for name, spec in load().events.items():
        assert shown.pop(name) == [row.name for row in spec.parameters if row.is_required]
    assert shown == {}


def test_the_table_of_codes_is_the_data(server: Server) -> None:
    shown = {
        row[0]: {word for word in row[1].split() if word.isalpha() and len(word) > 1}
        for row in table(server, "findings", "codes")
    }
    assert shown == {code: set(severities) for code, severities in CODES.items()}


def test_the_table_of_limits_is_the_settings(server: Server) -> None:
    shown = {row[0].split()[0]: (row[1], row[2]) for row in table(server, "limits", "limits")}
    assert shown == {
        limit.name: (f"{getattr(settings, limit.name):,} {limit.unit}", limit.reason)
        for limit in ENVIRONMENT.limits.values()
    }


def test_a_limit_that_was_changed_is_shown_as_it_is(tmp_path: Path) -> None:
    server = Server(tmp_path, RETENTION_DAYS="90")
    server.start()
    try:
        rows = [row[:2] for row in table(server, "limits", "limits")]
    finally:
        server.stop()
    assert ["RETENTION_DAYS variable", "90 days"] in rows


def test_the_tables_of_variables_are_what_is_read(server: Server) -> None:
    shown = [row[0] for row in table(server, "configuration", "variables")]
    assert shown == list(ENVIRONMENT.variables)
    limits = [row[0] for row in table(server, "configuration", "limits")]
    assert limits == [limit.name for limit in ENVIRONMENT.limits.values() if limit.variable]


def test_the_table_of_formats_is_what_the_export_page_offers(server: Server) -> None:
    page = server.client.get(f"/recordings/{server.new_recording()['key']}/export/").text
    endings = re.findall(r'name="format" value="(\w+)"', page)
    names, purposes = (
        re.findall(rf'<span class="format-{kind}">(.*?)</span>', page) for kind in ("name", "use")
    )
    offered = [
        [name, f".{ending}", html.unescape(purpose)]
        for name, ending, purpose in zip(names, endings, purposes, strict=True)
    ]
    assert len(offered) == 6
    assert table(server, "export", "formats") == offered


def test_the_table_of_addresses_is_the_openapi_document(server: Server) -> None:
    paths = server.client.get("/api/openapi.json").json()["paths"]
    expected = [[path, method.upper()] for path, operations in paths.items() for method in operations]
    assert [row[:2] for row in table(server, "api", "addresses")] == expected


def test_every_command_has_its_part_and_every_named_one_exists(server: Server) -> None:
    known = set(commands.run(server, "help", "--commands").out.split())
    pages = [server.client.get(path).text for path in PAGES]
    named = {name for page in pages for name in re.findall(r"\./manage\.py (\w+)", page)}
    assert named - {"help"} <= known
    parts = set(re.findall(r'<h2 id="(\w+)"', server.client.get("/help/commands/").text))
    assert {"compare", "export", "import", "open", "prune", "rejudge", "serve", "token"} <= parts <= known


def test_the_options_of_a_command_are_those_that_it_takes(server: Server) -> None:
    usage = " ".join(commands.run(server, "help", "export").out.split("options:")[0].split())
    for typed, purpose in table(server, "commands", "export"):
        assert typed.split()[0].strip("-").lower() in usage.lower()
        assert purpose


def test_the_files_of_a_server_are_shown_as_they_are_offered(server: Server) -> None:
    page = html.unescape(server.client.get("/help/deploy/").text)
    for name in ("inspector.service", "nginx.conf"):
        assert help_file(name) in page
        assert server.client.get(f"/static/help/{name}").text == help_file(name)


def test_the_script_for_mitmproxy_is_offered_as_it_is_tested(server: Server) -> None:
    (address,) = re.findall(r"curl -sO ([^\s<]+)", server.client.get("/help/phone/").text)
    assert address.startswith(server.url)
    assert server.client.get(address).text == help_file("mitmproxy_copy.py")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("missing_required", "/help/findings/#missing_required"),
        ("RETENTION_DAYS", "/help/limits/#RETENTION_DAYS"),
        ("https", "/help/connect/#https"),
        ("flutter", "/help/phone/#flutter"),
        ("compare", "/help/compare/"),
        ("judge again", "/help/verdicts/#again"),
    ],
)
def test_the_search_finds_titles_codes_and_settings(words: str, first: str, server: Server) -> None:
    page = server.client.get("/help/", params={"q": words}).text
    results = page.split('<ul class="results">')[1]
    assert next(links(results)) == first
    assert len(list(links(results))) <= 12


def test_a_search_for_nothing_that_is_there_says_what_was_searched(server: Server) -> None:
    page = server.client.get("/help/", params={"q": "<b>zebra</b>"}).text
    assert "Nothing about “&lt;b&gt;zebra&lt;/b&gt;”" in page


@pytest.mark.parametrize("path", PAGES)
def test_it_fits_a_phone(path: str, server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(server.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_on_a_phone_the_contents_open(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{server.url}/help/connect/")
    page.get_by_text("Contents", exact=True).click()
    page.get_by_role("navigation", name="Contents of the manual").get_by_role("link", name="Limits").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Limits")


def test_the_slash_searches_and_a_filter_finds_a_code(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/help/findings/")
    page.get_by_label("Find a code").fill("conditional")
    expect(page.locator("#code-table tbody tr:visible")).to_have_count(1)
    page.get_by_label("Find a code").fill("zebra")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("/")
    page.keyboard.type("retention")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="RETENTION_DAYS").first).to_be_visible()


def test_every_source_file_that_it_names_exists(server: Server) -> None:
    pages = "".join(server.client.get(path).text for path in PAGES)
    named = set(re.findall(r"<code>((?:events|inspector)/[\w/]+\.py)</code>", pages))
    assert named
    for name in named:
        assert (ROOT / name).is_file(), name
