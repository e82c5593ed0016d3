"""Beside a real container: each event is seen once, and the container never notices."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests import browsers
from tests.coexistence_cases import CALLS, CONTAINER, FAMILIES, LOAD_ORDERS, NAMES, SHIM, TAGS
from tests.container_host import container_tag
from tests.shim_cases import STUB, call, script
from tests.street import Street
from tests.waiting import wait_for


@pytest.fixture
def street(browser: Browser) -> Iterator[Street[Page]]:
    """A page in which nothing may be thrown."""
    context = browsers.new_context(browser)
    thrown: list[str] = []
    context.on("weberror", lambda error: thrown.append(str(error.error)))
    street = Street(context.new_page())
    yield street
    street.down()
    context.close()
    assert thrown == []


@pytest.mark.parametrize("html", LOAD_ORDERS.values(), ids=LOAD_ORDERS.keys())
def test_each_event_is_seen_once_in_every_load_order(html: str, street: Street[Page]) -> None:
    street.visit(html)
    events = street.seen(len(NAMES))
    assert [event["name"] for event in events] == NAMES
    assert [event["n"] for event in events] == list(range(1, len(NAMES) + 1))
    assert [event["called"] is not None for event in events] == [True] * len(NAMES)


@pytest.mark.parametrize("options", FAMILIES.values(), ids=FAMILIES.keys())
@pytest.mark.parametrize("html", LOAD_ORDERS.values(), ids=LOAD_ORDERS.keys())
def test_the_clients_requests_are_the_same_byte_for_byte(
    html: str, options: dict[str, Any], street: Street[Page]
) -> None:
    count = len(NAMES) - (float(options.get("generator", 103)) < 93)  # older ones tell tags of no purchase
    page = street.visit(html.replace(SHIM, ""), **options)
    without, outcome = street.requests(count), page.evaluate("window.outcome")
    street.collector.raw.clear()
    page = street.visit(html, **options)
    assert street.requests(count) == without
    assert page.evaluate("window.outcome") == outcome
    assert outcome["called"] == 1


@pytest.mark.parametrize("options", FAMILIES.values(), ids=FAMILIES.keys())
def test_each_request_is_paired_with_its_call(options: dict[str, Any], street: Street[Page]) -> None:
    street.visit(SHIM + STUB + TAGS + CONTAINER + CALLS, **options)
    count = len(NAMES) - (float(options.get("generator", 103)) < 93)
    events = street.outcomes(count)
    assert len(events) == count
    for name, event in events.items():
        sent = event["sent"]
        assert sent.get("event_name", sent.get("event")) == name
        params = sent.get("properties", sent)
        assert all(key in params for key in event["called"])
        assert "source-key" not in event["sent_to"]
        assert event["sent_to"].startswith(street.collector.url(""))
    called, sent = events["purchase"]["called"], events["purchase"]["sent"]
    assert called["user"] == {"id": "7"}  # as the page passed it, although the client adds to it
    assert sent.get("properties", sent)["status"] == "in_progress"


def test_calls_of_the_same_name_keep_their_own_requests(street: Street[Page]) -> None:
    inner = "() => i % 3 || cact('trigger', 'a', { inner: i })"
    calls = f"for (let i = 0; i < 20; i++) cact('trigger', 'a', {{ i }}, {inner})"
    street.visit(SHIM + STUB + CONTAINER + script(calls))
    for event in street.seen(27):
        assert all(event["sent"][key] == value for key, value in event["called"].items())


def test_a_request_that_comes_later_is_told_later(street: Street[Page]) -> None:
    """Consent is waited for: the call is told at once, its request once it is there."""
    page = street.visit(SHIM + STUB + CONTAINER + call("a"), consent="1,3", consent_wait=True)
    (event,) = street.inspector.wait_for_events(1)
    assert "sent" not in event
    page.evaluate("cact('consent.update', { status: 'all-on' })")
    told = street.outcomes(1)["a"]
    assert told["sent"]["user"]["consent_categories"] == ["1", "3"]


def test_a_call_without_a_request_is_told_after_five_seconds(street: Street[Page]) -> None:
    clock = street.page.clock
    clock.install(time=0)
    clock.pause_at(1_000)  # else it goes on by itself
    street.visit(SHIM + STUB + CONTAINER + call("a"), consent="1,3", consent_wait=True)
    clock.run_for(50)
    street.inspector.wait_for_events(1)
    clock.run_for(4_900)
    assert not [post for post in street.inspector.posts if "updates" in post.body]
    clock.run_for(100)
    wait_for("the word", lambda: [post for post in street.inspector.posts if "updates" in post.body])
    assert street.inspector.posts[-1].body["updates"][0]["unsent"] is True


def test_a_request_without_a_call_is_an_event_of_its_own(street: Street[Page]) -> None:
    address, body = street.collector.url("/events?tc_s=1&token=secret"), '{"event_name": "a", "id": "a"}'
    street.visit(SHIM + STUB + CONTAINER + script(f"navigator.sendBeacon('{address}', '{body}')"))
    (event,) = street.seen(1)
    assert (event["name"], event["called"], event["sent"]) == ("a", None, {"event_name": "a", "id": "a"})
    assert event["sent_to"] == address.replace("secret", "…")


def test_calls_that_waited_for_the_script_are_no_events_twice(street: Street[Page]) -> None:
    """They were queued before it came, and are sent after."""
    page = street.visit(STUB + call("a") + CONTAINER + SHIM, consent="1", consent_wait=True)
    page.evaluate("cact('consent.update', { status: 'all-on' })")
    told = street.outcomes(1)["a"]
    assert (told["called"], told["sent"]["id"]) == ({"id": "a"}, "a")


WAYS: Final = {
    "fetch": "fetch(address, { method: 'POST', body })",
    "fetch with a request": "fetch(new Request(address, { method: 'POST', body }))",
    "XHR": "const xhr = new XMLHttpRequest(); xhr.open('POST', address); xhr.send(body)",
    "a blob as beacon": "navigator.sendBeacon(address, new Blob([body]))",
    "bytes as beacon": "navigator.sendBeacon(address, new TextEncoder().encode(body))",
    "an address object": "navigator.sendBeacon(new URL(address), body)",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("path", ["/events?tc_s=1", "/cdp/events", "/a/events/batch?x=1&tc_s=1"])
def test_every_way_to_send_is_watched(way: str, path: str, street: Street[Page]) -> None:
    body = '{"event_name": "a", "x": 1}'
    values = f"const address = '{street.collector.url(path)}', body = '{body}'"
    street.visit(SHIM + STUB + script(f"{values}; {way}"))
    (event,) = street.inspector.wait_for_events(1)
    assert event["sent"] == {"event_name": "a", "x": 1}
    (_, _, _, raw) = street.requests(1)[0]
    assert raw.decode() == body


@pytest.mark.parametrize("refusal", ["() => false", "undefined"])
def test_a_beacon_that_is_refused_and_sent_otherwise_is_one_event(refusal: str, street: Street[Page]) -> None:
    beacon = script(f"Navigator.prototype.sendBeacon = {refusal}")
    street.visit(beacon + SHIM + STUB + CONTAINER + call("a"))
    told = street.outcomes(1)["a"]
    assert told["sent"]["id"] == "a"
    assert {event["name"] for event in street.inspector.events()} == {"a", "end"}
    assert len(street.requests(2)) == 2


def test_other_requests_are_nobodys_business(street: Street[Page]) -> None:
    others = ["/events", "/events?x=1", "/other?tc_s=1", "/myevents?a=tc_s=1"]
    for path in others:
        street.site.files[path.partition("?")[0]] = ""
    calls = ";".join(f"navigator.sendBeacon('{path}', '{{\"event_name\": \"a\"}}')" for path in others)
    street.visit(SHIM + STUB + script(f"{calls}; cact('trigger', 'last')"))
    assert [event["name"] for event in street.inspector.wait_for_events(1)] == ["last"]


def test_two_containers_are_told_apart(street: Street[Page]) -> None:
    """Both run the page's call; each tag's call belongs to its own container."""
    tags = script(
        "tags_1_2 = [(cact) => cact('trigger', 'of_first')];"
        "tags_3_4 = [(cact) => cact('trigger', 'of_second')]"
    )
    one, two = (
        container_tag(street.site.url(""), collect=street.collector.url(""), site=site, container=container)
        for site, container in ((1, 2), (3, 4))
    )
    street.visit(SHIM + STUB + tags + one + two + call("a"))
    events = {event["name"]: event for event in street.seen(3)}
    assert events["of_first"]["container"] == "1_2"
    assert events["of_second"]["container"] == "3_4"
    assert "container" not in events["a"]


def test_the_old_form_is_told_as_such(street: Street[Page]) -> None:
    street.visit(SHIM + STUB + CONTAINER + script("cact('purchase', { id: 'O_1' }); cact('page_view')"))
    first, second = street.seen(2)
    assert (first["name"], first["old_form"], first["called"]) == ("purchase", True, {"id": "O_1"})
    assert (second["name"], second["old_form"]) == ("page_view", True)


@pytest.mark.parametrize("order", [SHIM + STUB + CONTAINER, STUB + CONTAINER + SHIM])
def test_what_was_set_before_goes_along(order: str, street: Street[Page]) -> None:
    sets = "cact('setProperty', 'user.plan', 'gold'); cact('setProperty', 'shop', { city: 'Lyon' })"
    street.visit(
        order + script(f"cact('trigger', 'a'); {sets}; cact('trigger', 'b', {{ user: {{ id: '7' }} }})")
    )
    first, second = street.seen(2)
    assert "permanent" not in first
    assert second["permanent"] == {"user": {"plan": "gold"}, "shop": {"city": "Lyon"}}
    assert second["called"] == {"user": {"id": "7"}}
    assert second["sent"]["user"].items() >= {"plan": "gold", "id": "7"}.items()


def test_the_source_of_a_tag_is_named(street: Street[Page]) -> None:
    street.site.files["/tags.js"] = "\ntags_1234_5 = [(cact) => {\n    cact('trigger', 'tag') }]"
    street.visit(SHIM + STUB + '<script src="/tags.js"></script>' + CONTAINER)
    (event,) = street.seen(1)
    assert event["call_site"] == street.site.url("/tags.js:3:5")


def test_what_the_client_throws_reaches_the_page(street: Street[Page]) -> None:
    page = street.visit(SHIM + STUB + CONTAINER)
    thrown = page.evaluate(
        "() => { const a = {}; a.a = a; try { cact('trigger', 'x', a) } catch (e) { return e.name } }"
    )
    assert thrown == "TypeError"
    assert [event["called"] for event in street.seen(1)] == [{"a": "[circular]"}]
