"""The demo shop and pages full of secrets, on screen: masked, bounded, and played beside the timeline."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import FrameLocator, Page, Request, expect

from tests import services
from tests.paths import CASE_FOLDER
from tests.posting import page_load, post, shim_event
from tests.servers import Server
from tests.shim_cases import STUB, WRECKED
from tests.shim_host import Site
from tests.strips import nodes, players, stored, switch
from tests.waiting import wait_for


@pytest.fixture(autouse=True)
def library() -> None:
    services.need("strip", "browser")


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    recording = server.new_recording()
    switch(server, recording, strip="on")
    return recording


SECRET: Final = "Kassiopeia"  # stands everywhere in the page, in whatever case
PAGE: Final = (CASE_FOLDER / "secrets.html").read_text()
#: What happens in it later, each with the secret too.
LATER: Final = (CASE_FOLDER / "secrets-later.js").read_text()
#: What it loads.
FILES: Final = ("/kassiopeia", "/kassiopeia.png", "/kassiopeia.css", "/kassiopeia.woff", "/second")


def visit(server: Server, site: Site, page: Page, recording: dict[str, Any], html: str = PAGE) -> Page:
    """Open ``html`` with the script in it, and wait until its first picture is stored."""
    script = f'<script src="{recording["urls"]["shim"]}"></script>{STUB}'
    site.files |= dict.fromkeys(FILES, "") | {"/shop.html": html.replace("{shim}", script)}
    before = len(players(server, recording))
    page.goto(site.url("/shop.html"))
    page.evaluate("cact('trigger', 'search', { n: 'first' })")
    wait_for("the first picture", lambda: len(players(server, recording)) > before)
    return page


def test_nothing_displayed_or_typed_is_stored(
    server: Server, site: Site, page: Page, recording: dict[str, Any]
) -> None:
    visit(server, site, page, recording)
    for name in ("typed", "password", "long", "free"):
        page.locator(f"#{name}").fill("Kassiopeia")
    page.locator("#typed").press_sequentially("Kassiopeia")
    page.evaluate(LATER)
    page.locator("em").wait_for()
    page.evaluate("cact('trigger', 'search', { n: 'second' })")
    wait_for("kassiopeia again", lambda: "********** *****" in json.dumps(stored(server, recording)))
    text = json.dumps(stored(server, recording))
    assert SECRET.lower() not in text.lower()
    assert "shop.example" not in text
    assert "127.0.0.1" not in text


def test_with_its_texts_what_is_typed_stays_masked(
    server: Server, site: Site, page: Page, recording: dict[str, Any]
) -> None:
    switch(server, recording, strip="on", text="on")
    html = """{shim}<title>Shop</title><h1>Winter coats</h1><p>from anna@shop.example</p>
        <input id=typed><input type=password id=password><textarea id=long>before</textarea>
        <div id=free contenteditable>x</div>"""
    visit(server, site, page, recording, html)
    for name in ("typed", "password", "long", "free"):
        page.locator(f"#{name}").fill("Kassiopeia")
    page.evaluate("cact('trigger', 'search', { n: 'second' })")
    wait_for("what was typed", lambda: json.dumps(stored(server, recording)).count("*" * 10) >= 4)
    text = json.dumps(stored(server, recording))
    assert "Winter coats" in text
    assert SECRET not in text
    assert "before" not in text
    assert "anna" not in text


def replay(page: Page) -> FrameLocator:
    """The page as it was, in the dashboard."""
    return page.frame_locator("#strip iframe").frame_locator("iframe")


def test_the_demo_shop_beside_the_timeline(server: Server, page: Page, recording: dict[str, Any]) -> None:
    page.goto(f"{server.url}/demo/product/?recording={recording['key']}")
    heading = page.locator("h1").inner_text()
    page.locator("html[data-ready]").wait_for()
    wait_for("the first picture", lambda: players(server, recording))
    page.get_by_role("button", name="Add to cart").first.click()
    wait_for("its event", lambda: "add_to_cart" in json.dumps(server.stored(recording)))
    page.goto(f"{server.url}/recordings/{recording['key']}/")
    page.locator("html[data-ready]").wait_for()
    page.locator("[data-strip-switch]").click()
    expect(page.locator("#strip")).to_contain_text("Choose an event")
    page.locator(".row", has_text="add_to_cart").click()
    viewer = page.frame_locator("#strip iframe")
    expect(viewer.locator("[data-note]")).to_contain_text("add_to_cart: the page at its moment")
    expect(replay(page).locator("h1")).to_have_text("".join("*" if c.strip() else c for c in heading))
    text = [node["textContent"] for node in nodes(stored(server, recording)) if node["type"] == 3]
    assert any("****" in one for one in text)
    assert [one for one in text if one.replace("*", "").strip()] == []


def test_each_event_shows_the_page_at_its_moment(
    server: Server, site: Site, page: Page, recording: dict[str, Any]
) -> None:
    visit(server, site, page, recording, "{shim}<title>Shop</title><main class=empty></main>")
    for step in ("full", "paid", "gone"):
        page.evaluate(f"""() => new Promise((done) => {{
            document.querySelector('main').className = '{step}';
            setTimeout(() => {{ cact('trigger', '{step}'); setTimeout(done, 120); }}, 120);
        }})""")
    wait_for("the events", lambda: len(server.stored(recording)) == 4)
    wait_for("the last picture", lambda: '"gone"' in json.dumps(stored(server, recording)))
    page.goto(f"{server.url}/recordings/{recording['key']}/?event=2")
    page.locator("html[data-ready]").wait_for()
    page.keyboard.press("v")
    expect(replay(page).locator("main.full")).to_have_count(1)
    page.locator(".row", has_text="gone").click()
    expect(replay(page).locator("main.gone")).to_have_count(1)
    page.locator(".row", has_text="paid").click()
    expect(replay(page).locator("main.paid")).to_have_count(1)
    viewer = page.frame_locator("#strip iframe")
    viewer.locator(".strip-mark[data-seq='2']").click()
    expect(replay(page).locator("main.full")).to_have_count(1)
    expect(page.locator("#detail h2")).to_contain_text("full")
    viewer.locator("[data-play]").click()
    expect(replay(page).locator("main.gone")).to_have_count(1)
    expect(viewer.get_by_role("button", name="Play")).to_be_visible()  # it has ended: else it would play on
    viewer.locator("[data-scrub]").press("Home")
    expect(replay(page).locator("main.empty")).to_have_count(1)


def test_a_soft_navigation_has_a_strip_of_its_own(
    server: Server, site: Site, page: Page, recording: dict[str, Any]
) -> None:
    visit(server, site, page, recording, "{shim}<title>Shop</title><main class=first></main>")
    page.evaluate("""() => {
        history.pushState(null, '', '/second');
        document.querySelector('main').className = 'second';
        cact('trigger', 'search', { n: 'second' });
    }""")
    wait_for("the second strip", lambda: len(players(server, recording)) == 2)
    for address, shown in zip(players(server, recording), ("second", "first"), strict=True):
        text = server.client.get(f"{address}parts/").text
        assert f'"class":"{shown}"' in text
        assert text.count('"initialOffset"') == 1, "one whole picture each"


@pytest.fixture
def strict_server(tmp_path: Path) -> Iterator[Server]:
    """An inspector with room for three parts of a page load."""
    server = Server(tmp_path, MAX_STRIP_BYTES_PER_PAGE="3500")
    server.start()
    yield server
    server.stop()


def test_the_budget_ends_the_strip_and_the_page_goes_on(
    strict_server: Server, site: Site, page: Page
) -> None:
    recording = strict_server.new_recording()
    switch(strict_server, recording, strip="on")
    posts: list[str] = []

    def note(request: Request) -> None:
        if "/strip?" in request.url:
            posts.append(request.url)

    page.on("request", note)
    visit(strict_server, site, page, recording, "{shim}<title>Shop</title><main></main>")
    change = """(step) => new Promise((done) => {
        document.querySelector('main').className = 's' + step;
        cact('trigger', 'search', { step });
        setTimeout(done, 200);
    })"""
    for step in range(12):
        with page.expect_response(lambda answer: answer.url.endswith(recording["capture_key"])):
            page.evaluate(change, step)
    events = strict_server.stored(recording)
    assert [event["called"] for event in events[1:]] == [{"step": step} for step in range(12)]
    assert 1 < len(posts) <= 3
    assert "'s11'" not in json.dumps(stored(strict_server, recording))
    assert page.evaluate("document.querySelector('main').className") == "s11"


def test_without_the_switch_nothing_of_it_is_loaded(server: Server, site: Site, page: Page) -> None:
    recording = server.new_recording()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    site.files |= {
        "/shop.html": f'<script src="{recording["urls"]["shim"]}"></script>{STUB}<title>Shop</title>'
    }
    page.goto(site.url("/shop.html"))
    page.evaluate("cact('trigger', 'search')")
    wait_for("the event", lambda: server.stored(recording))
    assert not [url for url in asked if "strip" in url]
    assert '"strip"' not in server.client.get(f"/shim/{recording['capture_key']}.js").text


def test_a_page_load_from_before_the_switch_says_so(server: Server, page: Page) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1)], page_load())
    page.goto(f"{server.url}/recordings/{recording['key']}/?event=1")
    page.locator("html[data-ready]").wait_for()
    page.locator("[data-strip-switch]").click()
    viewer = page.frame_locator("#strip iframe")
    expect(viewer.get_by_text("There is no strip of this page load")).to_be_visible()
    viewer.get_by_role("link", name="switch it on").click()
    page.get_by_label("Record what is on screen").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Now: on, masked")).to_be_visible()


def test_deleting_what_was_on_screen_leaves_the_events(
    server: Server, site: Site, page: Page, recording: dict[str, Any]
) -> None:
    visit(server, site, page, recording, "{shim}<title>Shop</title>")
    page.goto(f"{server.url}/recordings/{recording['key']}/strip/")
    page.get_by_role("button", name="Delete all strips").click()
    expect(page.get_by_text("Nothing yet")).to_be_visible()
    assert stored(server, recording) == []
    assert len(server.stored(recording)) == 1


@pytest.mark.page_errors_expected  # consoles may say what failed; only what is thrown is the page's trouble
@pytest.mark.parametrize("wreck", WRECKED.values(), ids=WRECKED.keys())
def test_it_never_throws_into_a_page_that_wrecks_it(
    wreck: str, server: Server, site: Site, page: Page, recording: dict[str, Any]
) -> None:
    script = f'<script src="{recording["urls"]["shim"]}"></script>{STUB}'
    html = f"""<!doctype html><title>Shop</title>{script}<body><script>{wreck};
        let calls = 0; cact = () => ++calls;
        setTimeout(() => cact('trigger', 'a'), 60);
        setTimeout(() => {{ document.body.append('changed'); cact('trigger', 'b') }}, 400);
        setTimeout(() => {{ document.body.append('calls: ' + calls) }}, 700);</script>"""
    site.files |= {"/shop.html": html}
    thrown: list[str] = []
    page.context.on("weberror", lambda error: thrown.append(str(error.error)))
    page.goto(site.url("/shop.html"))
    page.get_by_text("calls: 2").wait_for()
    assert thrown == []
