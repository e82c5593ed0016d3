"""The badge with the verdicts in the page under test, in a real Chromium."""

import gzip
from typing import Final

import pytest
from playwright.sync_api import BrowserContext, FloatRect, Page

from inspector.script.page_script import small_file
from tests.shim_cases import script
from tests.shim_host import Site
from tests.verdict_shop import (
    DASHBOARD,
    INVALID,
    SHOW,
    SOURCE,
    VALID,
    Badge,
    Console,
    Visit,
    pushes,
)
from tests.waiting import wait_for

# ---- badge ----


def test_the_badge_opens_the_dashboard_in_a_tab_of_its_own(
    visit: Visit, site: Site, context: BrowserContext
) -> None:
    page = visit(SHOW + script(f"{DASHBOARD} = '{site.url('/next.html')}'"))
    badge = Badge(page).wait()
    wait_for("the address", lambda: badge.ask("root.querySelector('a').href"))
    with context.expect_page() as opened:
        badge.click("a")
    opened.value.wait_for_load_state()
    assert opened.value.url == site.url("/next.html")
    assert opened.value.evaluate("opener") is None


def test_without_a_dashboard_it_is_no_link(visit: Visit) -> None:
    badge = Badge(visit(SHOW + script(pushes(VALID)))).wait()
    assert badge.ask("root.querySelector('a').hasAttribute('href')") is False


def test_it_has_names_for_those_who_do_not_see_it(visit: Visit) -> None:
    page = visit(SHOW + script(f"{DASHBOARD} = 'http://127.0.0.1:1/'; {pushes(VALID, INVALID)}"))
    badge = Badge(page).wait()
    nodes = badge.debugger.send("Accessibility.getFullAXTree")["nodes"]
    names = [(node["role"]["value"], node["name"]["value"]) for node in nodes if "name" in node]
    counts = "Cact Inspector: 1 invalid, 0 with warnings, 1 valid. Open the dashboard"
    assert ("link", counts) in names
    assert ("button", "Hide Cact Inspector in this tab") in names


def test_hidden_it_stays_hidden_in_this_tab(visit: Visit, page: Page, site: Site) -> None:
    page.clock.install()
    visit(SHOW + script(pushes(VALID)))
    page.clock.run_for(3_000)
    Badge(page).click("button")
    page.clock.run_for(3_000)
    assert Badge(page).root() is None
    console = Console(page)
    page.reload()
    console.groups(1)
    page.clock.run_for(3_000)
    assert Badge(page).root() is None
    other = page.context.new_page()
    other.goto(site.url("/shop.html"))
    other.clock.run_for(3_000)
    Badge(other).reads("cact✕ 0⚠ 0✓ 1×")


def test_it_does_without_storage(visit: Visit) -> None:
    forbidden = "Object.defineProperty(window, 'sessionStorage', { get() { throw 1 } })"
    page = visit(script(forbidden) + SHOW)
    Badge(page).wait().click("button")
    assert Badge(page).root() is None


def test_it_shows_under_the_strictest_policy(visit: Visit, site: Site) -> None:
    policy = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
    site.headers = {"Content-Security-Policy": policy}
    watch = "window.broken = []; addEventListener('securitypolicyviolation', e => broken.push(e.blockedURI))"
    site.files |= {"/watch.js": watch, "/push.js": pushes(VALID)}
    page = visit(f"<script src=/watch.js></script>{SHOW}<script src=/push.js></script>")
    badge = Badge(page).wait()
    badge.reads("cact✕ 0⚠ 0✓ 1×")
    assert badge.ask("getComputedStyle(root.querySelector('div')).position") == "fixed"
    assert page.evaluate("broken") == []


