"""Findings across events on an open dashboard: they appear, link to the earlier event, and are taken back."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.posting import post
from tests.servers import Server

_AT = 1_800_000_000_000
_PAGES = {
    "p": {"id": "p", "url": "https://shop.example/"},
    "q": {"id": "q", "url": "https://shop.example/q"},
}

Step = tuple[str, dict[str, Any]]


def step(identity: str, name: str, called: Any = None, at: int = 0, page: str = "p") -> Step:
    event = {"id": identity, "n": at // 10 + 1, "at": _AT + at, "name": name, "called": called or {}}
    return page, event


def _order(identity: str) -> dict[str, Any]:
    return {"id": identity, "status": "in_progress"}


#: By code: events, the number of the one with the finding, that of the earlier one, and what takes it back.
CASES: dict[str, tuple[list[Step], int, int | None, list[Step]]] = {
    "event_id_reused": (
        [step("a", "x", {"context": {"event_id": "1"}}), step("b", "y", {"context": {"event_id": "1"}}, 900)],
        2,
        1,
        [step("c", "y", {"context": {"event_id": "1"}}, 400)],
    ),
    "duplicate_purchase": (
        [step("a", "purchase", _order("O")), step("b", "purchase", _order("O"), 900)],
        2,
        1,
        [],
    ),
    "fired_twice": ([step("a", "x"), step("b", "x", at=900)], 2, 1, []),
    "no_page_view": (
        [step("a", "x"), step("b", "page_view", at=900, page="q")],
        1,
        None,
        [step("c", "page_view", at=400)],
    ),
    "unknown_order": (
        [step("a", "purchase", _order("O")), step("b", "refund", {"id": "P"}, 900)],
        2,
        None,
        [step("c", "purchase", _order("P"), 400)],
    ),
    "no_checkout": (
        [step("a", "purchase", _order("O"), 900)],
        1,
        None,
        [step("c", "begin_checkout", at=400)],
    ),
    "currency_changes": (
        [step("a", "x", {"currency": "EUR"}), step("b", "y", {"currency": "USD"}, 900)],
        2,
        1,
        [step("c", "z", {"currency": "USD"}, 400)],
    ),
    "user_changes": (
        [step("a", "x", {"user": {"id": "1"}}), step("b", "y", {"user": {"id": "2"}}, 900)],
        2,
        1,
        [step("c", "login", at=400)],
    ),
    "consent_changes": (
        [
            step("a", "x", {"user": {"consent_categories": ["1"]}}),
            step("b", "y", {"user": {"consent_categories": ["2"]}}, 900),
        ],
        2,
        1,
        [step("c", "z", {"user": {"consent_categories": ["2"]}}, 400)],
    ),
}


def _post(server: Server, recording: dict[str, Any], steps: list[Step]) -> None:
    for page, event in steps:
        post(server, recording, [event], _PAGES[page])


@pytest.mark.parametrize("code", CASES)
def test_a_finding_appears_links_and_is_taken_back(
    code: str, server: Server, page: Page, recording: dict[str, Any]
) -> None:
    steps, seq, earlier, takes_back = CASES[code]
    base = f"{server.url}/recordings/{recording['key']}"
    page.goto(f"{base}/")
    _post(server, recording, steps)
    row = page.locator(f'[data-seq="{seq}"]').first
    expect(row).to_be_visible()
    row.click()
    shown = page.locator(f'article.event[data-event="{seq}"] [data-code={code}]').first
    expect(shown).to_be_visible()
    link = shown.locator("a.other-event")
    if earlier is None:
        expect(link).to_have_count(0)
    else:
        link.click()
        expect(page.locator(f'article.event[data-event="{earlier}"]').first).to_be_visible()
    if takes_back:
        _post(server, recording, takes_back)
        page.goto(f"{base}/events/{seq}/")
        expect(page.locator(f'article.event[data-event="{seq}"]')).to_be_visible()
        expect(page.locator(f"[data-code={code}]")).to_have_count(0)
