"""It delivers everything: in order, again where it must, and says where it is blocked."""

import pytest
from playwright.sync_api import Page

from tests.shim.visits import Visit, is_ours, what_it_says
from tests.shim_cases import (
    STUB,
    call,
    shop,
)
from tests.shim_host import Answer, Inspector, Site
from tests.waiting import wait_for


def test_a_burst_arrives_in_order_in_few_requests(visit: Visit, inspector: Inspector) -> None:
    visit(shop("for (let i = 1; i <= 120; i++) cact('trigger', 'e' + i)"))
    events = inspector.wait_for_events(120)
    assert [event["name"] for event in events] == [f"e{i}" for i in range(1, 121)]
    assert [len(post.ids) for post in inspector.posts] == [50, 50, 20]


def test_requests_stay_small(visit: Visit, inspector: Inspector) -> None:
    visit(shop("for (let i = 0; i < 40; i++) cact('trigger', 'e', { v: 'é'.repeat(3000) })"))
    inspector.wait_for_events(40)
    assert all(post.bytes < 50_000 for post in inspector.posts)
    assert len(inspector.posts) == 6


def test_one_request_at_a_time(visit: Visit, inspector: Inspector) -> None:
    with inspector.silent():
        page = visit("{shim}" + STUB + call("a"))
        inspector.wait_for_posts(1)
        for i in range(10):
            page.evaluate(f"cact('trigger', 'b{i}')")
    inspector.wait_for_events(11)
    assert [len(post.ids) for post in inspector.posts] == [1, 10]


def test_it_needs_no_preflight_and_carries_no_cookies(visit: Visit, page: Page, inspector: Inspector) -> None:
    page.context.add_cookies([{"name": "secret", "value": "1", "domain": "127.0.0.1", "path": "/"}])
    visit("{shim}" + STUB + call("a"))
    inspector.wait_for_events(1)
    (post,) = inspector.posts
    assert post.headers["Content-Type"] == "text/plain;charset=UTF-8"
    assert "Cookie" not in post.headers
    assert inspector.preflights == 0


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_it_tries_again_with_the_same_events(status: int, visit: Visit, inspector: Inspector) -> None:
    answers = iter([Answer(status), Answer(status)])
    inspector.answer = lambda _: next(answers, Answer())
    visit("{shim}" + STUB + call("a", "b"))
    inspector.wait_for_events(2)
    first, second, third = inspector.posts
    assert first.ids == second.ids == third.ids
    assert third.at - second.at > 0.2


def test_it_waits_as_long_as_it_is_told(visit: Visit, page: Page, inspector: Inspector) -> None:
    answers = iter([Answer(503, headers={"Retry-After": "1"})])
    inspector.answer = lambda _: next(answers, Answer())
    with page.expect_response(inspector.url("/collect/key")):
        visit("{shim}" + STUB + call("a"))
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow')); cact('trigger', 'b')")
    inspector.wait_for_events(2)
    first, second = inspector.posts
    assert second.at - first.at > 0.95


def test_it_tries_at_once_when_the_network_is_back(visit: Visit, page: Page, inspector: Inspector) -> None:
    answers = iter([Answer(503, headers={"Retry-After": "3600"})])
    inspector.answer = lambda _: next(answers, Answer())
    with page.expect_response(inspector.url("/collect/key")):
        visit("{shim}" + STUB + call("a"))
    page.evaluate("cact('trigger', 'b')")

    def delivered() -> bool:
        """Again and again: the answer that the browser has may not have come to the script yet."""
        page.evaluate("dispatchEvent(new Event('online'))")
        return len(inspector.events()) == 2

    wait_for("both events", delivered)
    assert [len(post.ids) for post in inspector.posts] == [1, 2]


def test_it_outlives_an_inspector_that_is_away(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB + call("a"))
    inspector.wait_for_events(1)
    inspector.down()
    with page.expect_event("requestfailed"):
        page.evaluate("cact('trigger', 'b')")
    page.evaluate("cact('trigger', 'c')")
    inspector.up()
    inspector.wait_for_events(3)
    assert inspector.names() == ["a", "b", "c"]


def test_it_keeps_500_events_and_the_numbers_show_the_gap(visit: Visit, inspector: Inspector) -> None:
    inspector.answer = lambda _: Answer(503)
    page = visit(shop("for (let i = 1; i <= 620; i++) cact('trigger', 'e' + i)"))
    inspector.wait_for_posts(1)
    inspector.answer = lambda _: Answer()
    page.evaluate("dispatchEvent(new Event('online'))")
    events = inspector.wait_for_events(500)
    assert [event["n"] for event in events] == list(range(121, 621))


def test_what_is_refused_is_dropped_and_said_once(visit: Visit, page: Page, inspector: Inspector) -> None:
    refusal = Answer(404, '{"error": {"code": "not_found", "message": "No recording has this capture key."}}')
    inspector.answer = lambda body: refusal if body["events"][0]["name"] != "c" else Answer()
    visit("{shim}" + STUB)
    said = what_it_says(page)
    with page.expect_console_message(is_ours) as warning:
        page.evaluate("cact('trigger', 'a')")
    assert "No recording has this capture key." in warning.value.text
    page.evaluate("cact('trigger', 'b')")
    inspector.wait_for_posts(2)
    page.evaluate("cact('trigger', 'c')")
    inspector.wait_for_events(1)
    assert [post.status for post in inspector.posts] == [404, 404, 202]
    page.reload()
    assert len(said) == 1


def test_what_is_too_much_at_once_is_split(visit: Visit, inspector: Inspector) -> None:
    inspector.answer = lambda body: Answer(413 if len(body["events"]) > 3 else 202)
    visit(shop("for (let i = 0; i < 10; i++) cact('trigger', 'e' + i)"))
    inspector.wait_for_events(10)
    assert inspector.names() == [f"e{i}" for i in range(10)]
    assert [len(post.ids) for post in inspector.posts] == [10, 5, 2, 2, 2, 2, 2]


def test_one_event_that_is_too_much_is_dropped(visit: Visit, inspector: Inspector) -> None:
    inspector.answer = lambda body: Answer(413 if body["events"][0]["name"] == "a" else 202)
    visit("{shim}" + STUB + call("a", "b"))
    inspector.wait_for_events(1)
    assert [len(post.ids) for post in inspector.posts] == [2, 1, 1]
    assert inspector.names() == ["b"]


@pytest.mark.parametrize("report_only", [False, True])
def test_it_says_so_when_a_security_policy_blocks_it(
    report_only: bool, site: Site, page: Page, inspector: Inspector
) -> None:
    said = what_it_says(page)
    kind = "Content-Security-Policy" + ("-Report-Only" if report_only else "")
    site.headers = {kind: "connect-src 'self'"}
    site.files["/shop.html"] = "<!doctype html>" + inspector.script() + STUB + call("a")
    if report_only:
        page.goto(site.url("/shop.html"))
        inspector.wait_for_events(1)
        page.evaluate("cact('trigger', 'b')")
        inspector.wait_for_events(2)
        assert said == []
        return
    with page.expect_console_message(is_ours) as warning:
        page.goto(site.url("/shop.html"))
    assert "connect-src" in warning.value.text
    assert inspector.url("/collect/key") in warning.value.text
    page.evaluate("cact('trigger', 'b')")
    wait_for("the report", lambda: inspector.reports)
    assert inspector.reports == [{"report": ["policy"], "url": [site.url("/shop.html")]}]
    page.goto(site.url("/next.html"))
    assert len(said) == 1
    assert inspector.posts == []
