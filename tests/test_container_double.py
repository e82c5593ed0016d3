"""The stand-in for the vendor's container behaves as the real ones do, in a real Chromium."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from events.wire import read
from tests.container_cases import (
    ADDED,
    ADDRESSES,
    ARGUMENTS,
    ORDERS,
    PROPERTIES,
    SILENT,
    THROWING,
    VALUES,
)
from tests.container_host import Collector, Hit, container_tag, serve_container
from tests.shim_cases import STUB, call, script
from tests.shim_host import Site

# What the container sends, in its order (requests may overtake each other). Nothing leaves this machine.
_SPY: Final = script("""window.sent = []; {
    const real = navigator.sendBeacon;
    navigator.sendBeacon = (url, text) => {
        sent.push({ url, body: JSON.parse(text) });
        return new URL(url).hostname !== '127.0.0.1' || real.call(navigator, url, text);
    } }""")


class Stand:
    """A page with a container, on a site, and the collector that the container posts to."""

    def __init__(self, page: Page) -> None:
        self.page, self.site, self.collector = page, Site(), Collector()
        serve_container(self.site)

    def tag(self, **options: str | int | bool) -> str:
        return container_tag(self.site.url(""), **{"collect": self.collector.url("")} | options)

    def visit(self, html: str, address: str = "/shop.html") -> Page:
        self.site.files["/shop.html"] = f"<!doctype html><title>Shop</title>{_SPY}{html}"
        self.page.goto(self.site.url(address))
        return self.page

    def sent(self) -> list[dict[str, Any]]:
        """The bodies that the page has sent so far."""
        bodies: list[dict[str, Any]] = self.page.evaluate("sent.map(({ body }) => body)")
        return bodies

    def names(self) -> list[str]:
        return [body["event_name"] for body in self.sent()]

    def addresses(self) -> list[str]:
        addresses: list[str] = self.page.evaluate("sent.map(({ url }) => url)")
        return [address.removeprefix(self.collector.url("")) for address in addresses]

    def send(self, call: str, **options: str | int | bool) -> Hit:
        """The one request that a page makes that calls this."""
        self.visit(self.tag(**options) + script(call))
        (hit,) = self.collector.wait_for_hits(1)
        return hit


@pytest.fixture
def stand(page: Page) -> Iterator[Stand]:
    stand = Stand(page)
    yield stand
    page.close()  # first: a page whose site is gone logs errors
    stand.site.down()
    stand.collector.down()


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


# ---- calls ----


@pytest.mark.parametrize(
    ("arguments", "name", "params", "calls_back", "site"), ARGUMENTS.values(), ids=ARGUMENTS.keys()
)
def test_it_reads_arguments_by_type_one_after_the_other(
    stand: Stand, arguments: str, name: str | None, params: dict[str, Any], calls_back: bool, site: str
) -> None:
    code = f"const done = (...given) => calls.push(given); cact('trigger'{arguments and ', ' + arguments})"
    page = stand.visit(stand.tag() + script(f"window.calls = []; {code}"))
    assert stand.names() == ([name] if name else [])
    assert page.evaluate("calls") == ([[]] if calls_back else [])
    for body, address in zip(stand.sent(), stand.addresses(), strict=True):
        assert {key: body[key] for key in body if key in ("x", *params)} == params
        assert f"tc_s={site}&" in address


def test_it_returns_nothing_and_calls_back_after_the_send(stand: Stand) -> None:
    page = stand.visit(stand.tag())
    page.evaluate("window.returned = cact('trigger', 'a', {}, () => { window.at = sent.length })")
    assert page.evaluate("[returned === undefined, at]") == [True, 1]


@pytest.mark.parametrize("options", [{}, {"consent": "1,3"}], ids=["plain", "with consent manager"])
def test_other_commands_send_nothing(stand: Stand, options: dict[str, Any]) -> None:
    stand.visit(stand.tag(**options))
    stand.page.evaluate(
        "commands => commands.forEach(command => cact(command, 'purchase', { id: 1 }))", SILENT
    )
    stand.page.evaluate("cact('trigger', 'end')")
    assert stand.names() == ["end"]


@pytest.mark.parametrize(("html", "names"), ORDERS.values(), ids=ORDERS.keys())
def test_it_sends_each_call_once_in_every_load_order(stand: Stand, html: str, names: list[str]) -> None:
    parts = {
        "{stub}": STUB,
        "{a}": call("a"),
        "{b}": call("b"),
        "{container}": stand.tag(),
        "{container exec}": stand.tag(replay="exec"),
    }
    for name, part in parts.items():
        html = html.replace(name, part)
    stand.visit(html)
    assert stand.names() == names


def test_it_keeps_cact_and_the_queue_and_lets_others_patch_its_push(stand: Stand) -> None:
    page = stand.visit(STUB + call("a") + script("window.before = [cact, caReady]") + stand.tag())
    assert page.evaluate("cact === before[0] && caReady === before[1]") is True
    assert page.evaluate("caReady.push(['trigger', 'b'], 'more') === undefined && caReady.length") == 2
    patch = """() => {
        const previous = caReady.push, seen = [];
        caReady.push = (...given) => { seen.push(given[0][1]); return previous.apply(caReady, given) };
        return seen }"""
    assert "push" in page.evaluate("Object.getOwnPropertyNames(caReady)")
    assert page.evaluate("Object.getOwnPropertyDescriptor(caReady, 'push').configurable") is True
    redefine = f"() => {{ Object.defineProperty(caReady, 'push', {{ writable: true }}); return ({patch})() }}"
    page.evaluate(f"() => {{ window.seen = ({redefine})() }}")
    page.evaluate("cact('trigger', 'c')")
    assert page.evaluate("seen") == ["c"]
    assert stand.names() == ["a", "b", "c"]


@pytest.mark.page_errors_expected
def test_a_push_that_cannot_be_redefined_breaks_it(stand: Stand) -> None:
    thrown: list[str] = []
    stand.page.on("pageerror", lambda error: thrown.append(str(error)))
    fixed = "Object.defineProperty(caReady, 'push', { value: Array.prototype.push })"
    stand.visit(STUB + script(fixed) + stand.tag() + call("a"))
    assert stand.names() == []
    assert len(thrown) == 1
    assert "push" in thrown[0]


# ---- several containers, and their tags ----

TAG: Final = script("""window.tags_1_2 = [(cact) => { cact('trigger', 'tag', { x: 1 }); sent.push('after') }];
    window.tags_3_4 = [(cact) => cact('trigger', 'other')]""")


def test_tags_run_while_the_container_loads_and_pass_window_cact_by(stand: Stand) -> None:
    """Read as an order: the queue, the tag's event, the rest of the tag, what the page does next."""
    around = script("{ const old = cact; cact = (...given) => { through.push(given[1]); old(...given) } }")
    page = stand.visit(
        script("window.through = []")
        + STUB
        + around
        + call("a")
        + TAG
        + stand.tag(site=1, container=2, token="k")
        + call("b")
    )
    order = page.evaluate("sent.map(entry => entry.body?.event_name ?? entry)")
    assert order == ["a", "tag", "after", "b"]
    assert page.evaluate("through") == ["a", "b"]
    assert page.evaluate("caReady.map(given => given[0])") == ["trigger", "trigger_1_2", "trigger"]
    assert page.evaluate("Object.prototype.toString.call(caReady[1])") == "[object Arguments]"


