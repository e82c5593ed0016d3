"""What the stand-in for the vendor's container sends, where, and what it makes of the page's parameters."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from events.wire import read
from tests.container_cases import ADDED, ADDRESSES, PROPERTIES, THROWING, VALUES
from tests.container_host import Stand, container_tag
from tests.shim_cases import call, script


@pytest.fixture
def stand(page: Page) -> Iterator[Stand]:
    stand = Stand(page)
    yield stand
    stand.down()


def at(value: Any, path: str) -> Any:
    """What is at a dotted path, "" where nothing is."""
    for name in path.split("."):
        value = value.get(name, "") if isinstance(value, dict) else ""
    return value


# ---- on the wire ----

OLDER: Final = {"event", "properties", "page", "device", "eventId", "version"}
CONTEXT: Final = {"page", "device", "eventId", "version", "created"}
VERSIONS: Final = {"generatorVersion", "containerVersion"}


@pytest.mark.parametrize("generator", ["72", "84"])
def test_up_to_84_it_sends_the_older_shape(stand: Stand, generator: str) -> None:
    body = stand.send("cact('trigger', 'search', { search_term: 'x' })", generator=generator).body
    assert set(body) == OLDER | VERSIONS
    assert (body["event"], body["version"], body["generatorVersion"]) == ("search", 1, generator)
    assert body["properties"]["search_term"] == "x"
    assert {"created", "url", "user", "integrations"} <= set(body["properties"])


@pytest.mark.parametrize("generator", ["85", "103"])
def test_from_85_on_it_sends_the_flat_shape(stand: Stand, generator: str) -> None:
    body = stand.send("cact('trigger', 'search', { search_term: 'x' })", generator=generator).body
    assert set(body) == {"event_name", "context", "search_term", "user", "integrations"}
    assert set(body["context"]) == CONTEXT | VERSIONS
    assert (body["event_name"], body["context"]["version"]) == ("search", 2)
    assert body["search_term"] == "x"


@pytest.mark.parametrize("generator", ["84", "85"])
def test_the_inspector_reads_what_it_sends(stand: Stand, generator: str) -> None:
    hit = stand.send("cact('trigger', 'search', { search_term: 'x' })", generator=generator)
    (event,) = read(hit.body)
    assert (event.name, event.sent["search_term"], event.problem) == ("search", "x", "")
    assert event.event_id
    assert event.at


def test_it_posts_a_beacon_of_text(stand: Stand) -> None:
    hit = stand.send("cact('trigger', 'a')", site="77", token="abc")
    assert (hit.method, hit.path, hit.query) == ("POST", "/events", {"tc_s": "77", "token": "abc"})
    assert hit.headers["Content-Type"] == "text/plain;charset=UTF-8"


DESTINATIONS: Final[dict[str, tuple[dict[str, Any], str, str]]] = {
    "as it comes": ({}, "", "/events?tc_s=1234&token=source-key"),
    "without a key": ({"token": ""}, "", "/events?tc_s=1234"),
    "own domain": ({"own_domain": True}, "", "/cdp/events?tc_s=1234&token=source-key"),
    "configured": (
        {},
        "cact('config', { siteId: 9, sourceKey: 'k' })",
        "/events?tc_s=9&token=k",
    ),
    "configured, in the call": ({"call": "{ siteId: 8, sourceKey: 'c' }"}, "", "/events?tc_s=8&token=c"),
    "configured domain": (
        {"force_https": True},
        "cact('config', { collectionDomain: 'metrics.shop.test' })",
        "https://metrics.shop.test/cdp/events?tc_s=1234&token=source-key",
    ),
    "the vendor's own domain": (
        {"force_https": True, "collect": "collect.commander1.com"},
        "",
        "https://collect.commander1.com/events?tc_s=1234&token=source-key",
    ),
}


@pytest.mark.parametrize(("options", "before", "address"), DESTINATIONS.values(), ids=DESTINATIONS.keys())
def test_it_posts_to_its_collector(stand: Stand, options: dict[str, Any], before: str, address: str) -> None:
    given = options.get("call", "{}")
    tag = stand.tag(**{name: value for name, value in options.items() if name != "call"})
    stand.visit(tag + script(f"{before}; cact('trigger', 'a', {{}}, {given})"))
    assert stand.addresses() == [address]


def test_by_default_it_posts_to_the_page_s_own_origin(stand: Stand) -> None:
    stand.site.files["/collector/events"] = ""
    stand.visit(container_tag(stand.site.url("")) + call("a"))
    assert stand.addresses() == [stand.site.url("/collector/events?tc_s=1234&token=source-key")]


BEACONS: Final = {
    "absent": "navigator.sendBeacon = undefined",
    "refused": "navigator.sendBeacon = () => false",
}


@pytest.mark.parametrize("sabotage", BEACONS.values(), ids=BEACONS.keys())
def test_without_a_beacon_it_posts_json_with_credentials(stand: Stand, sabotage: str) -> None:
    stand.visit(stand.tag() + script(f"document.cookie = 'visitor=7'; {sabotage}") + call("a"))
    (hit,) = stand.collector.wait_for_hits(1)
    assert hit.headers["Content-Type"] == "application/json"
    assert "visitor=7" in hit.headers["Cookie"]
    assert hit.body["event_name"] == "a"


def test_on_the_customer_s_own_domain_it_may_ask_for_a_cookie_first(stand: Stand) -> None:
    tag = stand.tag(own_domain=True, cookie_sync=stand.collector.url("/sync"))
    page = stand.visit(tag + call("a") + script("window.atOnce = sent.length"))
    asked, posted = stand.collector.wait_for_hits(2)
    assert (asked.method, asked.path, asked.query) == (
        "GET",
        "/sync/get-cookie",
        {"tc_s": "1234", "name": "TCID"},
    )
    assert (posted.path, posted.body["event_name"]) == ("/cdp/events", "a")
    assert page.evaluate("atOnce") == 0
    page.evaluate("cact('trigger', 'b')")
    assert stand.names() == ["a", "b"]


# ---- what it adds ----


@pytest.mark.parametrize(("before", "arguments", "added"), ADDED.values(), ids=ADDED.keys())
def test_it_adds_to_what_the_page_passed(
    stand: Stand, before: str, arguments: str, added: dict[str, Any]
) -> None:
    stand.visit(script(before) + stand.tag() + script(f"onload = () => cact('trigger', {arguments})"))
    (body,) = stand.sent()
    assert {path: at(body, path) for path in added} == added
    assert at(body, "integrations.facebook.event_id")


def test_consent_and_vendors_come_from_its_consent_manager(stand: Stand) -> None:
    body = stand.send("cact('trigger', 'a')", consent="1,3", rejected_vendors="7").body
    assert body["user"] == {"consent_categories": ["1", "3"], "rejected_vendors": ["7"]}


@pytest.mark.parametrize(("address", "expected"), ADDRESSES.items(), ids=ADDRESSES.keys())
def test_it_masks_people_in_addresses(stand: Stand, address: str, expected: str) -> None:
    stand.visit(stand.tag() + script("cact('trigger', 'page_view')"), address)
    (body,) = stand.sent()
    assert (body["url"], body["context"]["page"]["url"]) == (stand.site.url(expected),) * 2


def test_it_masks_people_in_paths(stand: Stand) -> None:
    page = stand.visit(stand.tag())
    page.evaluate("history.pushState(null, '', '/of/toto@domain.fr/cart'); cact('trigger', 'page_view')")
    assert stand.sent()[0]["url"] == stand.site.url("/of/*****/cart")


def test_it_changes_the_caller_s_user_and_integrations_and_nothing_else(stand: Stand) -> None:
    page = stand.visit(stand.tag(consent="1"))
    params = page.evaluate("""() => {
        const params = { revenue: 1, user: { id: '7' }, integrations: {} };
        cact('trigger', 'purchase', params);
        return params }""")
    assert set(params) == {"revenue", "user", "integrations"}
    assert params["user"] == {"id": "7", "consent_categories": ["1"], "rejected_vendors": []}
    assert "facebook" in params["integrations"]


def test_with_permanent_properties_it_changes_nothing_of_the_caller_s(stand: Stand) -> None:
    page = stand.visit(stand.tag())
    code = "() => { const user = { id: '7' }; cact('trigger', 'a', { user }); return user }"
    page.evaluate("cact('setProperty', 'shop', 1)")
    assert page.evaluate(code) == {"id": "7"}


@pytest.mark.parametrize(("calls", "params", "expected"), PROPERTIES.values(), ids=PROPERTIES.keys())
def test_permanent_properties_lie_under_each_event(
    stand: Stand, calls: list[list[Any]], params: Any, expected: dict[str, Any]
) -> None:
    page = stand.visit(stand.tag())
    page.evaluate("calls => calls.forEach(given => cact('setProperty', ...given))", calls)
    page.evaluate("params => cact('trigger', 'a', params)", params)
    (body,) = stand.sent()
    for name in ("consent_categories", "rejected_vendors"):
        del body["user"][name]
    rest = {name: body[name] for name in body if name not in ("event_name", "context", "integrations")}
    assert rest == {"user": {}} | expected


# ---- JSON ----


@pytest.mark.parametrize(("expression", "expected"), VALUES.values(), ids=VALUES.keys())
def test_values_become_json(stand: Stand, expression: str, expected: Any) -> None:
    assert stand.send(f"cact('trigger', 'a', {{ v: {expression} }})").body["v"] == expected


@pytest.mark.parametrize("expression", THROWING.values(), ids=THROWING.keys())
def test_what_json_cannot_hold_throws_into_the_page(stand: Stand, expression: str) -> None:
    page = stand.visit(stand.tag())
    thrown = page.evaluate(f"""() => {{
        window.heard = []; cact('on', 'track_a', () => heard.push(1));
        try {{ cact('trigger', 'a', {{ v: {expression} }}, {{}}, () => heard.push(2)) }}
        catch (error) {{ return error.name }} }}""")
    assert thrown == "TypeError"
    assert page.evaluate("heard") == []
    page.evaluate("cact('exec'); cact('trigger', 'b')")
    assert stand.names() == ["b"]
