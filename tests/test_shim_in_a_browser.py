"""The page-side script in a real Chromium: it sees every call, loses none, and the page never notices."""

import gzip
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from shim_host import SHIM, Answer, Inspector, Site

STUB_CODE = "window.caReady = window.caReady || []; window.cact = function () { window.caReady.push(arguments) };"
STUB = f"<script>{STUB_CODE}</script>"
DECLARED_STUB = "function cact() { window.caReady = window.caReady || []; window.caReady.push(arguments) }"

# A client that takes the queue over and runs what is in it, as containers do.
RUNS_QUEUE = """
    window.ran = window.ran || [];
    function run(args) { window.ran.push(args[1]); if (args[2]) args[2].user = { id: 'added by the client' } }
    window.caReady = window.caReady || [];
    window.caReady.forEach(run);
    window.caReady.push = function (args) { run(args); return Array.prototype.push.call(this, args) };
"""
KEEPING_CLIENT = f"<script>(function () {{ {RUNS_QUEUE} }})()</script>"
REPLACING_CLIENT = f"<script>(function () {{ {RUNS_QUEUE} window.cact = function () {{ run(arguments) }} }})()</script>"


def call(*names: str) -> str:
    return "<script>" + ";".join(f"cact('trigger', '{name}', {{ id: '{name}' }})" for name in names) + "</script>"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield chromium
        chromium.close()


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    server = Inspector()
    yield server
    server.down()


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    yield server
    server.down()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page in which no error may surface: neither thrown nor as an unhandled rejection."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []


Visit = Callable[..., Page]


@pytest.fixture
def visit(site: Site, inspector: Inspector, page: Page) -> Visit:
    """Opens a page of the site; `{shim}` in it stands for the script tag, `{shim:other}` for that with another key."""

    def visit(html: str, query: str = "", title: str = "Shop") -> Page:
        html = re.sub(r"{shim(?::(\w+))?}", lambda match: inspector.shim(match[1] or "key"), html)
        site.files["/shop.html"] = f"<!doctype html><title>{title}</title>{html}"
        page.goto(site.url("/shop.html") + query)
        return page

    return visit


# ---- every call is seen, once, whatever loads when ----

WRAPPED = "<script>(function () { const old = window.cact; window.cact = function () { %s } })()</script>"
HANDS_ON = WRAPPED % "return old.apply(this, arguments)"
LOAD_ORDERS = {
    "shim before the stub": "{shim}" + STUB + call("a", "b"),
    "shim after the stub": STUB + "{shim}" + call("a", "b"),
    "shim after queued calls": STUB + call("a") + "{shim}" + call("b"),
    "stub run again": "{shim}" + STUB + call("a") + STUB + call("b"),
    "stub run again, shim between": STUB + call("a") + "{shim}" + STUB + call("b"),
    "stub much later": "{shim}<script>onload = () => setTimeout(() => { %s cact('trigger', 'a'); cact('trigger', 'b') })"
    "</script>" % STUB_CODE,
    "stub only where nothing is there": "{shim}<script>window.caReady = [];"
    "window.cact = window.cact || function () { caReady.push(arguments) }</script>" + call("a", "b"),
    "shim deferred": STUB.replace("<script>", "<script defer>") + call("a") + "{shim}" + call("b"),
    "shim loaded late by a script": STUB + call("a") + "<script>{{shim}}</script>" + call("b"),
    "plain arrays in the queue": "<script>caReady = [['trigger', 'a'], ['emit', 'x'], null, 7, [], ['trigger', 'b']]"
    "</script>{shim}",
    "var": "{shim}<script>var cact = function () { }</script>" + call("a", "b"),
    "var before the shim": "<script>var cact = function () { }</script>{shim}" + call("a", "b"),
    "var before the shim, then the stub": "<script>var cact = function () { }</script>{shim}"
    + call("a") + STUB + call("b"),
    "function declaration before the shim": f"<script>{DECLARED_STUB}</script>{{shim}}" + call("a", "b"),
    "function declaration after the shim": f"{{shim}}<script>{DECLARED_STUB}</script>" + call("a", "b"),
    "calls in the script of the function declaration": "{shim}"
    f"<script>cact('trigger', 'a'); {DECLARED_STUB}; cact('trigger', 'b')</script>",
    "stub after a function declaration": f"{{shim}}<script>{DECLARED_STUB}</script>" + call("a") + STUB + call("b"),
    "function declaration of a client, after the shim": "{shim}<script>function cact() { }</script>"
    "<script src='/empty.js'></script>" + call("a", "b"),
    "defined as a plain property": "{shim}<script>Object.defineProperty(window, 'cact', { value: function () { } })"
    "</script><script src='/empty.js'></script>" + call("a", "b"),
    "deleted and defined again": "{shim}" + STUB + call("a") + "<script>delete window.cact</script>" + STUB + call("b"),
    "client that keeps window.cact": "{shim}" + STUB + call("a") + KEEPING_CLIENT + call("b"),
    "client that keeps window.cact, shim last": STUB + call("a") + KEEPING_CLIENT + call("b") + "{shim}",
    "client that replaces window.cact": "{shim}" + STUB + call("a") + REPLACING_CLIENT + call("b"),
    "client that replaces window.cact, then the stub": "{shim}" + REPLACING_CLIENT + call("a") + STUB + call("b"),
    "client, then the shim": STUB + call("a") + REPLACING_CLIENT + "{shim}" + call("b"),
    "wrapped by the page": "{shim}" + STUB + HANDS_ON + call("a", "b"),
    "wrapped before the shim": STUB + HANDS_ON + "{shim}" + call("a", "b"),
    "wrapped twice": "{shim}" + STUB + HANDS_ON + HANDS_ON + call("a", "b"),
    "wrapped, with the parameters copied": "{shim}" + STUB
    + WRAPPED % "return old(arguments[0], arguments[1], Object.assign({}, arguments[2]))" + call("a", "b"),
    "wrapped, then assigned back": "{shim}" + STUB + "<script>{ const old = window.cact; window.cact = null;"
    "window.cact = old }</script>" + call("a", "b"),
    "called through an old reference": "{shim}" + STUB + "<script>const old = window.cact</script>" + STUB
    + "<script>old('trigger', 'a'); cact('trigger', 'b')</script>",
    "shim twice": "{shim}" + STUB + call("a") + "{shim}" + call("b"),
    "an accessor of another tool": "<script>{ let real = function () { caReady.push(arguments) }; window.caReady = [];"
    "Object.defineProperty(window, 'cact', { get() { return real }, set(v) { real = v } }) }</script>{shim}"
    + call("a", "b"),
}  # fmt: skip


