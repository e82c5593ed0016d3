"""The page-side script in a real Chromium: it sees every call, loses none, and the page never notices."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from inspector.page_script import page_script, small_script
from tests import browsers
from tests.shim_cases import (
    ADDS_USER,
    ARGUMENTS,
    AUTOMATIC,
    DECLARED,
    HANDS_ON,
    LEAVING,
    LOAD_ORDERS,
    SABOTAGE,
    STUB,
    UNNOTICED,
    VALUES,
    WRECKED,
    call,
    shop,
)
from tests.shim_host import Answer, Inspector, Site
from tests.waiting import wait_for


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    inspector = Inspector()
    yield inspector
    inspector.down()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.down()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in which nothing may be thrown, nor rejected unhandled. Failing requests are meant."""
    context = browsers.new_context(browser)
    thrown: list[str] = []
    context.on("weberror", lambda error: thrown.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert thrown == []


Visit = Callable[[str], Page]


@pytest.fixture
def visit(site: Site, inspector: Inspector, page: Page) -> Visit:
    """Opens a page of the site. ``{shim}`` in it stands for the script tag, ``{shim two}`` for another's."""

    def visit(html: str) -> Page:
        html = html.replace("{shim address}", inspector.url("/shim/key.js"))
        html = re.sub(r"{shim(?: (\w+))?}", lambda match: inspector.script(match[1] or "key"), html)
        site.files["/shop.html"] = f"<!doctype html><title>Shop</title>{html}"
        page.goto(site.url("/shop.html"))
        return page

    return visit


# ---- every call is seen, once, whatever loads when ----


@pytest.mark.parametrize("html", LOAD_ORDERS.values(), ids=LOAD_ORDERS.keys())
def test_it_sees_each_call_once_in_every_load_order(html: str, visit: Visit, inspector: Inspector) -> None:
    page = visit(html)
    inspector.wait_for_events(2)
    # One more, certain to come last: had something been counted twice, it would have come before.
    page.evaluate("window.cact = window.cact || (() => 0); cact('trigger', 'end')")
    events = inspector.wait_for_events(3)
    assert [event["name"] for event in events] == ["a", "b", "end"]
    assert [event["n"] for event in events] == [1, 2, 3]
    assert len({event["page"]["id"] for event in events}) == 1


def test_it_knows_two_inspectors_at_once(visit: Visit, inspector: Inspector) -> None:
    visit(STUB + call("a") + "{shim one}" + call("b") + "{shim two}" + call("c"))
    for key in ("one", "two"):
        events = inspector.wait_for_events(3, key)
        assert [(event["n"], event["name"]) for event in events] == [(1, "a"), (2, "b"), (3, "c")]
        assert len({event["page"]["id"] for event in events}) == 1


# ---- what is an event, and what it carries ----


@pytest.mark.parametrize(("arguments", "name", "called"), ARGUMENTS.values(), ids=ARGUMENTS.keys())
def test_it_reads_arguments_by_type(
    arguments: str, name: str | None, called: dict[str, Any], visit: Visit, inspector: Inspector
) -> None:
    visit(shop(f"cact('trigger'{arguments and ', ' + arguments})"))
    event = inspector.wait_for_events(1)[0]
    assert (event["name"], event["called"], event.get("sent")) == (name, called, None)
    assert "size" not in event


def test_only_triggers_are_events(visit: Visit, inspector: Inspector) -> None:
    commands = ["emit", "on", "once", "off", "consent.get", "consent.update", "setProperty", "config", "exec"]
    others = json.dumps([*commands, "track", "Trigger", "", None, 7, {}])
    calls = (
        f"for (const command of [...{others}, undefined, Symbol()]) cact(command, 'purchase', {{ id: 1 }})"
    )
    visit(shop(f"{calls}; cact(); cact('trigger', 'last')"))
    assert inspector.wait_for_events(1)[0]["name"] == "last"


@pytest.mark.parametrize(("expression", "expected"), VALUES.values(), ids=VALUES.keys())
def test_it_copies_any_value(expression: str, expected: object, visit: Visit, inspector: Inspector) -> None:
    script = f"onload = () => {{ cact('trigger', 'test', {{ before: 1, v: {expression}, after: 2 }}) }}"
    visit('<iframe src="data:text/html,x"></iframe>' + shop(script))
    called = inspector.wait_for_events(1)[0]["called"]
    copied = called.pop("v")
    assert expected.fullmatch(copied) if isinstance(expected, re.Pattern) else copied == expected
    assert called == {"before": 1, "after": 2}


def test_it_stops_at_a_depth(visit: Visit, inspector: Inspector) -> None:
    deep = "const deep = {}; for (let i = 0, at = deep; i < 1000; i++) at = at.x = {}"
    visit(shop(f"{deep}; cact('trigger', 'deep', deep)"))
    text = json.dumps(inspector.wait_for_events(1)[0]["called"])
    assert text.count("{") == 64
    assert '"[too deep]"' in text


@pytest.mark.parametrize(
    "many", ["new Array(4294967295)", "Array(100000).fill(0)", "Object.assign({}, Array(100000).fill(0))"]
)
def test_it_stops_at_a_number_of_values(many: str, visit: Visit, inspector: Inspector) -> None:
    visit(shop(f"cact('trigger', 'many', {{ many: {many}, after: 1 }})"))
    called = inspector.wait_for_events(1)[0]["called"]["many"]
    values = called if isinstance(called, list) else list(called.values())
    assert 4990 < len(values) <= 5000
    assert values[-1] == "[too many values]"


LARGE: Final = {
    "more than is sent": ("Array(7).fill('x'.repeat(7000))", 49_021, True),
    "more than is sent, in bytes": ("Array(4).fill('é'.repeat(7000))", 56_012, True),
    "more than the client may send": ("Array(5).fill('x'.repeat(7000))", 35_015, False),
    "more than the client may send, cut": ("'x'.repeat(40_000)", 40_000, False),
}


@pytest.mark.parametrize(("value", "size", "dropped"), LARGE.values(), ids=LARGE.keys())
def test_it_tells_the_size_of_what_is_too_large(
    value: str, size: int, dropped: bool, visit: Visit, inspector: Inspector
) -> None:
    visit(shop(f"cact('trigger', 'large', {{ value: {value} }}); cact('trigger', 'small', {{ id: 1 }})"))
    large, small = inspector.wait_for_events(2)
    assert size < large["size"] < size + 50
    assert (large["called"] == {}) is dropped
    assert small["called"] == {"id": 1}


def test_it_copies_at_the_time_of_the_call(visit: Visit, inspector: Inspector) -> None:
    client = "window.cact = (command, name, params) => { params.user.id = 'client' }"
    params = "const params = { user: { id: 'page' }, items: [1] }"
    calls = "cact('trigger', 'a', params); params.items.push(2); cact('trigger', 'b', params)"
    visit(shop(f"{client}; {params}; {calls}"))
    first, second = inspector.wait_for_events(2)
    assert first["called"] == {"user": {"id": "page"}, "items": [1]}
    assert second["called"] == {"user": {"id": "client"}, "items": [1, 2]}


def test_a_wrapper_of_the_page_is_part_of_the_page(visit: Visit, inspector: Inspector) -> None:
    """What a page's own wrapper adds does reach the client, so it is what was called."""
    visit("{shim}" + STUB + ADDS_USER + call("a"))
    assert [event["called"] for event in inspector.wait_for_events(1)] == [{"user": 1, "id": "a"}]


def test_a_call_from_inside_a_call_is_an_event_of_its_own(visit: Visit, inspector: Inspector) -> None:
    visit(
        shop("""
        window.cact = (command, name, params, callback) => { if (callback) callback() };
        const again = () => cact('trigger', 'a', { id: 3 });
        cact('trigger', 'a', { id: 1 }, () => cact('trigger', 'b', { id: 2 }, again));
        cact('consent.get', 'x', {}, () => cact('trigger', 'c', { id: 4 }));
        const same = { id: 5 }; cact('trigger', 'd', same); cact('trigger', 'd', same)""")
    )
    events = inspector.wait_for_events(6)
    assert [event["called"]["id"] for event in events] == [1, 2, 3, 4, 5, 5]


@pytest.mark.parametrize("name", AUTOMATIC)
def test_it_sends_what_it_observes_by_itself(
    name: str, visit: Visit, site: Site, inspector: Inspector
) -> None:
    page = visit("{shim}" + STUB + "<h1>Not this time</h1>")
    html = site.files["/shop.html"]
    site.files["/shop.html"] = html.replace("<title>Shop", "<title>Ann &amp; Bob") + call(name)
    site.files["/from.html"] = "<a href='/shop.html?to=ann.lee%2Bx%40example.co.uk&q=1#bob@example.com'>x</a>"
    page.goto(site.url("/from.html"))
    page.click("a")
    event = inspector.wait_for_events(1)[0]
    url, referrer = site.url("/shop.html?to=***&q=1#***"), site.url("/from.html")
    observed = {"title": "Ann & Bob", "url": url, "path": "/shop.html", "referrer": referrer}
    assert event["auto"] == {key: observed[key] for key in AUTOMATIC[name]}
    assert event["page"] == {
        "id": event["page"]["id"],
        "url": url,
        "title": "Ann & Bob",
        "referrer": referrer,
    }


def test_it_tells_soft_navigations_apart(visit: Visit, site: Site, inspector: Inspector) -> None:
    visit(
        shop("""cact('trigger', 'page_view'); history.pushState(0, '', '/cart'); document.title = 'Cart';
        cact('trigger', 'page_view'); cact('trigger', 'view_cart')""")
    )
    events = inspector.wait_for_events(3)
    shop_url, cart_url = site.url("/shop.html"), site.url("/cart")
    assert [event["page"]["url"] for event in events] == [shop_url, cart_url, cart_url]
    assert [event["page"]["title"] for event in events] == ["Shop", "Cart", "Cart"]
    assert [event["auto"].get("title") for event in events] == ["Shop", "Cart", None]
    assert [event["n"] for event in events] == [1, 1, 2]
    first, second, third = (event["page"]["id"] for event in events)
    assert first != second == third


def test_it_names_the_line_that_called(visit: Visit, site: Site, inspector: Inspector) -> None:
    site.files["/app.js"] = "\n\nfunction buy() {\n    cact('trigger', 'purchase', {}) }\nbuy()"
    buys = "<script src='/app.js?package@1.2.3'></script>" + HANDS_ON + "<script>buy()</script>"
    visit(STUB + call("queued") + "{shim}" + buys)
    queued, first, second = inspector.wait_for_events(3)
    assert queued["call_site"] is None
    assert first["call_site"] == second["call_site"] == site.url("/app.js?package@1.2.3:4:5")


def test_it_gives_each_event_an_id_and_a_time(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB + call("a", "b"))
    before, after = page.evaluate("[performance.timeOrigin, Date.now()]")
    events = inspector.wait_for_events(2)
    assert all(before - 1 <= event["at"] <= after and isinstance(event["at"], int) for event in events)
    uuid4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    ids = [event["id"] for event in events] + [events[0]["page"]["id"]]
    assert all(uuid4.fullmatch(each) for each in ids)
    assert len(set(ids)) == 3


# ---- the page never notices ----


@pytest.mark.parametrize("script", UNNOTICED.values(), ids=UNNOTICED.keys())
def test_the_page_does_not_notice(script: str, visit: Visit) -> None:
    assert visit("{shim}").evaluate(f"() => {{ {script} }}") is True


@pytest.mark.parametrize("script", UNNOTICED.values(), ids=UNNOTICED.keys())
def test_without_the_shim_it_is_the_same(script: str, visit: Visit) -> None:
    assert visit("").evaluate(f"() => {{ {script} }}") is True


def test_it_leaves_the_accessor_of_another_tool_alone(visit: Visit) -> None:
    tool = "function theirs() { return 1 }; const mine = { get: theirs, configurable: true }"
    page = visit(f"<script>{tool}; Object.defineProperty(window, 'cact', mine)</script>{{shim}}")
    assert page.evaluate("Object.getOwnPropertyDescriptor(window, 'cact').get === theirs")


@pytest.mark.parametrize("sabotage", SABOTAGE.values(), ids=SABOTAGE.keys())
def test_it_works_in_a_page_that_breaks_things_after_it(
    sabotage: str, visit: Visit, inspector: Inspector
) -> None:
    visit(shop(sabotage) + call("a"))
    assert inspector.wait_for_events(1)[0]["called"] == {"id": "a"}


@pytest.mark.parametrize("wreck", WRECKED.values(), ids=WRECKED.keys())
def test_it_never_throws_into_a_page_that_wrecks_it(wreck: str, visit: Visit) -> None:
    calls = """let calls = 0; cact = () => ++calls;
        cact('trigger', 'a', { id: 1 }); cact('trigger', 'b', { id: 2 });
        dispatchEvent(new Event('pagehide')); dispatchEvent(new Event('pageshow'));
        setTimeout(() => { cact('trigger', 'c'); document.body.append('calls: ' + calls) }, 50)"""
    visit("<body>" + shop(f"{wreck}; {calls}")).get_by_text("calls: 3").wait_for()


# ---- delivery ----


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


@pytest.mark.parametrize("status", [408, 429, 500, 503])
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
    page.evaluate("cact('trigger', 'b'); dispatchEvent(new Event('online'))")
    inspector.wait_for_events(2)
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


# ---- leaving ----


def leave(page: Page, script: str = "", how: str = LEAVING["location"]) -> None:
    """Run the script and navigate in the same turn; wait until the next page is there."""
    with page.expect_navigation():
        page.evaluate(f"() => {{ {script}; {how} }}")


@pytest.mark.parametrize("how", LEAVING.values(), ids=LEAVING.keys())
def test_nothing_is_lost_when_the_page_is_left_at_once(how: str, visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB + "<body>")
    leave(page, "for (let i = 0; i < 5; i++) cact('trigger', 'e' + i)", how)
    inspector.wait_for_events(5)
    assert inspector.names() == [f"e{i}" for i in range(5)]


def test_nothing_is_lost_when_a_tab_is_closed_at_once(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB)
    page.evaluate("cact('trigger', 'a')")
    page.close()
    inspector.wait_for_events(1)


def test_more_than_beacons_can_carry_is_not_lost_either(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB)
    leave(page, "for (let i = 0; i < 200; i++) cact('trigger', 'e' + i, { v: 'x'.repeat(800) })")
    assert len(inspector.wait_for_events(200)) == 200


def test_what_is_on_its_way_is_not_lost_either(visit: Visit, inspector: Inspector) -> None:
    with inspector.silent():
        page = visit(shop("cact('trigger', 'a', { v: Array(3).fill('x'.repeat(7000)) })"))
        inspector.wait_for_posts(1)
        inspector.posts.clear()  # as if it had never come
        leave(page, "cact('trigger', 'b')")
        inspector.wait_for_events(2)
    assert inspector.names() == ["a", "b"]


@pytest.mark.parametrize("moment", ["pagehide", "visibilitychange", "unload"])
def test_events_of_the_last_moment_are_not_lost(moment: str, visit: Visit, inspector: Inspector) -> None:
    with inspector.silent():
        page = visit(shop(f"addEventListener('{moment}', () => {{ cact('trigger', 'bye') }})") + call("a"))
        inspector.wait_for_posts(1)
        leave(page)
        inspector.wait_for_events(2)
    assert inspector.names() == ["a", "bye"]


def test_the_queue_of_a_declared_stub_is_read_when_leaving(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}")
    declare = f"s.textContent = `{DECLARED}; cact('trigger', 'a')`"
    leave(page, f"const s = document.createElement('script'); {declare}; document.head.append(s)")
    inspector.wait_for_events(1)
    assert inspector.names() == ["a"]


def test_it_does_without_beacons(visit: Visit, inspector: Inspector) -> None:
    page = visit("<script>navigator.sendBeacon = () => false</script>{shim}" + STUB)
    leave(page, "cact('trigger', 'a')")
    inspector.wait_for_events(1)


def test_a_refused_beacon_is_tried_again(visit: Visit, inspector: Inspector) -> None:
    refusal = "const send = navigator.sendBeacon.bind(navigator); let asked = 0"
    refusing = f"{{ {refusal}; navigator.sendBeacon = (...given) => asked++ ? send(...given) : false }}"
    inspector.answer = lambda _: Answer(503, headers={"Retry-After": "3600"})
    page = visit(f"<script>{refusing}</script>{{shim}}" + STUB + call("a"))
    inspector.wait_for_posts(1)
    page.evaluate(SHOW, True)
    inspector.wait_for_posts(2)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    inspector.wait_for_posts(3)
    assert [post.headers["Sec-Fetch-Mode"] for post in inspector.posts] == ["cors", "cors", "no-cors"]


SHOW: Final = """(hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true })) }"""


def test_a_page_that_is_hidden_and_lives_on_loses_nothing(visit: Visit, inspector: Inspector) -> None:
    """What a beacon took is sent again where the inspector confirms nothing: it may never have arrived."""
    inspector.answer = lambda _: Answer(503, headers={"Retry-After": "3600"})
    page = visit("{shim}" + STUB + call("a"))
    inspector.wait_for_posts(1)
    page.evaluate(SHOW, True)
    inspector.wait_for_posts(2)
    assert inspector.posts[1].headers["Sec-Fetch-Mode"] == "no-cors"  # a beacon
    inspector.answer = lambda _: Answer()
    page.evaluate(SHOW, False)
    page.evaluate("cact('trigger', 'b'); dispatchEvent(new Event('online'))")
    inspector.wait_for_events(2)
    assert inspector.names() == ["a", "b"]


def test_a_hidden_page_sends_at_once(visit: Visit, inspector: Inspector) -> None:
    """Browsers run the timers of hidden pages once a second, later once a minute."""
    page = visit("<script>window.setTimeout = () => 1</script>{shim}" + STUB)
    page.evaluate(SHOW, True)
    page.evaluate("cact('trigger', 'a'); cact('trigger', 'b')")
    inspector.wait_for_events(2)
    assert [len(post.ids) for post in inspector.posts] == [2]


def test_it_goes_on_when_the_page_comes_back(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB + call("a"))
    inspector.wait_for_events(1)
    page.evaluate(
        """dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); cact('trigger', 'b');
        dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); cact('trigger', 'c')"""
    )
    inspector.wait_for_events(3)
    assert inspector.names() == ["a", "b", "c"]


# ---- where it is blocked, and what it weighs ----


def is_ours(message: ConsoleMessage) -> bool:
    return "Cact Inspector" in message.text


def what_it_says(page: Page) -> list[str]:
    """Fills with what the shim writes to the console."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if is_ours(message) else None)
    return said


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
    wait_for("the dashboard to be told", lambda: inspector.told)
    assert inspector.told == [{"report": ["policy"], "url": [site.url("/shop.html")]}]
    page.goto(site.url("/next.html"))
    assert len(said) == 1
    assert inspector.posts == []


ADDRESS: Final = "http://127.0.0.1:8000/collect/Q2FjdC1JbnNwZWN0b3ItS2V5LQ_"


def weight(script: str) -> int:
    return len(gzip.compress(script.encode(), 9))


def test_it_weighs_at_most_4_kb_and_6_with_the_watcher() -> None:
    settings = json.dumps({"collect": ADDRESS})
    assert weight(small_script(()).replace('"__SETTINGS__"', settings)) <= 4096
    assert weight(page_script(ADDRESS, show_url="http://127.0.0.1:8000/shim/show.js")) <= 6144


def test_it_has_one_place_for_its_settings() -> None:
    assert small_script(()).count("__SETTINGS__") == small_script(()).count('"__SETTINGS__"') == 1
    assert "__" not in page_script(ADDRESS).replace("__proto__", "")