def test_containers_share_one_client_named_after_the_last(stand: Stand) -> None:
    one = stand.tag(site=1, container=2, token="one")
    two = stand.tag(site=3, container=4, token="two")
    stand.visit(STUB + TAG.replace("sent.push('after')", "") + one + call("a") + two + call("b"))
    assert list(zip(stand.names(), stand.addresses(), strict=True)) == [
        ("tag", "/events?tc_s=1&token=one"),
        ("a", "/events?tc_s=1&token=one"),
        ("other", "/events?tc_s=3&token=two"),
        ("b", "/events?tc_s=3&token=two"),
    ]
    stand.page.evaluate("caReady.push(['trigger_1_2', 'late'])")
    assert stand.addresses()[-1] == "/events?tc_s=1&token=one"


def test_a_client_of_its_own_chains_to_the_first_and_sends_everybody_s_events_too(stand: Stand) -> None:
    one = stand.tag(site=1, container=2, token="one")
    two = stand.tag(site=3, container=4, token="two", apart=True)
    page = stand.visit(STUB + TAG.replace("sent.push('after')", "") + one + two + call("a"))
    sent = list(zip(stand.names(), stand.addresses(), strict=True))
    assert sent == [
        ("tag", "/events?tc_s=1&token=one"),
        ("other", "/events?tc_s=3&token=two"),
        ("a", "/events?tc_s=1&token=one"),
        ("a", "/events?tc_s=3&token=two"),
    ]
    assert page.evaluate("caReady.length") == 3


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