@pytest.mark.parametrize("html", LOAD_ORDERS.values(), ids=LOAD_ORDERS.keys())
def test_it_sees_each_call_once_in_every_load_order(
    html: str, visit: Visit, site: Site, inspector: Inspector
) -> None:
    late = f"const s = document.createElement('script'); s.src = '{inspector.url('/shim/key.js')}'; document.head.append(s)"
    site.files["/empty.js"] = ""
    page = visit(html.replace("{{shim}}", late))
    inspector.wait_for_events(2)
    # One that is certain to come last: had something been counted twice, it would be there.
    page.evaluate("typeof cact === 'function' ? cact('trigger', 'end') : 0")
    if page.evaluate("typeof cact === 'function'"):
        inspector.wait_for_events(3)
    assert inspector.names() in (["a", "b", "end"], ["a", "b"])
    assert [event["n"] for event in inspector.events()] == list(range(1, len(inspector.events()) + 1))
    assert len({event["page"]["id"] for event in inspector.events()}) == 1


def test_it_knows_two_inspectors_at_once(visit: Visit, inspector: Inspector) -> None:
    visit(STUB + call("a") + "{shim:one}" + call("b") + "{shim:two}" + call("c"))
    for key in ("one", "two"):
        events = inspector.wait_for_events(3, key)
        assert [(event["n"], event["name"]) for event in events] == [(1, "a"), (2, "b"), (3, "c")]
        assert len({event["page"]["id"] for event in events}) == 1


# ---- what is an event, and what it carries ----

NOTHING: dict[str, Any] = {}
CALLS: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    "name and parameters": "cact('trigger', 'search', { search_term: 'x' })",
    "with config and callback": "cact('trigger', 'search', { search_term: 'x' }, { siteId: 1 }, function () { })",
    "in another order": "cact('trigger', function () { }, { search_term: 'x' }, 'search', { siteId: 1 })",
    "further strings": "cact('trigger', 'search', 'purchase', { search_term: 'x' })",
} and {
    "name and parameters": ("'search', { term: 'x' }", "search", {"term": "x"}),
    "config and callback": ("'search', { term: 'x' }, { siteId: 1 }, () => 0", "search", {"term": "x"}),
    "any order": ("() => 0, { term: 'x' }, 'search', { siteId: 1 }", "search", {"term": "x"}),
    "a second string": ("'search', 'purchase', { term: 'x' }", "search", {"term": "x"}),
    "no parameters": ("'search'", "search", NOTHING),
    "null takes the place of the parameters": ("'search', null, { siteId: 1 }", "search", NOTHING),
    "undefined ends the arguments": ("'search', undefined, { siteId: 1 }", "search", NOTHING),
    "an empty name": ("'', { id: 1 }", "", {"id": 1}),
    "no name": ("{ id: 1 }", None, {"id": 1}),
    "a name that is undefined": ("undefined, { id: 1 }", None, {"id": 1}),
    "a name that is no string": ("42, { id: 1 }", None, {"id": 1}),
    "nothing at all": ("", None, NOTHING),
}


@pytest.mark.parametrize(("arguments", "name", "called"), CALLS.values(), ids=CALLS.keys())
def test_it_reads_arguments_by_type(
    arguments: str, name: str | None, called: dict[str, Any], visit: Visit, inspector: Inspector
) -> None:
    visit(f"{{shim}}{STUB}<script>cact('trigger'{arguments and ', ' + arguments})</script>")
    event = inspector.wait_for_events(1)[0]
    assert (event["name"], event["called"], event["sent"]) == (name, called, None)
    assert "size" not in event


