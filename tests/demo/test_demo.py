"""The demo shop: everything right is valid, everything broken is seen, and nothing throws into the page."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from events.reference import load
from events.verdict import CODES, judge
from inspector.demo import shop
from inspector.demo.broken_events import BROKEN_EVENTS, BrokenEvent
from tests.servers import Server
from tests.waiting import wait_for

REFERENCE = load()
EVENTS = list(REFERENCE.events)
THROWN = {"circular": "TypeError: Converting circular", "bigint": "TypeError: Do not know how to serialize"}
REQUIRED = shop.required_paths(REFERENCE)
FAULTS = [fault for faults in BROKEN_EVENTS.values() for fault in faults]


class Visitor:
    """Somebody in the shop, and what the recording holds of them."""

    def __init__(self, server: Server, page: Page, recording: dict[str, Any]) -> None:
        self.server, self.page, self.recording = server, page, recording
        self.expected: list[str] = []

    def visit(self, path: str = "", query: str = "") -> None:
        """Open a page of the shop by its address."""
        self.page.goto(f"{self.server.url}/demo/{path}?recording={self.recording['key']}{query}")
        self.arrive()

    def arrive(self, *also: str) -> None:
        """The page is there and has fired its page_view, and ``also``."""
        expect(self.page.locator("html[data-ready]")).to_be_attached()
        self.expected += ["page_view", *also]

    def fire(self, name: str) -> None:
        """Do what fires the event."""
        self.page.locator(f"[data-fire={name}]").first.click()
        self.expected.append(name)

    def events(self, count: int) -> list[dict[str, Any]]:
        """The recording's events, once there are that many."""

        def look() -> list[dict[str, Any]]:
            address = f"/api/recordings/{self.recording['key']}/events"
            found: list[dict[str, Any]] = self.server.client.get(address, params={"limit": 500}).json()[
                "events"
            ]
            return found if len(found) >= count else []

        return wait_for(f"{count} events", look)

    def codes(self) -> set[str]:
        """The codes of the findings about every event but the first, the page's own page_view."""
        return {code for event in self.events(2)[1:] for code, _ in findings(event)}


@pytest.fixture
def visitor(server: Server, page: Page, recording: dict[str, Any]) -> Visitor:
    return Visitor(server, page, recording)


def findings(event: dict[str, Any]) -> list[tuple[str, str]]:
    return [(finding["code"], finding["path"]) for finding in event["findings"]]


# ---- right ----


def test_all_events_at_once_are_valid(visitor: Visitor) -> None:
    visitor.visit()
    visitor.page.locator("[data-fire-all]").click()
    events = visitor.events(1 + len(EVENTS))
    assert [event["event_name"] for event in events] == ["page_view", *EVENTS]
    assert [(event["verdict"], findings(event)) for event in events] == [("valid", [])] * len(events)


