"""The dashboard in a real browser: events arrive, stay in order, wait while paused, and are found again."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from events import reference
from events.reference.examples import example_params
from tests.posting import page_load, post, post_many, shim_event
from tests.servers import Server


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    return server.new_recording("Staging")


@pytest.fixture
def dashboard(server: Server, page: Page, recording: dict[str, Any]) -> Page:
    open_dashboard(page, recording)
    return page


def open_dashboard(page: Page, recording: dict[str, Any], query: str = "") -> None:
    page.goto(recording["urls"]["dashboard"] + query)
    expect(page.locator("#status")).to_have_attribute("data-state", "live")


def seqs(page: Page) -> list[int]:
    return [int(seq) for seq in page.locator(".row").evaluate_all("rows => rows.map(row => row.dataset.seq)")]


def test_an_empty_recording_says_how_to_connect_a_page(dashboard: Page, recording: dict[str, Any]) -> None:
    expect(dashboard.locator(".empty")).to_contain_text(f"/shim/{recording['capture_key']}.js")


def test_an_event_appears_with_its_verdict(
    server: Server, dashboard: Page, recording: dict[str, Any]
) -> None:
    post(server, recording, [shim_event(1, "purchase", {"id": "O_1"}), shim_event(2)])
    first = dashboard.locator("#event-1")
    expect(first.locator(".name")).to_have_text("purchase")
    expect(first).to_have_class(re.compile(r"\binvalid\b"))
    expect(first.locator(".verdict")).to_contain_text("invalid")
    expect(first.locator(".summary")).to_contain_text("user, revenue, value, currency, type, items")
    expect(dashboard.locator("#event-2 .verdict")).to_contain_text("valid")
    expect(dashboard.locator(".empty")).to_be_hidden()


def test_counts_follow_the_events(server: Server, dashboard: Page, recording: dict[str, Any]) -> None:
    post(server, recording, [shim_event(1), shim_event(2), shim_event(3, "search", {})])
    expect(dashboard.locator("#counts [data-count=valid]")).to_have_text("2")
    expect(dashboard.locator("#counts [data-count=invalid]")).to_have_text("1")
    expect(dashboard.locator("[data-sent]")).to_have_text("3")
    expect(dashboard.locator("[data-received]")).to_have_text("3")
    expect(dashboard.locator("[data-type-count=login]")).to_have_text("2")
    expect(dashboard.locator("[data-verdict-count=valid]")).to_have_text("2")


def test_event_types_not_seen_yet_are_listed_until_they_are_seen(
    server: Server, dashboard: Page, recording: dict[str, Any]
) -> None:
    expect(dashboard.locator(".unseen li")).to_have_count(len(reference.load().events))
    post(server, recording, [shim_event(1)])
    expect(dashboard.locator(".unseen li")).to_have_count(len(reference.load().events) - 1)
    expect(dashboard.locator(".unseen")).not_to_contain_text("login")


def test_rows_are_grouped_by_page_load(server: Server, dashboard: Page, recording: dict[str, Any]) -> None:
    cart, thanks = page_load("/cart", "Your cart"), page_load("/thanks", "Thanks")
    post(server, recording, [shim_event(1)], cart)
    post(server, recording, [shim_event(2)], cart)
    post(server, recording, [shim_event(1)], thanks)
    headers = dashboard.locator(".page")
    expect(headers).to_have_count(2)
    expect(headers.nth(0)).to_contain_text("/cart")
    expect(headers.nth(0)).to_contain_text("Your cart")
    expect(headers.nth(0).locator(".page-count")).to_have_text("2 events")
    expect(headers.nth(1)).to_contain_text("/thanks")
    expect(headers.nth(1).locator(".page-count")).to_have_text("1 event")


def test_numbers_that_never_arrived_are_a_red_row_until_they_do(
    server: Server, dashboard: Page, recording: dict[str, Any]
) -> None:
    cart = page_load()
    post(server, recording, [shim_event(1), shim_event(5)], cart)
    expect(dashboard.locator(".gap")).to_contain_text("events 2–4 of this page never arrived")
    expect(dashboard.locator("#counts")).to_contain_text("3 missing")
    post(server, recording, [shim_event(2), shim_event(3)], cart)
    expect(dashboard.locator(".gap")).to_contain_text("event 4 of this page never arrived")
    post(server, recording, [shim_event(4)], cart)
    expect(dashboard.locator(".gap")).to_have_count(0)
    expect(dashboard.locator("#counts")).not_to_contain_text("missing")


def test_a_call_that_was_read_from_the_queue_is_marked(
    server: Server, dashboard: Page, recording: dict[str, Any]
) -> None:
    post(server, recording, [shim_event(1, seen="queue"), shim_event(2)])
    marked = dashboard.locator(".row[data-seq='1'] .mark")
    expect(marked).to_have_text("read from the queue")
    expect(marked).to_have_attribute("title", re.compile("the line that called is unknown"))
    expect(dashboard.locator(".row[data-seq='2'] .mark")).to_have_count(0)
    dashboard.locator(".row[data-seq='1']").click()
    expect(dashboard.locator("[data-seen]")).to_have_text("read from the queue")


def test_a_payload_full_of_markup_stays_text(
    server: Server, dashboard: Page, recording: dict[str, Any]
) -> None:
    owned = "document.body.dataset.owned=1"
    evil = f'"><img src=x onerror="{owned}"></script><script>{owned}</script>'
    params = {evil: evil, "user": {"id": evil}, "items": [{"id": evil, "product": {evil: [evil]}}]}
    events = [shim_event(1, "view_item", params), shim_event(2, evil, params, call_site=evil)]
    post(server, recording, events, page_load(f"/{evil}", evil))
    dashboard.locator("#event-2").click()
    expect(dashboard.locator("#detail h2")).to_contain_text(evil)
    dashboard.get_by_text("Payload", exact=True).click()
    expect(dashboard.locator("#detail .tree")).to_contain_text("onerror")
    dashboard.reload()
    expect(dashboard.locator("#event-2 .name")).to_have_text(evil)
    assert dashboard.locator("body").get_attribute("data-owned") is None
    assert dashboard.locator("#rows img, #rows script, #detail img, #detail script, #types img").count() == 0


def test_filters_choose_by_verdict_type_and_text_and_live_in_the_address(
    server: Server, dashboard: Page, recording: dict[str, Any]
) -> None:
    zebra = example_params(reference.load(), "search") | {"search_term": "zebra"}
    calls = [
        shim_event(1),
        shim_event(2, "search", {}),
        shim_event(3, "search", zebra),
        shim_event(4, "refund", {}),
    ]
    post(server, recording, calls)
    expect(dashboard.locator(".row")).to_have_count(4)
    dashboard.locator("input[name=verdict][value=invalid]").check()
    expect(dashboard.locator(".row")).to_have_count(2)
    assert seqs(dashboard) == [2, 4]
    dashboard.locator("input[name=name][value=search]").check()
    expect(dashboard.locator(".row")).to_have_count(1)
    assert dashboard.url.endswith("?query=verdict%3Ainvalid+name%3Asearch")
    expect(dashboard.locator("#search")).to_have_value("verdict:invalid name:search")
    dashboard.reload()
    expect(dashboard.locator(".row")).to_have_count(1)
    dashboard.get_by_text("Clear filters").click()
    expect(dashboard.locator(".row")).to_have_count(4)
    dashboard.keyboard.press("/")
    dashboard.keyboard.type("zebra")
    expect(dashboard.locator(".row")).to_have_count(1)
    assert seqs(dashboard) == [3]


def test_a_filter_holds_for_what_arrives_later(
    server: Server, dashboard: Page, recording: dict[str, Any]
) -> None:
    dashboard.locator("input[name=verdict][value=invalid]").check()
    expect(dashboard.locator("#timeline[data-filtered]")).to_be_visible()
    post(server, recording, [shim_event(1), shim_event(2, "search", {}), shim_event(3)])
    expect(dashboard.locator("[data-received]")).to_have_text("3")
    expect(dashboard.locator("#event-2")).to_be_visible()
    assert seqs(dashboard) == [2]


def test_pause_holds_the_rows_and_resume_loses_none(
    server: Server, dashboard: Page, recording: dict[str, Any]
) -> None:
    post(server, recording, [shim_event(1)])
    expect(dashboard.locator("#event-1")).to_be_visible()
    dashboard.get_by_role("button", name="Pause").click()
    expect(dashboard.locator("#status")).to_have_attribute("data-state", "paused")
    post_many(server, recording, 30)
    expect(dashboard.locator("[data-jump-text]")).to_have_text("30 new")
    assert seqs(dashboard) == [1]
    dashboard.get_by_role("button", name="Resume").click()
    expect(dashboard.locator("#event-31")).to_be_visible()
    assert seqs(dashboard) == list(range(1, 32))


def test_the_page_keeps_a_bounded_number_of_rows_and_loads_older_ones_on_scroll(
    server: Server, dashboard: Page, recording: dict[str, Any]
) -> None:
    post_many(server, recording, 1200)
    expect(dashboard.locator("#event-1200")).to_be_visible()
    expect(dashboard.locator(".row")).to_have_count(500)
    assert seqs(dashboard) == list(range(701, 1201))
    for first in (601, 501):
        dashboard.locator("#timeline").evaluate("timeline => { timeline.scrollTop = 0 }")
        expect(dashboard.locator(f"#event-{first}")).to_be_attached()
    assert seqs(dashboard) == list(range(501, 1001))
    post(server, recording, [shim_event(1)])
    expect(dashboard.locator("[data-received]")).to_have_text("1201")
    assert seqs(dashboard)[-1] == 1000
    dashboard.locator("#jump").click()
    expect(dashboard.locator("#event-1201")).to_be_visible()
    assert seqs(dashboard)[-1] == 1201


def test_scrolling_back_down_loads_newer_rows_and_follows_again(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    post_many(server, recording, 400)
    open_dashboard(page, recording, "?event=120")
    expect(page.locator("#event-120")).to_be_in_viewport()
    for last in (319, 400):
        page.locator("#timeline").evaluate("timeline => { timeline.scrollTop = timeline.scrollHeight }")
        expect(page.locator(f"#event-{last}")).to_be_attached()
    page.locator("#timeline").evaluate("timeline => { timeline.scrollTop = timeline.scrollHeight }")
    post(server, recording, [shim_event(1)])
    expect(page.locator("#event-401")).to_be_visible()
    assert seqs(page) == list(range(20, 402))


def test_scrolling_up_keeps_what_a_person_reads_in_place(
    server: Server, dashboard: Page, recording: dict[str, Any]
) -> None:
    post_many(server, recording, 100)
    expect(dashboard.locator("#event-100")).to_be_visible()
    dashboard.locator("#timeline").hover()
    dashboard.mouse.wheel(0, -600)
    expect(dashboard.locator("#jump")).to_be_visible()
    post_many(server, recording, 50)
    expect(dashboard.locator("[data-jump-text]")).to_have_text("50 new")
    assert seqs(dashboard)[-1] == 100
    dashboard.locator("#jump").click()
    expect(dashboard.locator("#event-150")).to_be_in_viewport()


def test_a_chosen_event_has_an_address_that_opens_it(
    server: Server, dashboard: Page, recording: dict[str, Any], new_context: Callable[[], BrowserContext]
) -> None:
    post(server, recording, [shim_event(1), shim_event(2, "search", {})])
    dashboard.locator("#event-2").click()
    expect(dashboard.locator("#detail h2")).to_contain_text("search")
    assert dashboard.url.endswith("?event=2")
    colleague = new_context().new_page()
    colleague.goto(dashboard.url)
    expect(colleague.locator("#detail h2")).to_contain_text("search")
    expect(colleague.locator("#event-2")).to_have_attribute("aria-current", "true")


def test_the_bar_stays_in_sight_of_an_event_far_down(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    post_many(server, recording, 120)
    open_dashboard(page, recording, "?event=110")
    expect(page.locator("#event-110")).to_be_in_viewport()
    expect(page.locator("header.bar")).to_be_in_viewport(ratio=1)


def test_keys_walk_through_the_events(server: Server, dashboard: Page, recording: dict[str, Any]) -> None:
    post(server, recording, [shim_event(1), shim_event(2, "search"), shim_event(3)])
    expect(dashboard.locator("#event-3")).to_be_visible()
    for key, title in (("j", "login"), ("j", "search"), ("k", "login")):
        dashboard.keyboard.press(key)
        expect(dashboard.locator("#detail h2")).to_contain_text(title)
    dashboard.keyboard.press("Escape")
    expect(dashboard.locator(".row[aria-current]")).to_have_count(0)


@pytest.mark.page_errors_expected  # the browser logs each refused connection
def test_a_server_restart_loses_nothing(server: Server, dashboard: Page, recording: dict[str, Any]) -> None:
    post(server, recording, [shim_event(1)])
    expect(dashboard.locator("#event-1")).to_be_visible()
    with server.away():
        expect(dashboard.locator("#status")).to_have_attribute("data-state", "reconnecting")
    post(server, recording, [shim_event(2)])
    expect(dashboard.locator("#event-2")).to_be_visible()
    # A busy machine may have the page poll meanwhile, and try the socket again after half a minute.
    expect(dashboard.locator("#status")).to_have_attribute("data-state", "live", timeout=60_000)
    assert seqs(dashboard) == [1, 2]


@pytest.mark.page_errors_expected  # the browser logs each socket that does not open
def test_without_websockets_the_page_polls_and_says_so(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    page.route_web_socket(re.compile("/ws/"), lambda socket: socket.close(code=1011))
    page.goto(recording["urls"]["dashboard"])
    expect(page.locator("#status")).to_have_attribute("data-state", "polling")
    post_many(server, recording, 620)
    expect(page.locator("#event-620")).to_be_visible()
    assert seqs(page) == list(range(121, 621))


def test_a_foreign_or_unknown_recording_is_a_page_that_says_so(server: Server, page: Page) -> None:
    response = server.client.get("/recordings/nosuchkey/")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.text