def test_it_takes_only_triggers_for_events(visit: Visit, inspector: Inspector) -> None:
    visit(f"""{{shim}}{STUB}<script>
        for (const command of ['emit', 'on', 'once', 'off', 'consent.get', 'consent.update', 'setProperty', 'config', 'exec',
                               'purchase', 'Trigger', '', null, undefined, 7, {{}}, Symbol('trigger')])
            cact(command, 'purchase', {{ id: 1 }});
        cact();
        cact('trigger', 'last')
    </script>""")
    assert inspector.wait_for_events(1)[0]["name"] == "last"


VALUES = {
    "strings, numbers, booleans, null": ("['é\"\\\\\\n\u2028😀', 1.5, -0, 1e21, true, false, null]",
                                         ['é"\\\n\u2028😀', 1.5, 0, 1e21, True, False, None]),
    "what JSON drops": ("{ a: undefined, b() { }, c: Symbol('x'), d: 1 }", {"d": 1}),
    "what JSON drops, in an array": ("[undefined, () => 0, Symbol('x')]", [None, None, None]),
    "NaN and infinities": ("[NaN, Infinity, -Infinity]", [None, None, None]),
    "dates": ("[new Date(0), new Date(NaN)]", ["1970-01-01T00:00:00.000Z", None]),
    "toJSON": ("{ toJSON: () => ({ a: 1 }) }", {"a": 1}),
    "toJSON that throws": ("{ toJSON() { throw Error('no') } }", "[error: no]"),
    "toJSON that gives nothing": ("[{ toJSON() { } }, 1]", [None, 1]),
    "a circle": ("(() => { const a = { b: {} }; a.b.a = a; return a })()", {"b": {"a": "[circular]"}}),
    "a circle of arrays": ("(() => { const a = [1]; a.push(a); return a })()", [1, "[circular]"]),
    "the same object twice is no circle": ("(() => { const a = { x: 1 }; return [a, a] })()", [{"x": 1}, {"x": 1}]),
    "BigInt": ("12n", "[bigint 12]"),
    "nodes": ("[document.createElement('div'), document, document.createTextNode('x')]",
              ["[node DIV]", "[node #document]", "[node #text]"]),
    "window": ("window", "[window]"),
    "a window of another origin": ("document.querySelector('iframe').contentWindow", re.compile(r"\[error: .+\]")),
    "a getter that throws": ("{ get a() { throw Error('boom') }, b: 2 }", {"a": "[error: boom]", "b": 2}),
    "a getter that throws nothing": ("{ get a() { throw undefined }, b: 2 }", {"a": "[error]", "b": 2}),
    "a getter that throws what throws": ("{ get a() { throw { get message() { throw 1 } } } }", {"a": "[error]"}),
    "a getter that calls cact": ("{ get a() { cact('trigger', 'inner', this); return 1 } }", {"a": 1}),
    "a proxy that throws": ("new Proxy({}, { get() { throw Error('get') }, ownKeys() { throw Error('keys') } })",
                            "[error: get]"),
    "a proxy whose keys throw": ("new Proxy({}, { ownKeys() { throw Error('keys') } })", "[error: keys]"),
    "a revoked proxy": ("(() => { const p = Proxy.revocable({}, {}); p.revoke(); return p.proxy })()",
                        re.compile(r"\[error: .+\]")),
    "Map, Set, RegExp, Promise": ("[new Map([[1, 2]]), new Set([1]), /x/, Promise.resolve()]", [{}, {}, {}, {}]),
    "an object without a prototype": ("Object.assign(Object.create(null), { a: 1 })", {"a": 1}),
    "a key named __proto__": ("JSON.parse('{\"__proto__\": 1}')", {"__proto__": 1}),
    "inherited and hidden properties": (
        "Object.defineProperty(Object.create({ inherited: 1 }), 'hidden', { value: 1 })", {}),
    "a typed array": ("new Uint8Array(1000000)", "[1000000 bytes]"),
    "a huge string": ("'é'.repeat(20345)", "é" * 8000 + "…[+12345 characters]"),
    "a huge key": ("{ ['k'.repeat(8001)]: 1 }", {"k" * 8000 + "…[+1 characters]": 1}),
    "half a character": ("['\\ud83d', '\\udc00x', '\\\\ud83d', '😀']", ["\ufffd", "\ufffdx", "\\ufffd", "😀"]),
    "a character cut in half": ("'x'.repeat(7999) + '😀'", "x" * 7999 + "\ufffd…[+1 characters]"),
    "Array.prototype.toJSON of old libraries": (
        "(() => { Array.prototype.toJSON = function () { return 'old' }; String.prototype.toJSON = () => 'old';"
        "  setTimeout(() => { delete Array.prototype.toJSON; delete String.prototype.toJSON }); return ['x'] })()",
        "old"),
}  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), VALUES.values(), ids=VALUES.keys())
def test_it_copies_any_value(expression: str, expected: object, visit: Visit, inspector: Inspector) -> None:
    visit(
        f"""<iframe src="data:text/html,x"></iframe>{{shim}}{STUB}<script>
        onload = () => {{ cact('trigger', 'test', {{ before: 1, v: {expression}, after: 2 }}) }}</script>"""
    )
    event = inspector.wait_for_events(1)[0]
    called = event["called"]
    if isinstance(expected, re.Pattern):
        assert expected.fullmatch(called.pop("v"))
        assert called == {"before": 1, "after": 2}
    else:
        assert called == {"before": 1, "v": expected, "after": 2}