def test_a_visit_fires_every_event_at_its_moment_and_each_is_valid(visitor: Visitor) -> None:
    page = visitor.page
    visitor.visit()
    visitor.fire("generate_lead")
    visitor.fire("select_content")
    page.wait_for_url("**/demo/list/**")
    visitor.arrive("view_item_list")
    page.get_by_label("Search shirts").fill("Trex")
    visitor.fire("search")
    page.wait_for_url("**q=Trex")
    visitor.arrive("view_item_list")
    visitor.fire("select_item")
    page.wait_for_url("**/demo/product/**")
    visitor.arrive("view_item")
    visitor.fire("add_to_wishlist")
    visitor.fire("add_to_cart")
    expect(page.locator("[data-cart-count]")).to_have_text("2")
    page.get_by_role("link", name="Cart").click()
    page.wait_for_url("**/demo/cart/**")
    visitor.arrive("view_cart")
    visitor.fire("begin_checkout")
    page.wait_for_url("**/demo/checkout/**")
    visitor.arrive()
    visitor.fire("add_shipping_info")
    visitor.fire("add_payment_info")
    visitor.fire("purchase")
    page.wait_for_url("**/demo/thanks/**")
    visitor.arrive()
    page.get_by_role("link", name="Your orders").click()
    page.wait_for_url("**/demo/account/**")
    visitor.arrive()
    visitor.fire("refund")
    visitor.fire("login")
    visitor.fire("sign_up")
    visitor.visit("product/", "&sku=SKU_12348")
    visitor.expected.append("view_item")
    visitor.fire("add_to_cart")
    visitor.visit("cart/")
    visitor.expected.append("view_cart")
    page.locator("[data-fire=remove_from_cart]:visible").click()
    visitor.expected.append("remove_from_cart")
    expect(page.locator("[data-empty]")).to_be_visible()

    events = visitor.events(len(visitor.expected))
    assert [event["event_name"] for event in events] == visitor.expected
    assert set(visitor.expected) == set(EVENTS)
    assert [(event["event_name"], findings(event)) for event in events if event["findings"]] == []
    assert {event["verdict"] for event in events} == {"valid"}


def test_an_order_keeps_its_number_from_purchase_to_refund(visitor: Visitor) -> None:
    visitor.visit("checkout/")
    visitor.page.get_by_label("Invoice").check()
    visitor.fire("purchase")
    visitor.page.wait_for_url("**/demo/thanks/**")
    visitor.arrive()
    visitor.visit("account/")
    visitor.fire("refund")
    called = {event["event_name"]: event["called"] for event in visitor.events(5)}
    assert called["purchase"]["id"] == called["refund"]["id"]
    assert called["purchase"]["payment_method"] == "by_invoice"
    assert called["purchase"]["items"] == called["refund"]["items"]


@pytest.mark.parametrize("sku", shop.catalogue())
def test_every_shirt_is_a_standard_item(sku: str) -> None:
    item = shop.catalogue()[sku] | {"quantity": 1}
    assert judge("select_item", {"items": [item]}, REFERENCE).findings == []


@pytest.mark.parametrize("page_name", shop.PAGES)
def test_every_page_keeps_recording_and_breakage_in_its_links(
    visitor: Visitor, page_name: str, server: Server
) -> None:
    server.new_recording("a newer one")
    visitor.visit(f"{page_name}/", "&broken=1")
    links = visitor.page.locator("body > :not(.toolbar) a[href*='/demo/']").evaluate_all(
        "links => links.map(link => link.search)"
    )
    assert links
    for query in links:
        assert f"recording={visitor.recording['key']}" in query
        assert "broken=1" in query


def test_without_a_recording_in_the_address_the_newest_is_used(server: Server, page: Page) -> None:
    newest = server.new_recording("Newest")
    page.goto(f"{server.url}/demo/")
    link = page.locator("[data-dashboard]")
    expect(link).to_have_attribute("href", f"/recordings/{newest['key']}/")
    expect(link).to_have_attribute("target", "_blank")


@pytest.mark.parametrize("path", ["/demo/nothing/", "/demo/base/", "/demo/?recording=none"])
def test_unknown_pages_and_recordings_are_not_found(server: Server, path: str) -> None:
    assert server.client.get(path).status_code == 404


def test_a_search_is_escaped(server: Server) -> None:
    answer = server.client.get("/demo/list/", params={"q": '"><script>alert(1)</script>'})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


# ---- broken ----


def test_breaking_things_makes_every_required_parameter_missing(visitor: Visitor) -> None:
    visitor.visit()
    visitor.page.locator("[data-break]").click()
    visitor.page.wait_for_url("**broken=1")
    visitor.arrive()
    visitor.page.locator("[data-fire-all]").click()
    events = visitor.events(2 + len(EVENTS))[1:]
    for event in events:
        missing = {path for code, path in findings(event) if code == "missing_required"}
        assert missing == set(REQUIRED[event["event_name"]]), event["event_name"]
        assert event["verdict"] == "invalid"


