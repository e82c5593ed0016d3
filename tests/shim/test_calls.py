"""It sees every call, once, whatever loads when, and copies what the call carried."""

import json
import re
from typing import Any, Final

import pytest

from tests.shim.visits import Visit
from tests.shim_cases import (
    ADDS_USER,
    ARGUMENTS,
    AUTOMATIC,
    DECLARED,
    HANDS_ON,
    LOAD_ORDERS,
    STUB,
    STUB_CODE,
    VALUES,
    call,
    script,
    shop,
)
from tests.shim_host import Inspector, Site


@pytest.mark.parametrize("html", LOAD_ORDERS.values(), ids=LOAD_ORDERS.keys())
def test_it_sees_each_call_once_in_every_load_order(html: str, visit: Visit, inspector: Inspector) -> None:
    page = visit(html)
    inspector.wait_for_events(2)
    # One more, certain to come last: had something been counted twice, it would have come before.
    page.evaluate(f"if (!window.cact) {{ {STUB_CODE} }} cact('trigger', 'end')")
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


def test_one_inspector_under_two_names_is_one(visit: Visit, inspector: Inspector) -> None:
    again = f"<script src='http://localhost:{inspector.port}/shim/key.js'></script>"
    page = visit("{shim}" + STUB + again + call("a", "b"))
    page.evaluate("cact('trigger', 'end')")
    assert [event["name"] for event in inspector.wait_for_events(3)] == ["a", "b", "end"]


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
    calls = f"onload = () => {{ cact('trigger', 'test', {{ before: 1, v: {expression}, after: 2 }}) }}"
    visit('<iframe src="data:text/html,x"></iframe>' + shop(calls))
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
    visit(shop(f"{client}; {params}") + script(calls))
    first, second = inspector.wait_for_events(2)
    assert first["called"] == {"user": {"id": "page"}, "items": [1]}
    assert second["called"] == {"user": {"id": "client"}, "items": [1, 2]}


def test_a_wrapper_of_the_page_is_part_of_the_page(visit: Visit, inspector: Inspector) -> None:
    """What a page's own wrapper adds does reach the client, so it is what was called."""
    visit("{shim}" + STUB + ADDS_USER + call("a"))
    assert [event["called"] for event in inspector.wait_for_events(1)] == [{"user": 1, "id": "a"}]


def test_a_call_from_inside_a_call_is_an_event_of_its_own(visit: Visit, inspector: Inspector) -> None:
    visit(
        shop("window.cact = (command, name, params, callback) => { if (callback) callback() }")
        + script("""
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
    url, referrer = site.url("/shop.html?to=<e-mail>&q=1#<e-mail>"), site.url("/from.html")
    observed = {"title": "Ann & Bob", "url": url, "path": "/shop.html", "referrer": referrer}
    assert event["auto"] == {key: observed[key] for key in AUTOMATIC[name]}
    assert event["page"] == {
        "id": event["page"]["id"],
        "url": url,
        "title": "Ann & Bob",
        "referrer": referrer,
    }


def test_it_says_what_it_masks_in_an_address_and_nothing_of_the_page_looks_like_it(
    visit: Visit, site: Site, inspector: Inspector
) -> None:
    visit(
        shop("""history.pushState(0, '', '/of/ann@lovelace.example/cart?to=<e-mail>&was=***');
        cact('trigger', 'page_view')""")
    )
    (event,) = inspector.wait_for_events(1)
    assert event["auto"]["path"] == "/of/<e-mail>/cart"
    assert event["auto"]["url"] == site.url("/of/<e-mail>/cart?to=%3Ce-mail%3E&was=***")


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


def test_it_names_the_line_that_called_a_declared_stub(
    visit: Visit, site: Site, inspector: Inspector
) -> None:
    site.files["/app.js"] = "\n\n  cact('trigger', 'a'); caReady.push(['trigger', 'b'])"
    visit("{shim}" + script(f"{DECLARED}; cact('trigger', 'queued')") + "<script src='/app.js'></script>")
    queued, first, second = inspector.wait_for_events(3)
    assert (queued["call_site"], queued["seen"], first.get("seen")) == (None, "queue", None)
    assert (first["name"], first["call_site"]) == ("a", site.url("/app.js:3:3"))
    assert (second["name"], second["call_site"]) == ("b", site.url("/app.js:3:33"))


def test_what_was_set_before_stays_small_and_harmless(visit: Visit, inspector: Inspector) -> None:
    sets = [
        "'a', {}",
        "'a.__proto__.polluted', 1",
        "'__proto__.polluted', 1",
        '\'b\', JSON.parse(\'{"__proto__": {"polluted": 1}, "x": 2}\')',
        "'c', 'x'.repeat(9000)",
        "'list[0].id', 7",
        "5, 6",
    ]
    many = "for (let i = 0; i < 50; i++) cact('setProperty', 'd' + i, 'x'.repeat(7000))"
    calls = "; ".join(f"cact('setProperty', {one})" for one in sets)
    page = visit(shop(f"{calls}; cact('trigger', 'e'); {many}; cact('trigger', 'f')"))
    first, second = inspector.wait_for_events(2)
    assert first["permanent"] == {"a": {}, "b": {"x": 2}, "list": {"0": {"id": 7}}}
    assert len(json.dumps(second["permanent"])) < 16_100
    assert page.evaluate("({}).polluted") is None


def test_it_gives_each_event_an_id_and_a_time(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB + call("a", "b"))
    before, after = page.evaluate("[performance.timeOrigin, Date.now()]")
    events = inspector.wait_for_events(2)
    assert all(before - 1 <= event["at"] <= after and isinstance(event["at"], int) for event in events)
    uuid4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    ids = [event["id"] for event in events] + [events[0]["page"]["id"]]
    assert all(uuid4.fullmatch(each) for each in ids)
    assert len(set(ids)) == 3
