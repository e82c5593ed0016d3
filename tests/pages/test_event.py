"""One event, beside the timeline and on its own page: everything about it in its place."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from events import reference
from events.reference.examples import example_params
from tests.posting import page_load, post, shim_event
from tests.servers import Server


def show(page: Page, server: Server, recording: dict[str, Any], *events: dict[str, Any]) -> None:
    """Post ``events`` and open the first of them on its own page."""
    post(server, recording, events)
    page.goto(f"{server.url}/recordings/{recording['key']}/events/1/")


def line(page: Page, path: str) -> Locator:
    return page.locator(f'tr[data-path="{path}"]')


def purchase(**changes: Any) -> dict[str, Any]:
    return example_params(reference.load(), "purchase") | changes


def test_missing_parameters_stand_in_their_own_place_with_type_and_example(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    params = purchase()
    del params["currency"], params["items"][0]["product"]["price"]
    show(page, server, recording, shim_event(1, "purchase", params))
    for path, kind, example in (
        ("/currency", "string", "EUR"),
        ("/items/0/product/price", "number", "14.99"),
    ):
        row = line(page, path)
        expect(row).to_have_attribute("data-state", "missing")
        expect(row).to_contain_text("MISSING")
        expect(row.locator(".type")).to_have_text(kind)
        expect(row).to_contain_text(example)
        expect(row.locator("[data-code=missing_required]")).to_have_count(1)
    names = page.locator("tr[data-path]:visible").evaluate_all("rows => rows.map(row => row.dataset.path)")
    listed = [f"/{row.name}" for row in reference.load().events["purchase"].parameters]
    top = [name for name in names if name.count("/") == 1]
    assert top == [name for name in listed if name in top]
    assert "/currency" in top


def test_every_kind_of_parameter_is_marked(server: Server, page: Page, recording: dict[str, Any]) -> None:
    params = example_params(reference.load(), "page_view") | {"my_test": "blue", "context": {"a": 1}}
    event = shim_event(1, "page_view", params, auto={"title": "Home", "url": "https://shop.example/"})
    show(page, server, recording, event)
    expect(line(page, "/title").locator(".badge")).to_have_text("automatic")
    expect(line(page, "/my_test").locator(".badge")).to_have_text("custom")
    expect(line(page, "/context").locator(".badge")).to_have_text("vendor")
    expect(line(page, "/my_test").locator("[data-code=unknown_property]")).to_be_visible()


def test_what_may_be_left_out_is_shown_on_request(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    show(page, server, recording, shim_event(1, "search"))
    expect(line(page, "/user/phone")).to_be_hidden()
    page.get_by_label("Show what may be left out").check()
    expect(line(page, "/user/phone")).to_be_visible()


def test_findings_stand_beside_their_parameter_or_on_top(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    params = purchase(value="22.53", user={"id": "1", "email": "a@b.fr", "consent_categories": [1, {}]})
    show(page, server, recording, shim_event(1, "Purchase", params))
    expect(page.locator(".general [data-code=misspelt_event]")).to_contain_text("did you mean purchase?")
    expect(line(page, "/value").locator("[data-code=wrong_type]")).to_contain_text("remove the quotes")
    expect(line(page, "/user/consent_categories").locator("[data-code=wrong_type]")).to_contain_text(
        "consent_categories[1]"
    )


def test_the_payload_is_a_collapsible_tree(server: Server, page: Page, recording: dict[str, Any]) -> None:
    show(page, server, recording, shim_event(1, "purchase"))
    page.get_by_text("Payload", exact=True).click()
    leaf = page.locator(".tree .leaf", has_text="O_1245")
    expect(leaf).to_be_visible()
    page.locator(".tree > details > summary").click()
    expect(leaf).to_be_hidden()


def test_the_payload_and_the_call_can_be_copied(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    show(page, server, recording, shim_event(1, "search"))
    page.get_by_text("Call", exact=True).click()
    page.locator(".tab-call button").click()
    expect(page.locator(".tab-call button")).to_have_text("Copied")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("cact('trigger', 'search', {")


def test_a_mended_call_is_proposed(server: Server, page: Page, recording: dict[str, Any]) -> None:
    params = purchase(value="22.53", transaction_id="O_9")
    del params["id"], params["items"][0]["quantity"]
    show(page, server, recording, shim_event(1, "purchase", params))
    page.get_by_text("Fix", exact=True).click()
    text = page.locator("#fix-text").inner_text()
    assert "value: 22.53" in text
    assert "quantity: 2" in text
    assert "transaction_id" not in text


def test_a_valid_event_has_nothing_to_mend(server: Server, page: Page, recording: dict[str, Any]) -> None:
    show(page, server, recording, shim_event(1, "search"))
    expect(page.locator("h2 .verdict")).to_contain_text("valid")
    expect(page.get_by_text("Fix", exact=True)).to_have_count(0)


@pytest.mark.parametrize(
    "event",
    [
        42,
        None,
        "text",
        [],
        {"name": None},
        {"name": "search", "called": "text"},
        {"name": "x" * 5000, "called": {}},
    ],
    ids=repr,
)
def test_what_is_no_event_has_a_page_too(server: Server, recording: dict[str, Any], event: Any) -> None:
    post(server, recording, [event], page_load())
    response = server.client.get(f"/recordings/{recording['key']}/events/1/")
    assert response.status_code == 200


def test_htmx_gets_the_fragment_and_everyone_else_the_page(server: Server, recording: dict[str, Any]) -> None:
    post(server, recording, [shim_event(1)])
    address = f"/recordings/{recording['key']}/events/1/"
    assert "<html" not in get(server, address, {"HX-Request": "true"}).text
    assert "<html" in get(server, address, {}).text


@pytest.mark.parametrize("seq", ["0", "2", "99999999999999999999"])
def test_an_unknown_event_is_not_found(server: Server, recording: dict[str, Any], seq: str) -> None:
    assert get(server, f"/recordings/{recording['key']}/events/{seq}/", {}).status_code == 404


def get(server: Server, address: str, headers: dict[str, str]) -> httpx.Response:
    return server.client.get(address, headers=headers)