# ---- events in the browser ----


@pytest.mark.parametrize(("generator", "heard"), [(84, False), (92, False), (93, True), (103, True)])
def test_from_93_on_listeners_hear_each_event_as_it_was_sent(
    stand: Stand, generator: int, heard: bool
) -> None:
    page = stand.visit(stand.tag(generator=generator))
    page.evaluate("""() => { window.heard = [];
        const hear = ({ type, eventData }) => heard.push([type, eventData.x, sent.at(-1).body, eventData]);
        cact('on', 'track_all_events', hear); cact('on', 'track_a', hear);
        cact('trigger', 'a', { x: 1 }, {}, () => heard.push('callback')) }""")
    *events, last = page.evaluate("heard")
    assert last == "callback"
    assert [event[:2] for event in events] == ([["track_a", 1], ["track_all_events", 1]] if heard else [])
    for _, _, body, event_data in events:
        assert event_data["user"] == body["user"]
        assert event_data["context"]["eventId"] == body["context"]["eventId"]


def test_page_events_stay_in_the_browser(stand: Stand) -> None:
    page = stand.visit(stand.tag())
    heard = page.evaluate("""() => { const heard = [];
        const hear = (event) => heard.push([event.type, event.eventData?.n ?? event.originalEvent.type]);
        cact('on', '*', hear); cact('on', 'open', hear); cact('once', 'open', (event) => heard.push('once'));
        cact('emit', 'open', { n: 1, from: document.body });
        cact('off', 'open', hear);
        cact('dispatchEvent', 'open', { n: 2 });
        return heard }""")
    assert heard == [["open", 1], "once", ["*", "open"], ["*", "open"]]
    assert stand.names() == []


# ---- consent ----


def test_without_consent_events_are_held_and_then_sent_in_their_order(stand: Stand) -> None:
    page = stand.visit(
        STUB
        + call("a")
        + stand.tag(consent="1,3", consent_wait=True)
        + call("b", "c")
        + script("window.ms = []")
    )
    page.evaluate("cact('trigger', 'd', {}, () => ms.push(sent.length))")
    assert stand.names() == []
    assert page.evaluate("ms") == []
    page.evaluate("cact('consent.update', { categories: { 3: { status: 'on' }, 1: { status: 'off' } } })")
    assert stand.names() == ["a", "b", "c", "d"]
    assert page.evaluate("ms") == [4]
    assert {tuple(body["user"]["consent_categories"]) for body in stand.sent()} == {("3",)}


def test_consent_is_told_and_followed(stand: Stand) -> None:
    page = stand.visit(stand.tag(consent="1,3", consent_wait=True))
    heard = page.evaluate("""() => { const heard = [];
        const hear = (who) => ({ consent, updateEvent }) =>
            heard.push([who, consent.status, updateEvent ?? '']);
        cact('consent.get', hear('get'));
        cact('consent.onReady', hear('ready'));
        cact('consent.onUpdate', hear('update'));
        cact('consent.update', { status: 'all-on' });
        cact('consent.onReady', hear('ready'));
        cact('consent.update', { categories: { 1: { status: 'off' } } });
        cact('consent.revoke');
        return heard }""")
    assert heard == [
        ["get", "unset", ""],
        ["update", "all-on", "set"],
        ["ready", "all-on", "set"],
        ["ready", "all-on", "set"],
        ["update", "mixed", "changed"],
        ["update", "unset", "changed"],
        ["update", "unset", "revoked"],
    ]
    page.evaluate("cact('trigger', 'a')")
    assert stand.names() == []
    page.evaluate("cact('consent.update', { status: 'all-off' })")
    assert [body["user"]["consent_categories"] for body in stand.sent()] == [[]]


def test_consent_is_an_object_by_category(stand: Stand) -> None:
    page = stand.visit(stand.tag(consent="1,3", rejected_vendors="7"))
    assert page.evaluate("new Promise(told => cact('consent.get', told))") == {
        "consent": {
            "status": "all-on",
            "categories": {"1": {"status": "on"}, "3": {"status": "on"}},
            "vendors": {"7": {"status": "off"}},
        },
        "meta": {},
    }


def test_without_a_consent_manager_nobody_answers(stand: Stand) -> None:
    page = stand.visit(stand.tag())
    assert page.evaluate("() => { let told = 0; cact('consent.get', () => told++); return told }") == 0
