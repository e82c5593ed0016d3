"""Cases of the vendor container's behaviour: calls and the requests that they lead to."""

from typing import Any, Final

# Arguments of cact('trigger', …): the name that is sent (None: nothing is), what is sent of the
# parameters, whether the callback is called, and the site in the address.
ARGUMENTS: Final[dict[str, tuple[str, str | None, dict[str, Any], bool, str]]] = {
    "all": ("'a', { x: 1 }, { siteId: 9 }, done", "a", {"x": 1}, True, "9"),
    "no config": ("'a', { x: 1 }, done", "a", {"x": 1}, True, "1234"),
    "no parameters": ("'a', done", "a", {}, True, "1234"),
    "name alone": ("'a'", "a", {}, False, "1234"),
    "null for parameters": ("'a', null, { siteId: 9 }, done", "a", {}, True, "9"),
    "undefined for parameters": ("'a', undefined, { siteId: 9 }, done", "a", {}, False, "1234"),
    "a second name": ("'a', 'b', { x: 1 }", "a", {}, False, "1234"),
    "out of order": ("done, { x: 1 }, 'a'", None, {}, False, ""),
    "no name": ("{ x: 1 }, done", None, {}, False, ""),
    "empty name": ("'', { x: 1 }, done", None, {}, False, ""),
    "a number for a name": ("42, { x: 1 }, done", None, {}, False, ""),
    "nothing": ("", None, {}, False, ""),
}

_IN_THE_BROWSER: Final = ["emit", "dispatchEvent", "on", "addEventListener", "once", "off", "config", "exec"]
_CONSENT: Final = ["consent.get", "consent.onReady", "consent.onUpdate", "consent.revoke", "consent.update"]
_UNKNOWN: Final = ["purchase", "page_view", "Trigger", "trigger_1_2", "consentBanner.show", "toString", ""]
# Commands that send no request, with any arguments.
SILENT: Final = [*_IN_THE_BROWSER, "setProperty", *_CONSENT, *_UNKNOWN]

# The page's script before and after the container, and the names that are sent, in order.
# {stub}, {a}, {b}: the documented stub, and calls with these names; {container}: the script.
ORDERS: Final[dict[str, tuple[str, list[str]]]] = {
    "stub, call, container, call": ("{stub}{a}{container}{b}", ["a", "b"]),
    "container alone": ("{container}{a}{b}", ["a", "b"]),
    "stub after the container": ("{container}{stub}{a}{b}", ["a", "b"]),
    "stub before and after": ("{stub}{a}{container}{stub}{b}", ["a", "b"]),
    "plain arrays": ("<script>caReady = [['trigger', 'a']]</script>{container}{b}", ["a", "b"]),
    "pushed by hand": ("{container}<script>caReady.push(['trigger', 'a'])</script>{b}", ["a", "b"]),
    "replayed by hand": ("{stub}{a}{container exec}{b}<script>cact('exec')</script>", ["b", "a"]),
    "never replayed": ("{stub}{a}{container exec}{b}", ["b"]),
    "replayed twice": ("{stub}{a}{container}<script>cact('exec'); cact('exec')</script>{b}", ["a", "b"]),
    "a cact that hands on": (
        "<script>caReady = []; cact = (...given) => caReady.push(given)</script>{container}{a}{b}",
        ["a", "b"],
    ),
    "a cact that does not": ("<script>cact = () => 0</script>{container}{a}", []),
    "push patched before, and lost": (
        "{stub}<script>caReady.push = () => sent.push({ body: {} })</script>{container}{a}{b}",
        ["a", "b"],
    ),
}