def test_the_document_gains_one_empty_element_and_nothing_moves(visit: Visit) -> None:
    page = visit(f"<style>html {{ display: grid; gap: 9px }}</style><body><p>{'text ' * 5000}")
    places = "[...document.querySelectorAll('html, body, p')].map(e => e.getBoundingClientRect().toJSON())"
    look = f"[document.documentElement.outerHTML, {places}, document.documentElement.scrollHeight]"
    before = page.evaluate(look)
    page.add_script_tag(url="/show.js").evaluate("element => element.remove()")
    Badge(page).wait()
    html, *rest = page.evaluate(look)
    assert html == before[0].replace("</body></html>", "</body><cact-inspector></cact-inspector></html>")
    assert rest == before[1:]
    assert page.evaluate("document.querySelector('cact-inspector').shadowRoot") is None


def test_it_is_small_and_in_the_corner(visit: Visit) -> None:
    page = visit("<meta name=viewport content='width=device-width'>" + SHOW + script(pushes(INVALID)))
    page.set_viewport_size({"width": 390, "height": 700})
    x, y, width, height = Badge(page).wait().box("div")
    assert (x + width, y + height) == (390 - 8, 700 - 8)
    assert (width < 200, height) == (True, 28)


STYLES: Final = [
    "body, body ~ * { display: none !important }",
    "html > * { visibility: hidden !important; opacity: 0 !important; transform: scale(0) !important }",
    ":not(:defined) { display: none !important; font-size: 99px; color: transparent; direction: rtl }",
    "div, a, button, span { position: static !important; display: none !important }",
    "html { transform: translateX(3000px); color: transparent; visibility: hidden }",
]


@pytest.mark.parametrize("style", STYLES)
def test_the_styles_of_the_page_do_not_reach_it(style: str, visit: Visit) -> None:
    page = visit(SHOW)
    x, y, width, height = Badge(page).wait().box("div")
    clip: FloatRect = {"x": x - 9, "y": y - 9, "width": width + 17, "height": height + 17}
    plain = page.screenshot(clip=clip)
    page = visit(f"<style>{style}</style>{SHOW}")
    assert Badge(page).wait().box("div") == [x, y, width, height]
    assert page.screenshot(clip=clip) == plain


def test_it_is_left_out_of_print(visit: Visit) -> None:
    page = visit(SHOW)
    badge = Badge(page).wait()
    page.emulate_media(media="print")
    assert badge.box("div")[2:] == [0, 0]


def test_it_is_light_or_dark_as_the_person_likes(visit: Visit) -> None:
    page = visit(SHOW + script(pushes(INVALID)))
    badge = Badge(page).wait()
    seen = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        style = "(e => { const s = getComputedStyle(e); return [s.backgroundColor, s.color] })"
        seen.append([badge.ask(f"{style}(root.querySelector('{part}'))") for part in ("div", ".invalid")])
    (paper, _), (_, ink) = seen[0]
    (dark_paper, _), (_, light_ink) = seen[1]
    assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(179, 38, 30)")
    assert (dark_paper, light_ink) == ("rgb(29, 32, 38)", "rgb(255, 143, 133)")


# ---- pages that build and rebuild themselves ----


def test_it_waits_until_the_page_is_complete(visit: Visit, page: Page) -> None:
    look = "() => { seen = document.querySelector('cact-inspector') }"
    listen = f"let seen = 'never'; document.addEventListener('DOMContentLoaded', {look})"
    visit("<body>" + SHOW + script(f"{listen}; {pushes(*[VALID] * 9)}"))
    assert page.evaluate("seen") is None
    Badge(page).reads("cact✕ 0⚠ 0✓ 9×")


def test_it_does_not_wait_forever(visit: Visit, page: Page, site: Site) -> None:
    page.clock.install()
    page.route("**/endless.png", lambda route: None)
    visit(SHOW + "<img src=/endless.png>", wait_until="domcontentloaded")
    page.clock.run_for(3_000)
    assert Badge(page).root() is None
    page.clock.run_for(4_000)
    assert page.evaluate("document.readyState") == "interactive"
    assert Badge(page).root()


REBUILT: Final = {
    "another body": "document.body = document.createElement('body')",
    "the badge taken away": "document.querySelector('cact-inspector').remove()",
    "everything in html replaced": "document.documentElement.innerHTML = '<body>new'",
    "another html": "const html = document.createElement('html'); document.documentElement.replaceWith(html);"
    "html.append(document.createElement('body'))",
    "written anew": "document.open(); document.write('<!doctype html><body>new'); document.close()",
}


