"""The stand-in for the vendor's container takes calls, queues and neighbours as the real ones do."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from tests.container_cases import ARGUMENTS, ORDERS, SILENT
from tests.container_host import Stand
from tests.shim_cases import STUB, call, script


@pytest.fixture
def stand(page: Page) -> Iterator[Stand]:
    stand = Stand(page)
    yield stand
    stand.down()


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