# cact('setProperty', path, value) calls, then the parameters of one event, then what is sent of it.
PROPERTIES: Final[dict[str, tuple[list[list[Any]], Any, dict[str, Any]]]] = {
    "added": ([["shop", "Lyon"]], {"x": 1}, {"shop": "Lyon", "x": 1}),
    "the event wins": ([["shop", "Lyon"]], {"shop": "Nice"}, {"shop": "Nice"}),
    "objects merge": ([["user.plan", "gold"]], {"user": {"id": "7"}}, {"user": {"plan": "gold", "id": "7"}}),
    "arrays are replaced": ([["tags", [1, 2, 3]]], {"tags": [4]}, {"tags": [4]}),
    "scalars are replaced": ([["shop", "Lyon"], ["shop", 5]], {}, {"shop": 5}),
    "a path makes objects": ([["a.b.c", 1], ["a.b.d", 2]], {}, {"a": {"b": {"c": 1, "d": 2}}}),
    "a path makes arrays": ([["list[0].id", "x"]], {}, {"list": [{"id": "x"}]}),
    "a path that is no string": ([[7, 1]], {"x": 1}, {"x": 1}),
}

# The page's properties, the call's arguments, and the values that are sent at these paths ("": absent).
ADDED: Final[dict[str, tuple[str, str, dict[str, Any]]]] = {
    "consent, not given": ("", "'a'", {"user.consent_categories": [], "user.rejected_vendors": []}),
    "consent, the page's own": (
        "",
        "'a', { user: { consent_categories: [2] } }",
        {"user.consent_categories": [2]},
    ),
    "consent, falsy": ("", "'a', { user: { consent_categories: '' } }", {"user.consent_categories": []}),
    "amount": ("", "'a', { revenue: 12.5 }", {"amount": 12.5}),
    "no amount without revenue": ("", "'a', { revenue: 0 }", {"amount": ""}),
    "facebook": (
        "document.cookie = '_fbp=fb.1'",
        "'a', {}, { eventId: 77 }",
        {"integrations.facebook.fbp": "fb.1", "integrations.facebook.fbc": "", "context.eventId": "77"},
    ),
    "page_view": (
        "",
        "'page_view', { title: 'mine' }",
        {"title": "Shop", "path": "/shop.html", "type": "other", "page_type": "other", "referrer": ""},
    ),
    "page_view, of a template": (
        "window.tc_vars = { env_template: 'cart' }",
        "'page_view', { page_type: 'mine' }",
        {"type": "cart", "page_type": "mine"},
    ),
    "page_view, after another page": (
        "Object.defineProperty(document, 'referrer', { value: 'https://shop.example/' })",
        "'page_view'",
        {"referrer": "https://shop.example/", "context.page.referrer": "https://shop.example/"},
    ),
    "page_view, its own url": ("", "'page_view', { url: 'x' }", {"url": "x", "context.page.url": "x"}),
    "purchase": ("", "'purchase'", {"type": "online", "status": "in_progress", "url": ""}),
    "purchase, falsy": (
        "",
        "'purchase', { type: '', status: null }",
        {"type": "online", "status": "in_progress"},
    ),
    "purchase, the page's own": ("", "'purchase', { type: 'offline' }", {"type": "offline"}),
    "other events": ("", "'search'", {"title": "", "url": "", "type": "", "status": ""}),
    "an element for tags": ("", "'a', { from: document.body, x: 1 }", {"from": "", "x": 1}),
    "no element": ("", "'a', { from: 'home' }", {"from": "home"}),
}

# A page's address, and the part after its origin that is sent.
ADDRESSES: Final = {
    "/shop.html?x=1": "/shop.html?x=1",
    "/shop.html?who=toto@domain.fr&x=1": "/shop.html?who=*****&x=1",
    "/shop.html?who=toto%40domain.fr": "/shop.html?who=*****",
    "/shop.html?username=toto&x=1&pass=b": "/shop.html?username=*****&x=1&pass=*****",
}

# An expression in the page, and the parameters that are sent for it.
VALUES: Final[dict[str, tuple[str, Any]]] = {
    "undefined, functions and symbols": ("{ a: undefined, b() {}, c: Symbol('x'), d: 1 }", {"d": 1}),
    "NaN and infinities": ("[NaN, Infinity]", [None, None]),
    "dates": ("new Date(0)", "1970-01-01T00:00:00.000Z"),
}

THROWING: Final = {
    "a circle": "(() => { const circle = {}; circle.self = circle; return circle })()",
    "BigInt": "12n",
}