@pytest.mark.parametrize("rebuild", REBUILT.values(), ids=REBUILT.keys())
def test_it_comes_back_in_a_page_that_rebuilds_itself(rebuild: str, visit: Visit) -> None:
    page = visit("<body>" + SHOW + script(pushes(VALID)))
    badge = Badge(page).wait()
    box = badge.box("div")
    page.evaluate(f"() => {{ {rebuild} }}")
    page.evaluate(pushes(INVALID))
    badge.reads("cact✕ 1⚠ 0✓ 1×")
    assert badge.box("div") == box


def test_a_page_that_insists_wins(visit: Visit, page: Page) -> None:
    page.clock.install()
    find = "document.querySelector('cact-inspector')"
    insist = f"let times = 0; setInterval(() => {{ if ({find}) {{ {find}.remove(); times++ }} }}, 500)"
    visit(SHOW + script(insist))
    page.clock.run_for(120_000)
    assert page.evaluate("times") == 20
    assert Badge(page).root() is None


def test_only_the_top_window_has_one(visit: Visit, page: Page, site: Site) -> None:
    console = Console(page)
    page.clock.install()
    site.files["/frame.html"] = SHOW + script(pushes(VALID))
    visit(SHOW + script(pushes(INVALID)) + "<iframe src=/frame.html></iframe>")
    console.groups(2)
    page.clock.run_for(3_000)
    Badge(page).reads("cact✕ 1⚠ 0✓ 0×")
    assert page.frames[1].evaluate("document.querySelector('cact-inspector')") is None


def test_clicks_on_it_are_not_the_pages(visit: Visit, page: Page) -> None:
    types = "['click', 'mousedown', 'pointerdown', 'keydown']"
    listen = f"for (const type of {types}) document.addEventListener(type, event => heard.push(event.type))"
    visit(SHOW + script(f"let heard = []; {listen}"))
    badge = Badge(page).wait()
    badge.click("a")
    badge.click("button")
    page.mouse.click(5, 5)
    assert page.evaluate("heard") == ["pointerdown", "mousedown", "click"]


def test_it_leaves_the_popovers_of_the_page_alone(visit: Visit, page: Page) -> None:
    page.clock.install()
    visit("<p popover style='top: 200px'>Sizes<p>Shop" + SHOW + script(pushes(VALID)))
    page.evaluate("document.querySelector('[popover]').showPopover()")
    page.clock.run_for(3_000)
    badge = Badge(page)
    box = badge.box("div")
    assert page.evaluate("document.querySelector('[popover]').matches(':popover-open')")
    page.mouse.click(5, 5)
    assert badge.ask("root.querySelector('div').matches(':popover-open')")
    assert badge.box("div") == box


def test_who_copies_the_page_does_not_copy_it(visit: Visit, page: Page) -> None:
    visit("<body>Shop<textarea></textarea>" + SHOW)
    Badge(page).wait()
    for keys in ("Control+a", "Control+c"):
        page.keyboard.press(keys)
    page.click("textarea")
    page.keyboard.press("Control+v")
    assert page.input_value("textarea").strip() == "Shop"


def test_it_leaves_a_modal_dialog_to_the_page(visit: Visit, page: Page) -> None:
    """What is outside a modal dialog cannot be reached, the badge no less: afterwards it can."""
    visit("<dialog>Cookies?<button onclick='this.parentNode.close()'>Yes</button></dialog>" + SHOW)
    badge = Badge(page).wait()
    page.evaluate("document.querySelector('dialog').showModal()")
    badge.click("button")
    assert page.evaluate("document.querySelector('dialog').open")
    assert badge.root()
    page.get_by_text("Yes").click()
    badge.click("button")
    assert badge.root() is None


def test_it_stays_small() -> None:
    """As it is served."""
    assert len(gzip.compress(small_file(SOURCE).encode(), 9)) <= 2600
