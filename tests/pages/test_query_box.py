"""The dashboard's query box: it explains, completes, counts, marks, and holds what the tick boxes say."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.posting import page_load, post, shim_event
from tests.servers import Server
from tests.sharing import share

EVENTS = (
    shim_event(1, "search", {"search_term": "raincoat"}),
    shim_event(2, "page_view", {"page_type": "home", "deep": {"ref": "O_77"}}),
    shim_event(3, "page_view", {"page_type": "Home"}),
    shim_event(4, "login"),
)


@pytest.fixture
def box(server: Server, page: Page, recording: dict[str, Any]) -> Page:
    """The dashboard of a recording with a few events."""
    post(server, recording, EVENTS, page_load("/cart"))
    page.goto(f"{server.url}/recordings/{recording['key']}/")
    page.locator("html[data-ready]").wait_for()
    expect(page.locator("#status")).to_have_attribute("data-state", "live")
    return page


def seqs(page: Page) -> list[int]:
    return [int(row.get_attribute("data-seq") or 0) for row in page.locator("a.row").all()]


def test_a_query_is_applied_while_it_is_typed_and_counted(box: Page) -> None:
    box.keyboard.press("/")
    box.keyboard.type("page_type~home")
    expect(box.locator("#match-count")).to_have_text("2 of 4")
    assert seqs(box) == [2, 3]
    assert box.url.endswith("?query=page_type~home") or box.url.endswith("?query=page_type%7Ehome")
    box.reload()
    expect(box.locator("#search")).to_have_value("page_type~home")
    expect(box.locator("#match-count")).to_have_text("2 of 4")


def test_what_cannot_be_read_is_explained_at_its_word_and_the_rows_stay(box: Page) -> None:
    box.locator("#search").fill("page_type=home")
    expect(box.locator("a.row")).to_have_count(1)
    box.locator("#search").fill("login nme:x")
    error = box.locator("#query-error")
    expect(error).to_contain_text("There is no field nme. Did you mean name?")
    expect(error.locator("mark")).to_have_text("nme")
    expect(box.locator("#search")).to_have_attribute("aria-invalid", "true")
    assert seqs(box) == [2]
    box.locator("#search").fill("login")
    expect(error).to_be_hidden()
    expect(box.locator("#event-4")).to_be_visible()


def test_ticks_and_query_hold_the_same(box: Page) -> None:
    box.locator("#search").fill("page_type~home")
    expect(box.locator("a.row")).to_have_count(2)
    box.locator("input[name=name][value=page_view]").check()
    expect(box.locator("#search")).to_have_value("page_type~home name:page_view")
    box.locator("input[name=verdict][value=invalid]").check()
    expect(box.locator("#search")).to_have_value("page_type~home name:page_view verdict:invalid")
    box.locator("#search").fill("name:login,search")
    expect(box.locator("input[name=name]:checked")).to_have_count(2)
    expect(box.locator("input[name=verdict]:checked")).to_have_count(0)
    box.locator("input[name=name][value=login]").uncheck()
    expect(box.locator("#search")).to_have_value("name:search")
    expect(box.locator("a.row")).to_have_count(1)
    box.locator("#search").fill("(name:login or name:search)")
    expect(box.locator("a.row")).to_have_count(2)
    expect(box.locator("input[name=name]:checked")).to_have_count(0)


def test_fields_paths_and_values_are_completed_by_keyboard(box: Page) -> None:
    box.keyboard.press("/")
    box.keyboard.type("page_t")
    options = box.locator("#completions [role=option]")
    expect(options.first).to_contain_text("page_type")
    box.keyboard.press("ArrowDown")
    expect(box.locator("#search")).to_have_attribute("aria-activedescendant", "completion-0")
    box.keyboard.press("Enter")
    expect(box.locator("#search")).to_have_value("page_type ")
    box.locator("#search").fill("")
    box.keyboard.type("page_type=")
    expect(options).to_have_count(2)
    box.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    box.keyboard.press("ArrowDown")
    expect(options).to_have_count(2)
    box.keyboard.press("Enter")
    expect(options.first).to_be_hidden()


def test_a_hit_that_the_row_does_not_show_stands_first_with_its_path(box: Page) -> None:
    box.locator("#search").fill("o_77")
    expect(box.locator("#event-2 .summary")).to_contain_text("deep.ref O_77")
    marked = "() => [...(CSS.highlights.get('hit') ?? [])].map((range) => range.toString())"
    box.wait_for_function(f"({marked})().includes('O_77')")


def test_matches_that_arrive_are_counted(server: Server, box: Page, recording: dict[str, Any]) -> None:
    box.locator("#search").fill("name:login")
    expect(box.locator("#match-count")).to_have_text("1 of 4")
    post(server, recording, [shim_event(1), shim_event(2, "refund", {})], page_load())
    expect(box.locator("#match-count")).to_have_text("2 of 6")


def test_a_query_without_a_match_says_that_all_events_were_looked_at(box: Page) -> None:
    box.locator("#search").fill("nowhere")
    expect(box.locator(".empty")).to_contain_text("No event matches. All 4 events were looked at.")


def test_completion_shows_no_value_that_a_share_masks(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    post(server, recording, [shim_event(1, "login", {"user": {"email": "ada@shop.example"}})], page_load())
    path = share(server, recording)
    for query in ("user.email=", "ada", "has:"):
        asked = {"query": query, "at": len(query)}
        answer = server.client.get(f"{path}complete/", params=asked).raise_for_status()
        assert "ada@" not in answer.text
    whole = server.client.get(
        f"/recordings/{recording['key']}/complete/", params={"query": "user.email=", "at": 11}
    )
    assert whole.json()["offers"] == [{"text": "ada@shop.example", "count": 1, "note": ""}]