def test_it_stops_at_a_depth(visit: Visit, inspector: Inspector) -> None:
    visit(
        f"""{{shim}}{STUB}<script>
        const top_ = {{}}; for (let i = 0, at = top_; i < 1000; i++) at = at.x = {{}}; cact('trigger', 'deep', top_)
        </script>"""
    )
    text = json.dumps(inspector.wait_for_events(1)[0]["called"])
    assert text.count("{") == 64
    assert '"[too deep]"' in text


@pytest.mark.parametrize(
    "many",
    ["new Array(4e9)", "Array(100000).fill(0)", "Object.assign({}, Array(100000).fill(0))"],
    ids=["a sparse array", "an array", "an object"],
)
def test_it_stops_at_a_number_of_values(many: str, visit: Visit, inspector: Inspector) -> None:
    many = many.replace("4e9", "4e9 - 1 | 0 || 4294967295") if "4e9" in many else many
    visit(f"{{shim}}{STUB}<script>cact('trigger', 'many', {{ many: {many}, after: 1 }})</script>")
    called = inspector.wait_for_events(1)[0]["called"]
    values = called["many"] if isinstance(called["many"], list) else list(called["many"].values())
    assert 4990 < len(values) < 5001
    assert values[-1] == "[too many values]"


LARGE = {
    "ASCII": ("'x'.repeat(7000)", 7, 49066),
    "accents": ("'é'.repeat(7000)", 4, 56039),
}


@pytest.mark.parametrize(("text", "count", "size"), LARGE.values(), ids=LARGE.keys())
def test_it_sends_only_the_size_of_what_is_too_large(
    text: str, count: int, size: int, visit: Visit, inspector: Inspector
) -> None:
    visit(
        f"""{{shim}}{STUB}<script>const large = {{}}; for (let i = 0; i < {count}; i++) large['p' + i] = {text};
        cact('trigger', 'large', large); cact('trigger', 'small', {{ id: 1 }})</script>"""
    )
    large, small = inspector.wait_for_events(2)
    assert (large["called"], small["called"]) == ({}, {"id": 1})
    assert abs(large["size"] - size) < 20
    assert "size" not in small


def test_it_copies_at_the_time_of_the_call(visit: Visit, inspector: Inspector) -> None:
    visit(
        f"""{{shim}}<script>window.cact = function (command, name, params) {{ params.user.id = 'client' }};
        const params = {{ user: {{ id: 'page' }}, items: [1] }};
        cact('trigger', 'a', params); params.items.push(2); cact('trigger', 'b', params)</script>"""
    )
    first, second = inspector.wait_for_events(2)
    assert first["called"] == {"user": {"id": "page"}, "items": [1]}
    assert second["called"] == {"user": {"id": "client"}, "items": [1, 2]}


def test_a_wrapper_of_the_page_is_part_of_the_page(visit: Visit, inspector: Inspector) -> None:
    """What a page's own wrapper adds does reach the client, so it is what was called."""
    adds = WRAPPED % "return old(arguments[0], arguments[1], Object.assign({ user: 1 }, arguments[2]))"
    visit("{shim}" + STUB + adds + call("a"))
    assert [event["called"] for event in inspector.wait_for_events(1)] == [{"user": 1, "id": "a"}]


def test_a_call_from_inside_a_call_is_an_event_of_its_own(visit: Visit, inspector: Inspector) -> None:
    visit(
        """{shim}<script>
        window.cact = function (command, name, params, callback) { if (callback) callback() };
        cact('trigger', 'a', { id: 1 }, () => cact('trigger', 'b', { id: 2 }, () => cact('trigger', 'a', { id: 3 })));
        cact('consent.get', 'x', {}, () => cact('trigger', 'c', { id: 4 }));
        const same = { id: 5 }; cact('trigger', 'd', same); cact('trigger', 'd', same)</script>"""
    )
    events = inspector.wait_for_events(6)
    assert [event["called"]["id"] for event in events] == [1, 2, 3, 4, 5, 5]


AUTO: dict[str, dict[str, Any]] = {
    "page_view": {"title": "Ann & Bob", "url": "/shop.html?to=***&q=1#***", "path": "/shop.html", "referrer": "/from.html"},
    "purchase": {"url": "/shop.html?to=***&q=1#***"},
    "refund": {"url": "/shop.html?to=***&q=1#***"},
    "search": {},
}  # fmt: skip


