"""The compare page: choose two recordings, see what differs, pass over what does not matter."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.comparison.test_compare_api import record
from tests.example_events import changed
from tests.servers import Server


@pytest.fixture(scope="module")
def pair(server: Server) -> tuple[Any, Any]:
    """Before and after: an event missing, one added, one that lost its currency, one with another name."""
    a = record(
        server,
        ("/list", [("page_view", changed("page_view", {"/page_name": "List"})), ("select_content", None)]),
        ("/thanks", [("purchase", changed("purchase", {"/id": "O_100"})), ("login", None)]),
    )
    b = record(
        server,
        (
            "/list",
            [("page_view", changed("page_view", {"/page_name": "All shirts"})), ("select_content", None)],
        ),
        ("/thanks", [("purchase", changed("purchase", {"/id": "O_200"}, ["/currency"])), ("sign_up", None)]),
    )
    return a, b


@pytest.fixture
def result(server: Server, page: Page, pair: tuple[Any, Any]) -> Page:
    """The result, open."""
    page.goto(f"{server.url}/compare/?a={pair[0]['key']}&b={pair[1]['key']}")
    return page


def names(page: Page) -> list[str]:
    """The events of the rows that are shown."""
    rows = page.locator(".compare-row")
    found: list[str] = rows.evaluate_all("rows => rows.map(row => row.querySelector('.name').textContent)")
    return found


def test_two_recordings_are_chosen_one_after_the_other(server: Server, page: Page) -> None:
    a, b = server.new_recording("Staging tulip"), server.new_recording("Production tulip")
    page.goto(f"{server.url}/recordings/{a['key']}/")
    page.locator("[data-menu] > summary").click()
    page.get_by_role("link", name="Compare with…").click()
    expect(page.get_by_text("Staging tulip is the one before")).to_be_visible()
    page.get_by_role("searchbox").fill("tulip")
    expect(page.locator("#listed tbody tr")).to_have_count(1)  # not itself
    page.get_by_role("link", name="Production tulip").click()
    expect(page.get_by_role("heading", name="The same")).to_be_visible()
    assert page.url == f"{server.url}/compare/?a={a['key']}&b={b['key']}"


def test_every_recording_of_the_list_can_be_compared(server: Server, page: Page) -> None:
    recording = server.new_recording("Listed")
    page.goto(f"{server.url}/recordings/")
    row = page.locator("tr", has_text="Listed").first
    row.locator("summary").click()
    row.get_by_role("link", name="Compare with…").click()
    expect(page).to_have_url(f"{server.url}/compare/?a={recording['key']}")


def test_it_says_in_words_what_changed(result: Page) -> None:
    said = result.locator(".compare-summary")
    expect(said).to_contain_text("1 event missing: login.")
    expect(said).to_contain_text("1 event added: sign_up.")
    expect(said).to_contain_text("1 event changed verdict: purchase lost currency and became invalid.")
    assert sorted(names(result)) == ["login", "page_view", "purchase", "sign_up"]


def test_a_row_opens_to_what_changed_in_it(result: Page) -> None:
    row = result.locator("details.compare-row", has_text="purchase")
    expect(row.locator("table")).to_be_hidden()
    row.locator("summary").focus()
    result.keyboard.press("Enter")
    expect(row.locator("tr.lost")).to_contain_text("currency")
    expect(row.locator("tr.lost td").nth(1)).to_have_text('"EUR"')
    expect(row.locator(".compare-findings")).to_contain_text("missing_required currency")


def test_filters_narrow_it_down_and_are_in_the_address(result: Page) -> None:
    result.get_by_label("verdict").check()
    expect(result.locator(".compare-row")).to_have_count(1)
    assert names(result) == ["purchase"]
    assert "kind=verdict" in result.url
    result.reload()
    assert names(result) == ["purchase"]
    result.get_by_label("verdict").uncheck()
    expect(result.locator(".compare-row")).to_have_count(4)
    result.get_by_label("Event", exact=True).select_option("page_view")
    expect(result.locator(".compare-row")).to_have_count(1)
    assert names(result) == ["page_view"]


def test_a_filter_works_as_soon_as_it_is_seen(result: Page) -> None:
    """A filter renews the form itself: whoever goes on at once meets a form that is just a moment old."""
    result.evaluate("""() => document.addEventListener(
        "htmx:afterSwap", () => setTimeout(() => document.getElementById("show-all").click()), { once: true },
    )""")
    result.get_by_label("purchase/id").evaluate("rule => rule.click()")
    expect(result.locator(".compare-row")).to_have_count(5)


def test_what_is_the_same_is_shown_on_request(result: Page) -> None:
    assert "select_content" not in names(result)
    result.get_by_label("also what is the same").check()
    expect(result.locator(".compare-row")).to_have_count(5)
    assert "select_content" in names(result)


def test_rules_are_proposed_and_can_be_switched_off_and_added(result: Page) -> None:
    result.locator("#rules > summary").click()
    proposed = result.get_by_label("purchase/id")
    expect(proposed).to_be_checked()
    proposed.uncheck()
    expect(result.locator("details.compare-row", has_text="purchase").locator("tr.changed")).to_have_count(1)
    expect(result.locator("#rules > summary")).to_have_text("Passed over: 0 differences by 0 rules")
    result.get_by_label("A rule of your own").fill("page_view/page_name")
    result.get_by_role("button", name="Add rule").click()
    expect(result.locator(".compare-row", has_text="page_view")).to_have_count(0)
    expect(result.locator("#rules > summary")).to_have_text("Passed over: 1 difference by 1 rule")
    result.reload()  # the rules are in the address
    result.get_by_label("also what is passed over").check()
    expect(result.locator(".compare-row", has_text="page_view")).to_have_count(1)


def test_a_rule_that_is_none_is_explained(result: Page) -> None:
    result.locator("#rules > summary").click()
    result.get_by_label("A rule of your own").fill("page_name")
    result.get_by_role("button", name="Add rule").click()
    expect(result.get_by_role("alert")).to_contain_text("names no place")


def test_the_sides_are_swapped(result: Page) -> None:
    result.get_by_role("link", name="Swap the sides").click()
    expect(result.locator(".compare-summary")).to_contain_text("1 event missing: sign_up.")


def test_the_summary_is_copied_as_markdown(result: Page, pair: tuple[Any, Any]) -> None:
    result.context.grant_permissions(["clipboard-read", "clipboard-write"])
    result.get_by_role("button", name="Copy for a ticket").click()
    expect(result.get_by_role("button", name="Copied")).to_be_visible()
    copied = result.evaluate("navigator.clipboard.readText()")
    assert "- `purchase` #3: valid → invalid" in copied
    assert '  - − `currency lost, was "EUR"`' in copied


def test_personal_values_are_masked_on_request(server: Server, page: Page) -> None:
    a, b = (
        record(server, ("/", [("login", changed("login", {"/user/email": f"{who}@example.com"}))]))
        for who in ("ada", "grace")
    )
    page.goto(f"{server.url}/compare/?a={a['key']}&b={b['key']}")
    expect(page.locator("main")).to_contain_text("ada@example.com")
    page.get_by_label("mask personal values").check()
    expect(page.locator("main")).not_to_contain_text("ada@example.com")
    expect(page.locator("#markdown")).to_contain_text("user.email")
    assert "@example.com" not in page.content()


def test_many_rows_are_read_part_by_part(server: Server, page: Page) -> None:
    a = record(server, *[("/", [("login", None)] * 90)] * 2)
    b = server.new_recording()
    page.goto(f"{server.url}/compare/?a={a['key']}&b={b['key']}")
    expect(page.locator(".compare-row")).to_have_count(100)
    page.get_by_role("link", name="Show more of 180").click()
    expect(page.locator(".compare-row")).to_have_count(180)
    expect(page.get_by_role("link", name="Show more")).to_have_count(0)


def test_values_of_pages_stay_text(server: Server, page: Page) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    a = record(server, ("/", [(hostile, {hostile: hostile})]))
    b = record(server, ("/", [(hostile, {hostile: "other"})]))
    page.goto(f"{server.url}/compare/?a={a['key']}&b={b['key']}")
    page.locator("details.compare-row summary").click()
    expect(page.locator(".compare-detail tr.changed td").nth(1)).to_contain_text("onerror")
    expect(page.locator("main img")).to_have_count(0)


@pytest.mark.parametrize("query", ["?a=none", "?a=%00", "?a=none&b=none"])
def test_a_recording_that_is_not_there_is_not_found(server: Server, query: str) -> None:
    assert server.client.get(f"/compare/{query}").status_code == 404


def test_a_strange_address_is_borne(server: Server, pair: tuple[Any, Any]) -> None:
    key = pair[0]["key"]
    query = f"?a={key}&b={key}&offset=-1&kind=x&name=%00&ignore=%00/%00&ignore=&q=%00&auto=x"
    assert server.client.get(f"/compare/{query}").status_code == 200
    assert server.client.get(f"/compare/?q=%00&a={key}").status_code == 200
