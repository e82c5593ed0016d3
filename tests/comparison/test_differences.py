"""Called beside sent: what the client added, changed and dropped."""

import re
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from events.judging.effective import Payloads, effective
from inspector.presenters.called_vs_sent import compare
from tests.example_events import REFERENCE
from tests.posting import page_load, post, shim_event
from tests.servers import Server

GETTER: Final = "[not read: getter]"

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


UNREAD: Final[dict[str, tuple[Any, Any, list[tuple[str, str, str, str]]]]] = {
    "a value": ({"a": GETTER}, {"a": 1}, [("/a", "unread", "", "1")]),
    "the request lacks it": ({"a": GETTER}, {}, [("/a", "unread", "", "")]),
    "an object": (
        {"a": GETTER, "b": 1},
        {"a": {"b": 1, "c": {"d": 2}}, "b": 1},
        [("/a/b", "unread", "", "1"), ("/a/c/d", "unread", "", "2"), ("/b", "same", "1", "1")],
    ),
    "an empty object": ({"a": GETTER}, {"a": {}}, [("/a", "unread", "", "{}")]),
    "the whole call": (GETTER, {"a": [1]}, [("/a/0", "unread", "", "1")]),
    "the whole call, of which nothing was sent": (GETTER, {}, [("", "unread", "", "")]),
    "a name that only begins alike": (
        {"a": GETTER},
        {"a": 1, "ab": 2},
        [("/a", "unread", "", "1"), ("/ab", "added", "", "2")],
    ),
}


@pytest.mark.parametrize(("called", "sent", "lines"), UNREAD.values(), ids=UNREAD.keys())
def test_what_was_not_read_is_not_compared(called: Any, sent: Any, lines: list[Any]) -> None:
    judged = effective("mine", Payloads(called, sent, marked=True), REFERENCE)
    found = compare(called, sent, [], judged.marks)
    assert [(line.path, line.state, line.called, line.sent) for line in found.lines] == lines


UNTOLD: dict[str, tuple[Any, Any, list[str], list[Any]]] = {
    "a value": ({"a": None, "b": 1}, {"a": 2, "b": 1}, ["/a"], [("/a", "unknown", "2"), ("/b", "same", "1")]),
    "an object": ({"a": None}, {"a": {"b": 1}}, ["/a"], [("/a/b", "unknown", "1")]),
    "a text that is known in part": ({"a": "x_{{ y }}"}, {"a": "x_1"}, ["/a"], [("/a", "unknown", '"x_1"')]),
    "more in an object": (
        {"a": {"b": 1}},
        {"a": {"c": 1}},
        ["/a/-"],
        [("/a/b", "dropped", ""), ("/a/c", "unknown", "1")],
    ),
    "all of it": (None, {"a": 1}, [""], [("/a", "unknown", "1")]),
}


@pytest.mark.parametrize(("called", "sent", "untold", "lines"), UNTOLD.values(), ids=UNTOLD.keys())
def test_what_is_unknown_is_not_compared(called: Any, sent: Any, untold: list[str], lines: list[Any]) -> None:
    found = compare(called, sent, [], None, untold)
    assert [(line.path, line.state, line.sent) for line in found.lines] == lines


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
    "not watched": ({}, "unknown", "It is not known whether a request left for this call"),
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


SHOWN: Final[dict[str, tuple[dict[str, Any], str, str, str]]] = {
    "not read and not seen": (
        {"called": {"search_term": GETTER}},
        "/search_term",
        "not read",
        "the value is unknown",
    ),
    "not read but sent": (
        {"called": {"search_term": GETTER}, "sent": {"search_term": "shoes"}},
        "/search_term",
        '"shoes" not read',
        "Taken from the client’s request",
    ),
    "not read and not sent": (
        {"called": {"search_term": GETTER}, "sent": {}},
        "/search_term",
        "MISSING",
        "request lacks it",
    ),
    "set before and not sent": (
        {"called": {}, "sent": {}, "permanent": {"search_term": "shoes"}},
        "/search_term",
        "set with setProperty, but the request lacks it",
        "",
    ),
    "a custom property set before and not sent": (
        {"called": {}, "sent": {}, "permanent": {"my/own": 1}},
        "/my~1own",
        "set with setProperty, but the request lacks it",
        "",
    ),
}


@pytest.mark.parametrize(("fields", "path", "words", "title"), SHOWN.values(), ids=SHOWN.keys())
def test_the_table_says_where_a_value_is_from(
    fields: dict[str, Any], path: str, words: str, title: str, server: Server, page: Page
) -> None:
    show(page, server, shim_event(1, "search") | fields)
    page.locator("label[for=tab-parameters]").click()
    row = page.locator(f'.parameters tr[data-path="{path}"]')
    expect(row).to_be_visible()
    expect(row.locator(".value")).to_contain_text(words)
    if title:
        expect(row.locator(".value .badge")).to_have_attribute("title", re.compile(title))


def test_a_call_that_was_not_read_says_so_everywhere(server: Server, page: Page) -> None:
    show(page, server, shim_event(1, "view_cart", GETTER))
    page.locator("label[for=tab-parameters]").click()
    expect(page.locator("[data-not-read]")).to_contain_text("the value is unknown")
    expect(page.locator(".parameters tbody")).to_have_text("Its parameters are unknown.")
    page.locator(".close").click()
    expect(page.locator(".row .summary")).to_have_text("not read")


def test_the_code_of_the_call_holds_no_mark(server: Server, page: Page) -> None:
    show(page, server, shim_event(1, "search", {"search_term": GETTER}))
    page.locator("label[for=tab-call]").click()
    expect(page.locator("#call-text")).to_contain_text("search_term: undefined /* not read */")


def test_hostile_values_stay_text(server: Server, page: Page) -> None:
    bad = "<img src=x onerror=alert(1)>"
    show(page, server, shim_event(1, called={bad: bad}, sent={bad: bad + "!"}, sent_to=bad, container=bad))
    expect(page.locator(".differences")).to_contain_text(bad)
    expect(page.locator("img")).to_have_count(0)