@pytest.mark.parametrize("name", AUTO)
def test_it_sends_what_it_observes_by_itself(name: str, visit: Visit, site: Site, inspector: Inspector) -> None:
    site.files["/from.html"] = "<a href='/shop.html?to=ann.lee%2Bx%40example.co.uk&q=1#bob@example.com'>x</a>"
    site.files["/shop.html"] = (
        f"<!doctype html><title>Ann &amp; Bob</title>{inspector.shim()}{STUB}{call(name)}<h1>Shop</h1>"
    )
    site_page = visit("")
    site.files["/shop.html"] = (
        f"<!doctype html><title>Ann &amp; Bob</title>{inspector.shim()}{STUB}{call(name)}<h1>Shop</h1>"
    )
    site_page.goto(site.url("/from.html"))
    site_page.click("a")
    event = inspector.wait_for_events(1)[0]
    absolute = {key: site.url(value) if key in ("url", "referrer") else value for key, value in AUTO[name].items()}
    assert event["auto"] == absolute
    assert {key: event["page"][key] for key in ("url", "title", "referrer")} == {
        "url": site.url("/shop.html?to=***&q=1#***"),
        "title": "Ann & Bob",
        "referrer": site.url("/from.html"),
    }


def test_it_tells_soft_navigations_apart(visit: Visit, site: Site, inspector: Inspector) -> None:
    visit(
        f"""{{shim}}{STUB}<script>cact('trigger', 'page_view'); history.pushState(0, '', '/cart');
        document.title = 'Cart'; cact('trigger', 'page_view'); cact('trigger', 'view_cart')</script>"""
    )
    events = inspector.wait_for_events(3)
    assert [event["page"]["url"] for event in events] == [site.url(x) for x in ("/shop.html", "/cart", "/cart")]
    assert [event["page"]["title"] for event in events] == ["Shop", "Cart", "Cart"]
    assert [event["auto"].get("title") for event in events] == ["Shop", "Cart", None]
    assert [event["n"] for event in events] == [1, 2, 3]
    assert len({event["page"]["id"] for event in events}) == 1


def test_it_names_the_line_that_called(visit: Visit, site: Site, inspector: Inspector) -> None:
    site.files["/app.js"] = "\n\nfunction buy() {\n    cact('trigger', 'purchase', {}) }\nbuy()"
    visit(STUB + call("queued") + "{shim}<script src='/app.js'></script>" + HANDS_ON + "<script>buy()</script>")
    queued, first, second = inspector.wait_for_events(3)
    assert queued["call_site"] is None
    assert first["call_site"] == second["call_site"] == site.url("/app.js:4:5")


def test_it_gives_each_event_an_id_and_a_time(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB + call("a", "b"))
    before, after = page.evaluate("[performance.timeOrigin, Date.now()]")
    events = inspector.wait_for_events(2)
    assert all(before - 1 <= event["at"] <= after and isinstance(event["at"], int) for event in events)
    uuid4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    ids = [event["id"] for event in events] + [events[0]["page"]["id"]]
    assert all(uuid4.fullmatch(an_id) for an_id in ids)
    assert len(set(ids)) == 3


# ---- the page never notices ----

UNNOTICED = {
    "the same arguments": """
        const given = ['trigger', 'a', { id: 1 }, { siteId: 1 }, () => 0]; let got;
        window.cact = function () { got = arguments };
        cact(...given);
        return got.length === given.length && given.every((value, i) => got[i] === value)""",
    "the same this": """
        window.cact = function () { return this };
        const shop = { cact: window.cact };
        return shop.cact() === shop && window.cact() === window && cact.call(shop, 'trigger') === shop""",
    "the value returned": "window.cact = () => 42; return cact('trigger', 'a') === 42",
    "undefined returned by the stub": f"{STUB_CODE}; return cact('trigger', 'a') === undefined",
    "what is thrown": """
        const error = new Error('mine'); window.cact = () => { throw error };
        try { cact('trigger', 'a') } catch (thrown) { return thrown === error }""",
    "calls after a throw": """
        window.cact = (command, name) => { if (name === 'bad') throw 1; return 2 };
        try { cact('trigger', 'bad') } catch { } return cact('trigger', 'good') === 2""",
    "a circular call that the client refuses": """
        window.cact = (...given) => JSON.stringify(given);
        const circle = {}; circle.self = circle;
        try { cact('trigger', 'a', circle) } catch (thrown) { return thrown instanceof TypeError }""",
    "nothing there yet": """
        return typeof cact === 'undefined' && window.cact === undefined && !window.cact""",
    "its identity": f"{STUB_CODE}; const one = window.cact; return one === window.cact && one === cact",
    "its properties": """
        function real(a, b) { } real.version = 7; window.cact = real; cact.extra = 8;
        return cact.version === 7 && real.extra === 8 && cact.name === 'real' && cact.length === 2
            && 'version' in cact && Object.keys(cact).join() === 'version,extra'""",
    "values that are no function": """
        return [5, null, undefined, 'x', false].every((value) => { window.cact = value; return window.cact === value })""",
    "an object": "const fake = { trigger() { } }; window.cact = fake; return window.cact === fake",
    "construction": "window.cact = class { constructor() { this.x = 1 } }; return new cact().x === 1 && new cact() instanceof cact",
    "deletion": "window.cact = () => 1; return delete window.cact && !('cact' in window)",
    "definition": """
        Object.defineProperty(window, 'cact', { value: () => 3, configurable: true, writable: true });
        return cact() === 3""",
    "a queue that is pushed to": f"""
        {STUB_CODE}; caReady.push(['trigger', 'a']); caReady.push = function () {{ return 'container' }};
        return cact('trigger', 'b') === undefined && caReady.push() === 'container' && caReady.length === 1""",
    "a queue that is no array": "window.cact = () => 4; window.caReady = 5; return cact('trigger', 'a') === 4",
    "a queue that throws": """
        window.cact = () => 4;
        Object.defineProperty(window, 'caReady', { get() { throw 1 } }); return cact('trigger', 'a') === 4""",
    "a frozen client": "window.cact = Object.freeze(() => 5); return cact('trigger', 'a') === 5",
    "a revoked client": """
        const { proxy, revoke } = Proxy.revocable(() => 1, {}); revoke(); window.cact = proxy;
        try { cact('trigger') } catch (thrown) { return thrown instanceof TypeError }""",
    "no new global that is seen": "return Object.keys(window).filter((key) => /inspect/i.test(key)).length === 0",
    "the stack trace limit": """
        Error.stackTraceLimit = 3; window.cact = () => 1; cact('trigger', 'a'); return Error.stackTraceLimit === 3""",
}


