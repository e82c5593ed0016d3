"""Called beside sent: what the client added, changed and dropped."""

from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from inspector.presenters.called_vs_sent import compare
from tests.posting import page_load, post, shim_event
from tests.servers import Server

CASES: Final[dict[str, tuple[Any, Any, dict[str, str]]]] = {
    "the same": ({"a": 1, "b": {"c": [1, 2]}}, {"a": 1, "b": {"c": [1, 2]}}, {}),
    "added": ({"a": 1}, {"a": 1, "b": 2, "c": {"d": 3}}, {"/b": "added", "/c/d": "added"}),
    "dropped": ({"a": 1, "b": {"c": 2}}, {"a": 1}, {"/b/c": "dropped"}),
    "changed": ({"a": 1}, {"a": 2}, {"/a": "changed"}),
    "retyped": ({"a": 1}, {"a": "1"}, {"/a": "changed"}),
    "true is not 1": ({"a": True}, {"a": 1}, {"/a": "changed"}),
    "1.0 is 1": ({"a": 1.0}, {"a": 1}, {}),
    "null": ({"a": None}, {"a": "null"}, {"/a": "changed"}),
    "an array that grew": ({"a": [1]}, {"a": [1, 2]}, {"/a/1": "added"}),
    "empty ones": ({"a": [], "b": {}}, {"a": {}, "b": {}}, {"/a": "changed"}),
    "the client's wrapping is one line": (
        {},
        {"context": {"page": {"x": 1}}, "integrations": {"facebook": {}}},
        {"/context": "added", "/integrations": "added"},
    ),
    "names with slashes": ({"a/b": 1}, {"a~b": 1}, {"/a~1b": "dropped", "/a~0b": "added"}),
    "no objects at all": ("text", 5, {"": "changed"}),
}


@pytest.mark.parametrize(("called", "sent", "expected"), CASES.values(), ids=CASES.keys())
def test_differences_are_found(called: Any, sent: Any, expected: dict[str, str]) -> None:
    found = compare(called, sent, [])
    assert {line.path: line.state for line in found.lines if line.state != "same"} == expected
    assert sum(found.counts.values()) == len(found.lines)


def test_what_was_set_before_is_told_from_what_was_added() -> None:
    found = compare(
        {"a": 1}, {"a": 1, "user": {"plan": "gold"}, "shop": 1, "shopping": 2}, ["/user/plan", "/shop"]
    )
    states = {line.path: line.state for line in found.lines}
    assert states == {"/a": "same", "/user/plan": "permanent", "/shop": "permanent", "/shopping": "added"}


def test_what_differs_comes_first_and_a_hostile_event_is_cut() -> None:
    called = {f"k{n}": n for n in range(2_000)}
    found = compare(called, {**called, "k7": "x"}, [])
    assert [line.path for line in found.lines[:2]] == ["/k7", "/k0"]
    assert (len(found.lines), found.cut) == (1_000, True)


def show(page: Page, server: Server, event: dict[str, Any]) -> None:
    """The event's page with its Sent tab open."""
    recording = server.new_recording()
    post(server, recording, [event], page_load())
    page.goto(f"{server.url}/recordings/{recording['key']}/events/1/")
    page.locator("label[for=tab-sent]").click()


def test_both_sides_stand_beside_each_other(server: Server, page: Page) -> None:
    sent = {"event_name": "login", "method": "X", "user": {"id": "1", "consent_categories": ["1"]}}
    event = shim_event(1, called={"method": "x", "gone": 1, "user": {"id": "1"}}, sent=sent)
    show(page, server, event | {"sent_to": "https://collect.example/events?tc_s=7&token=…"})
    expect(page.locator("[data-outcome=sent]")).to_contain_text(
        "Sent to https://collect.example/events?tc_s=7"
    )
    expect(page.locator("[data-outcome=sent]")).to_contain_text("1 added · 1 changed · 1 dropped")
    for path, state, cells in (
        ("/method", "changed", ['"x"', '"X"']),
        ("/gone", "dropped", ["1", ""]),
        ("/user/consent_categories/0", "added", ["", '"1"']),
        ("/user/id", "same", ['"1"', '"1"']),
    ):
        line = page.locator(f'.differences tr[data-path="{path}"]')
        expect(line).to_have_attribute("data-difference", state)
        expect(line.locator(".value")).to_have_text(cells)


OUTCOMES: Final[dict[str, tuple[dict[str, Any], str, str]]] = {
    "nothing left the page": ({"unsent": True}, "unsent", "nothing left the page within 5 seconds"),
    "on the wire only": ({"called": None, "sent": {"event_name": "login"}}, "wire", "judged as it was sent"),
    "not watched": ({}, "unknown", "No request of the client was seen"),
}


@pytest.mark.parametrize(("fields", "outcome", "words"), OUTCOMES.values(), ids=OUTCOMES.keys())
def test_it_says_what_became_of_the_call(
    fields: dict[str, Any], outcome: str, words: str, server: Server, page: Page
) -> None:
    show(page, server, shim_event(1) | fields)
    expect(page.locator(f"[data-outcome={outcome}]")).to_contain_text(words)


def test_the_place_and_the_container_of_the_call_are_named(server: Server, page: Page) -> None:
    site = "https://cdn.example/tc_1234_5.js:10:2000"
    show(page, server, shim_event(1, call_site=site, container="1234_5"))
    expect(page.locator("[data-call-site]")).to_have_text(site)
    expect(page.locator("[data-container]")).to_have_text("1234_5")


def test_what_was_set_before_is_marked_in_the_table(server: Server, page: Page) -> None:
    event = shim_event(1, called={"user": {"consent_categories": [1]}}, permanent={"user": {"id": "7"}})
    show(page, server, event)
    page.locator("label[for=tab-parameters]").click()
    expect(page.locator('tr[data-path="/user/id"] .badge')).to_have_text("set before")


def test_hostile_values_stay_text(server: Server, page: Page) -> None:
    bad = "<img src=x onerror=alert(1)>"
    show(page, server, shim_event(1, called={bad: bad}, sent={bad: bad + "!"}, sent_to=bad, container=bad))
    expect(page.locator(".differences")).to_contain_text(bad)
    expect(page.locator("img")).to_have_count(0)