def test_breaking_things_breaks_what_the_shop_itself_fires(visitor: Visitor) -> None:
    visitor.visit("product/", "&broken=1&sku=SKU_12345")
    visitor.fire("add_to_cart")
    for event in visitor.events(3):
        missing = {path for code, path in findings(event) if code == "missing_required"}
        assert missing == set(REQUIRED[event["event_name"]])


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_has_something_to_break(name: str) -> None:
    required = {f"/{row.name}" for row in REFERENCE.events[name].parameters if row.is_required}
    assert REQUIRED[name]
    assert required - set(REQUIRED[name]) <= {"/user", "/items"}
    if name != "select_item":
        assert "/user/consent_categories" in REQUIRED[name]


def test_every_finding_that_a_page_can_show_is_in_the_shop() -> None:
    shown = {fault.shows for fault in FAULTS}
    complete = {"missing_required", "missing_conditional", "missing_recommended"}  # by Break things
    by_the_page_itself = {"not_suggested", "too_many_items", "not_triggered", "unknown_property"}
    newer_editions = {"out_of_range", "deprecated_property"}
    assert set(CODES) - shown - complete - by_the_page_itself - newer_editions == set()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.key)
def test_each_fault_is_found_and_none_throws(visitor: Visitor, fault: BrokenEvent) -> None:
    visitor.visit()
    visitor.page.locator("[data-odd-menu] summary").click()
    visitor.page.locator(f"[data-odd={fault.key}]").click()
    event = visitor.events(2)[1]
    if fault.shows in CODES:
        wait_for(fault.shows, lambda: fault.shows in visitor.codes())
    listed = visitor.page.locator("[data-log-list] > li")
    assert event["event_name"] in listed.evaluate_all("rows => rows.map(row => row.dataset.call)")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.key)
def test_the_list_tells_what_the_container_threw_into_the_page(visitor: Visitor, fault: BrokenEvent) -> None:
    visitor.visit()
    visitor.page.locator("[data-odd-menu] summary").click()
    visitor.page.locator(f"[data-odd={fault.key}]").click()
    visitor.page.locator("[data-log] > summary").click()
    thrown = visitor.page.locator("[data-log-list] > li").first.locator(".thrown")
    expect(thrown).to_have_count(1 if fault.key in THROWN else 0)
    if fault.key in THROWN:
        expect(thrown).to_contain_text(THROWN[fault.key])


def test_markup_stays_text_all_the_way(visitor: Visitor) -> None:
    visitor.visit()
    visitor.page.evaluate("() => { window.alert = () => { throw new Error('ran') } }")
    visitor.page.locator("[data-odd-menu] summary").click()
    visitor.page.locator("[data-odd=markup]").click()
    page_view, other = visitor.events(3)[1:]
    assert page_view["called"]["page_name"] == "<img src=x onerror=alert(1)>"
    assert other["event_name"] == "<img src=x onerror=alert(1)>"
    visitor.page.locator("[data-log] > summary").click()
    expect(visitor.page.locator("[data-log-list] img")).to_have_count(0)


# ---- the container ----

BEACONS = """window.beacons = []; const real = navigator.sendBeacon;
navigator.sendBeacon = (url, text) => { beacons.push([url, text]); return real.call(navigator, url, text) }"""


def test_the_container_sends_each_event_to_the_shop_s_own_collector(visitor: Visitor) -> None:
    visitor.page.add_init_script(BEACONS)
    visitor.visit()
    visitor.fire("generate_lead")
    beacons = visitor.page.evaluate("beacons.filter(([, text]) => text.includes('event_name'))")
    assert {url for url, _ in beacons} == {
        f"{visitor.server.url}/demo/collect/events?tc_s=1234&token=source-key"
    }
    sent = [json.loads(text) for _, text in beacons]
    assert [body["event_name"] for body in sent] == ["page_view", "generate_lead"]
    assert all(body["context"]["version"] == 2 for body in sent)
    assert [event["event_name"] for event in visitor.events(2)] == ["page_view", "generate_lead"]