@pytest.mark.parametrize("script", UNNOTICED.values(), ids=UNNOTICED.keys())
def test_the_page_does_not_notice(script: str, visit: Visit) -> None:
    assert visit("{shim}").evaluate(f"() => {{ {script} }}") is True


SABOTAGE = {
    "JSON": "JSON.stringify = JSON.parse = () => { throw 1 }",
    "Date": "Date.now = () => { throw 1 }; window.Date = null",
    "console": "console.warn = () => { throw 1 }; window.console = null",
    "fetch": "window.fetch = () => { throw 1 }",
    "timers": "window.setTimeout = window.setInterval = () => { throw 1 }",
    "Error": "window.Error = null",
    "Reflect and Proxy": "Reflect.apply = () => { throw 1 }; window.Proxy = null",
    "prepareStackTrace": "Error.prepareStackTrace = () => { throw 1 }",
    "no stack": "Error.stackTraceLimit = 0",
    "a frozen Error": "Object.freeze(Error)",
    "crypto": "Object.defineProperty(window, 'crypto', { value: undefined })",
    "sendBeacon": "navigator.sendBeacon = () => { throw 1 }",
    "TextEncoder": "window.TextEncoder = null",
    "enumerable prototypes": "Object.prototype.extra = Array.prototype.more = () => { throw 1 }",
}


@pytest.mark.parametrize("sabotage", SABOTAGE.values(), ids=SABOTAGE.keys())
def test_it_works_in_a_page_that_breaks_things_after_it(sabotage: str, visit: Visit, inspector: Inspector) -> None:
    visit(f"{{shim}}{STUB}<script>{sabotage}</script>" + call("a"))
    assert inspector.wait_for_events(1)[0]["called"] == {"id": "a"}


WRECKED = {
    "arrays": "for (const name of ['push', 'filter', 'splice', 'slice', 'indexOf'])"
    " if (name !== 'push') Array.prototype[name] = () => { throw 1 }",
    "iteration": "Array.prototype[Symbol.iterator] = () => { throw 1 }",
    "strings": "String.prototype.replace = String.prototype.slice = () => { throw 1 }",
    "objects": "Object.keys = Object.defineProperty = Object.getOwnPropertyDescriptor = () => { throw 1 }",
    "weak maps": "WeakMap.prototype.get = WeakMap.prototype.set = WeakMap.prototype.has = () => { throw 1 }",
    "promises": "Promise.prototype.then = Promise.prototype.catch = () => { throw 1 }",
    "listeners": "Object.defineProperty(document, 'title', { get() { throw 1 } })",
}


@pytest.mark.parametrize("wreck", WRECKED.values(), ids=WRECKED.keys())
def test_it_never_throws_into_a_page_that_wrecks_it(wreck: str, visit: Visit, context: BrowserContext) -> None:
    page = visit(f"{{shim}}{STUB}<script>{wreck}</script>")
    script = "() => { let at = 0; const real = () => ++at; window.cact = real; try { cact('trigger', 'a', { id: 1 }) }"
    assert page.evaluate(script + " catch (thrown) { return 'thrown ' + thrown } return at }") == 1
    page.evaluate("dispatchEvent(new Event('pagehide')); dispatchEvent(new Event('pageshow'))")


# ---- delivery ----


