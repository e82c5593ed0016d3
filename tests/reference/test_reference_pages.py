"""The reference, as people read it: complete, linked, filtered, and the same as the data."""

import pytest
from playwright.sync_api import Page, expect

from events.reference import load
from events.reference.examples import as_call, example_params
from events.verdict import CODES
from events.verdict.code_descriptions import MEANINGS
from inspector.presenters.reference_rows import reference_rows, schemas_in
from tests.posting import post, shim_event
from tests.servers import Server

REFERENCE = load()
EVENTS = list(REFERENCE.events)


def test_every_finding_code_has_a_meaning() -> None:
    assert list(MEANINGS) == list(CODES)


def test_required_is_shown_as_published() -> None:
    shown = {row.parameter.name: row.required for row in reference_rows(REFERENCE, REFERENCE.schemas["User"])}
    assert shown["consent_categories"] == "Yes"
    assert shown["email"] == "Yes*"
    assert shown["id"] == "No*"
    assert shown["city"] == "No"


def test_what_qualifies_required_stands_beside_it() -> None:
    rows = {row.parameter.name: row for row in reference_rows(REFERENCE, REFERENCE.events["view_cart"])}
    assert rows["currency"].aside == "Yes beside value or revenue"
    assert rows["currency"].format == "ISO 4217, three capital letters"
    assert rows["value"].example == "8"
    assert rows["items"].example == ""


def test_schemas_are_found_at_any_depth() -> None:
    names = [schema.name for schema in schemas_in(REFERENCE, REFERENCE.events["purchase"])]
    assert names == ["User", "Item", "Product"]
    assert schemas_in(REFERENCE, REFERENCE.events["search"]) == [REFERENCE.schemas["User"]]


def test_the_overview_lists_everything(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/reference/")
    assert page.locator("#events tbody th").all_inner_texts() == EVENTS
    assert page.locator("#schemas tbody th").all_inner_texts() == list(REFERENCE.schemas)
    assert page.locator("#values tbody th").all_inner_texts() == list(REFERENCE.enumerations)
    assert page.locator("#findings tbody th").all_inner_texts() == list(CODES)
    purchase = page.locator("#events tbody tr", has=page.get_by_role("link", name="purchase", exact=True))
    required = [row.name for row in REFERENCE.events["purchase"].parameters if row.is_required]
    assert purchase.locator("td.names").first.locator("code").all_inner_texts() == required


def test_the_filter_leaves_what_holds_the_words(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/reference/")
    page.keyboard.press("/")
    page.keyboard.type("SHIPPING_tier")
    expect(page.locator("#events tbody tr:visible")).to_have_count(1)
    expect(page.locator("#events tbody tr:visible th")).to_have_text("add_shipping_info")
    expect(page.locator("#findings")).to_be_hidden()
    page.keyboard.type("nowhere")
    expect(page.locator("[data-nothing]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#events tbody tr:visible")).to_have_count(len(EVENTS))


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_shows_its_rows_in_order_and_two_calls(server: Server, page: Page, name: str) -> None:
    page.goto(f"{server.url}/reference/{name}/")
    spec = REFERENCE.events[name]
    names = page.locator("main > section").first.locator("tbody th")
    shown = [text.split()[0] for text in names.all_text_contents()]
    assert shown == [row.name for row in spec.parameters if row.listed]
    assert page.locator("#complete").text_content() == as_call(name, example_params(REFERENCE, name))
    shortest = as_call(name, example_params(REFERENCE, name, required_only=True))
    assert page.locator("#shortest").text_content() == shortest
    schema = page.get_by_role("link", name="JSON Schema").get_attribute("href")
    assert schema is not None
    assert server.client.get(schema).json()["title"] == name


def test_automatic_parameters_are_marked(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/reference/page_view/")
    marked = page.locator("main > section").first.locator("tr", has=page.locator(".badge.automatic"))
    assert [text.split()[0] for text in marked.locator("th").all_text_contents()] == [
        "title",
        "url",
        "path",
        "referrer",
    ]


def test_a_type_leads_to_its_schema_below(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/reference/purchase/")
    page.get_by_role("link", name="Item[]").click()
    expect(page).to_have_url(f"{server.url}/reference/purchase/#Item")
    expect(page.locator("#Item")).to_be_in_viewport()


def test_a_schema_has_a_page_that_names_its_events(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/reference/Product/")
    assert page.locator("h1").text_content() == "Product"
    users = page.locator("main section").last.get_by_role("link").all_text_contents()
    assert users == [name for name in EVENTS if REFERENCE.events[name].parameter("items")]


def test_the_shortest_call_is_one_click_away_and_copied_as_it_is(server: Server, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{server.url}/reference/search/")
    page.get_by_text("Shortest valid call").click()
    expect(page.locator("#complete")).to_be_hidden()
    page.locator("[data-copy='#shortest']").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == as_call("search", example_params(REFERENCE, "search", required_only=True))


def test_a_recording_is_mentioned_only_when_asked_for(server: Server, page: Page) -> None:
    recording = server.new_recording("Staging")
    post(server, recording, [shim_event(1, "search")])
    page.goto(f"{server.url}/reference/search/")
    expect(page.locator("[data-seen]")).to_have_count(0)
    page.goto(f"{server.url}/reference/search/?recording={recording['key']}")
    expect(page.locator("[data-seen]")).to_contain_text("1 valid in Staging")
    page.get_by_role("link", name="Overview").click()
    row = page.locator("#events tbody tr", has=page.get_by_role("link", name="search", exact=True))
    row.locator("td.number a").click()
    expect(page).to_have_url(f"{recording['urls']['dashboard']}?name=search")


@pytest.mark.parametrize(
    "path", ["nothing/", "purchase.toml/", "item/", "%3Cscript%3E/", "x/?recording=none"]
)
def test_unknown_names_are_not_found(server: Server, path: str) -> None:
    answer = server.client.get(f"/reference/{path}")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_an_unknown_recording_is_not_found(server: Server) -> None:
    assert server.client.get("/reference/", params={"recording": "none"}).status_code == 404