def test_the_container_adds_the_visitor_s_consent_to_what_lacks_it(visitor: Visitor) -> None:
    visitor.page.add_init_script(BEACONS)
    visitor.visit()
    visitor.page.evaluate("cact('trigger', 'login', { user: { id: '1' } })")
    bodies = visitor.page.evaluate("beacons.map(([, text]) => text)")
    body = next(json.loads(text) for text in bodies if '"event_name":"login"' in text)
    agreed = shop.complete_calls(REFERENCE)["page_view"]["user"]["consent_categories"]
    assert body["user"]["consent_categories"] == [str(category) for category in agreed]


def test_breaking_things_takes_the_container_away_too(visitor: Visitor) -> None:
    """What it would fill in is missing then, and calls wait in the queue for ever."""
    visitor.visit(query="&broken=1")
    visitor.fire("generate_lead")
    assert visitor.page.evaluate("window.tC === undefined && caReady.length") == 2
    assert [event["delivery"] for event in visitor.events(2)] == ["", ""]


def test_what_the_container_writes_into_parameters_stays_out_of_the_shop_s_data(visitor: Visitor) -> None:
    visitor.visit()
    for _ in range(2):
        visitor.page.locator("[data-fire-all]").click()
    events = visitor.events(1 + 2 * len(EVENTS))[1:]
    first, second = events[: len(EVENTS)], events[len(EVENTS) :]
    assert [event["called"] for event in first] == [event["called"] for event in second]
    visitor.page.locator("[data-log] > summary").click()
    expect(visitor.page.locator("[data-log-list]")).not_to_contain_text("rejected_vendors")


def test_other_commands_reach_the_container_unlisted(visitor: Visitor) -> None:
    visitor.visit()
    told = visitor.page.evaluate("new Promise(told => cact('consent.get', told))")
    assert told["consent"]["status"] == "all-on"
    expect(visitor.page.locator("[data-log-count]")).to_have_text("1")


def test_the_collector_takes_everything_and_keeps_nothing(server: Server, recording: dict[str, Any]) -> None:
    for body in (b"{}", b"\xff no JSON", b"x" * 600_000):
        answer = server.client.post("/demo/collect/events?tc_s=1234&token=x", content=body)
        assert (answer.status_code, answer.content) == (200, b"")
    assert server.client.get("/demo/collect/events").status_code == 405
    assert server.state(recording)["last_seq"] == 0


# ---- the list of calls ----


def test_calls_are_listed_as_code_and_kept_through_navigation(visitor: Visitor) -> None:
    visitor.visit()
    visitor.fire("generate_lead")
    log = visitor.page.locator("[data-log]")
    log.locator("> summary").click()
    first = log.locator("li").first
    first.locator("summary").click()
    expect(first.locator("pre")).to_contain_text("cact('trigger', 'generate_lead', {\n  value: 2.5,")
    visitor.visit("account/")
    expect(log.locator("[data-log-count]")).to_have_text("3")
    log.locator("> summary").click()
    log.locator("[data-log-clear]").click()
    expect(log.locator("li")).to_have_count(0)


def test_the_call_site_is_the_shop_s_own_line(visitor: Visitor) -> None:
    visitor.visit()
    event = visitor.events(1)[0]
    answer = visitor.server.client.get(f"/recordings/{visitor.recording['key']}/events/{event['seq']}/")
    assert "/static/demo/shop.js:" in answer.text


def test_the_script_gets_the_reference_s_own_data(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/demo/")
    data = json.loads(page.locator("#demo-data").text_content() or "")
    assert data["complete"] == shop.complete_calls(REFERENCE)
    assert data["required"] == REQUIRED