def test_a_burst_arrives_in_order_in_few_requests(visit: Visit, inspector: Inspector) -> None:
    visit(f"{{shim}}{STUB}<script>for (let i = 1; i <= 120; i++) cact('trigger', 'e' + i)</script>")
    events = inspector.wait_for_events(120)
    assert [event["name"] for event in events] == [f"e{i}" for i in range(1, 121)]
    assert [len(post.ids) for post in inspector.posts] == [50, 50, 20]


def test_requests_stay_small(visit: Visit, inspector: Inspector) -> None:
    visit(f"{{shim}}{STUB}<script>for (let i = 0; i < 40; i++) cact('trigger', 'e', {{ v: 'é'.repeat(3000) }})</script>")
    inspector.wait_for_events(40)
    assert all(post.bytes < 60_000 for post in inspector.posts)
    assert len(inspector.posts) == 6


def test_one_request_at_a_time(visit: Visit, inspector: Inspector) -> None:
    with inspector.silent():
        page = visit("{shim}" + STUB + call("a"))
        inspector.wait_for(lambda: len(inspector.posts) == 1)
        for i in range(10):
            page.evaluate(f"cact('trigger', 'b{i}')")
    inspector.wait_for_events(11)
    assert [len(post.ids) for post in inspector.posts] == [1, 10]


def test_its_requests_need_no_preflight_and_carry_no_cookies(visit: Visit, context: BrowserContext,
                                                             inspector: Inspector) -> None:  # fmt: skip
    context.add_cookies([{"name": "secret", "value": "1", "domain": "127.0.0.1", "path": "/"}])
    visit("{shim}" + STUB + call("a"))
    inspector.wait_for_events(1)
    (post,) = inspector.posts
    assert post.headers["Content-Type"] == "text/plain;charset=UTF-8"
    assert "Cookie" not in post.headers
    assert inspector.preflights == 0


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_it_tries_again_with_the_same_events(status: int, visit: Visit, inspector: Inspector) -> None:
    answers = iter([Answer(status), Answer(status)])
    inspector.answer = lambda body: next(answers, Answer())
    visit("{shim}" + STUB + call("a", "b"))
    inspector.wait_for_events(2)
    first, second, third = inspector.posts
    assert first.ids == second.ids == third.ids
    assert third.at - second.at > 0.2


def test_it_waits_as_long_as_it_is_told(visit: Visit, inspector: Inspector) -> None:
    answers = iter([Answer(503, headers={"Retry-After": "1"})])
    inspector.answer = lambda body: next(answers, Answer())
    visit("{shim}" + STUB + call("a"))
    inspector.wait_for_events(1)
    first, second = inspector.posts
    assert 0.95 < second.at - first.at < 10


def test_it_tries_at_once_when_the_network_is_back(visit: Visit, inspector: Inspector) -> None:
    answers = iter([Answer(503, headers={"Retry-After": "3600"})])
    inspector.answer = lambda body: next(answers, Answer())
    page = visit("{shim}" + STUB + call("a"))
    with page.expect_event("requestfinished"):
        page.evaluate("cact('trigger', 'ignored while waiting')") if inspector.posts else None
    page.evaluate("dispatchEvent(new Event('online'))")
    inspector.wait_for_events(1)


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
    inspector.answer = lambda body: Answer(503)
    with visit("{shim}" + STUB).expect_console_message(lambda message: "Cact Inspector" in message.text) as warning:
        page = visit(f"{{shim}}{STUB}<script>for (let i = 1; i <= 620; i++) cact('trigger', 'e' + i)</script>")
    assert warning.value.type == "warning"
    inspector.wait_for(lambda: len(inspector.posts) > 0)
    inspector.answer = lambda body: Answer()
    page.evaluate("dispatchEvent(new Event('online'))")
    events = inspector.wait_for_events(500)
    assert [event["n"] for event in events] == list(range(121, 621))


def test_what_is_refused_is_dropped_and_said_once(visit: Visit, inspector: Inspector) -> None:
    refusal = Answer(404, '{"error": {"code": "no_such_key", "message": "No recording has this capture key."}}')
    inspector.answer = lambda body: refusal if body["events"][0]["name"] != "c" else Answer()
    page = visit("{shim}" + STUB)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Cact" in message.text else None)
    with page.expect_console_message(lambda message: "Cact Inspector" in message.text) as warning:
        page.evaluate("cact('trigger', 'a')")
    assert "No recording has this capture key." in warning.value.text
    page.evaluate("cact('trigger', 'b')")
    inspector.wait_for(lambda: len(inspector.posts) == 2)
    page.evaluate("cact('trigger', 'c')")
    inspector.wait_for_events(1)
    assert [post.status for post in inspector.posts] == [404, 404, 202]
    page.evaluate("0")
    assert len(said) == 1


def test_what_is_too_much_at_once_is_split(visit: Visit, inspector: Inspector) -> None:
    inspector.answer = lambda body: Answer(413 if len(body["events"]) > 3 else 202)
    visit(f"{{shim}}{STUB}<script>for (let i = 0; i < 10; i++) cact('trigger', 'e' + i)</script>")
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

LEAVING = {
    "location": "location.href = '/next.html'",
    "reload": "location.search = '?again'",
    "a link": "document.body.innerHTML = '<a href=/next.html>'; document.querySelector('a').click()",
    "a form": "document.body.innerHTML = '<form action=/next.html>'; document.forms[0].submit()",
}


@pytest.mark.parametrize("leave", LEAVING.values(), ids=LEAVING.keys())
def test_nothing_is_lost_when_the_page_is_left_at_once(leave: str, visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB + "<body>")
    page.evaluate(f"for (let i = 0; i < 5; i++) cact('trigger', 'e' + i); {leave}")
    inspector.wait_for_events(5)
    assert inspector.names() == [f"e{i}" for i in range(5)]


def test_nothing_is_lost_when_a_tab_is_closed_at_once(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB)
    page.evaluate("cact('trigger', 'a')")
    page.close()
    inspector.wait_for_events(1)


def test_what_is_on_its_way_is_not_lost_either(visit: Visit, inspector: Inspector) -> None:
    large = "{ v: 'x'.repeat(7000), w: 'x'.repeat(7000), x: 'x'.repeat(7000) }"
    with inspector.silent():
        page = visit(f"{{shim}}{STUB}<script>cact('trigger', 'a', {large})</script>")
        inspector.wait_for(lambda: len(inspector.posts) == 1)
        inspector.posts.clear()  # as if it had never come
        page.evaluate("cact('trigger', 'b'); location.href = '/next.html'")
        inspector.wait_for_events(2)
    assert inspector.names() == ["a", "b"]


@pytest.mark.parametrize("event", ["pagehide", "visibilitychange", "unload"])
def test_events_of_the_last_moment_are_not_lost(event: str, visit: Visit, inspector: Inspector) -> None:
    page = visit(
        f"""{{shim}}{STUB}<script>
        addEventListener('{event}', () => {{ cact('trigger', 'bye') }})</script>"""
    )
    page.evaluate("location.href = '/next.html'")
    inspector.wait_for_events(1)
    assert inspector.names() == ["bye"]


def test_the_queue_of_a_declared_stub_is_read_when_leaving(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}")
    page.evaluate(
        f"""const s = document.createElement('script'); s.textContent = `{DECLARED_STUB}; cact('trigger', 'a');
        location.href = '/next.html'`; document.head.append(s)"""
    )
    inspector.wait_for_events(1)
    assert inspector.names() == ["a"]


def test_it_does_without_beacons(visit: Visit, inspector: Inspector) -> None:
    page = visit("<script>navigator.sendBeacon = () => false</script>{shim}" + STUB)
    page.evaluate("cact('trigger', 'a'); location.href = '/next.html'")
    inspector.wait_for_events(1)


HIDE = """(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
                        document.dispatchEvent(new Event('visibilitychange', { bubbles: true })) }"""


def test_a_page_that_is_hidden_and_lives_on_loses_nothing(visit: Visit, inspector: Inspector) -> None:
    """What a beacon took is sent again when the inspector confirms nothing: it may never have arrived."""
    inspector.answer = lambda body: Answer(503)
    page = visit("{shim}" + STUB + call("a"))
    inspector.wait_for(lambda: len(inspector.posts) > 0)
    page.evaluate(HIDE, True)
    inspector.wait_for(lambda: any(post.headers.get("Sec-Fetch-Mode") == "no-cors" for post in inspector.posts))
    inspector.answer = lambda body: Answer()
    page.evaluate("cact('trigger', 'b')")
    page.evaluate(HIDE, False)
    page.evaluate("dispatchEvent(new Event('online'))")
    inspector.wait_for_events(2)
    assert inspector.names() == ["a", "b"]


def test_it_goes_on_when_the_page_comes_back(visit: Visit, inspector: Inspector) -> None:
    page = visit("{shim}" + STUB + call("a"))
    inspector.wait_for_events(1)
    page.evaluate(
        """dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); cact('trigger', 'b');
        dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); cact('trigger', 'c')"""
    )
    inspector.wait_for_events(3)
    assert inspector.names() == ["a", "b", "c"]


# ---- where it can be blocked, and what it weighs ----


def test_it_says_so_when_a_security_policy_blocks_it(visit: Visit, page: Page, inspector: Inspector) -> None:
    policy = "<meta http-equiv=Content-Security-Policy content=\"connect-src 'self'\">"
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Cact Inspector" in message.text else None)
    with page.expect_console_message(lambda message: "Cact Inspector" in message.text) as warning:
        visit(policy + "{shim}" + STUB + call("a"))
    assert "connect-src" in warning.value.text
    assert inspector.url("/collect/key") in warning.value.text
    page.evaluate("cact('trigger', 'b')")
    page.goto(page.url.replace("shop", "next"))
    assert len(said) == 1
    assert inspector.posts == []


def test_it_weighs_at_most_4_kb() -> None:
    assert len(gzip.compress(SHIM.read_bytes(), 9)) <= 4096


def test_it_has_one_place_for_its_address() -> None:
    assert SHIM.read_text().count("__COLLECT_URL__") == 1
    assert SHIM.read_text().count('"__COLLECT_URL__"') == 1
