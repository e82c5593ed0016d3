"""Cases of pages and values that the shim must handle."""

import re
from typing import Any, Final

STUB_CODE: Final = (
    "window.caReady = window.caReady || []; window.cact = function () { window.caReady.push(arguments) };"
)
STUB: Final = f"<script>{STUB_CODE}</script>"
DECLARED: Final = "function cact() { window.caReady = window.caReady || []; window.caReady.push(arguments) }"

# Containers replace the queue, run its calls, and change the parameters of calls.
_CLIENT: Final = """<script>(function () {
    function run(args) { if (args[2]) args[2].user = { id: 'added by the client' } }
    window.caReady = window.caReady || [];
    window.caReady.forEach(run);
    window.caReady.push = function (args) { run(args); return Array.prototype.push.call(this, args) };
    %s
})()</script>"""
KEEPING_CLIENT: Final = _CLIENT % ""
REPLACING_CLIENT: Final = _CLIENT % "window.cact = function () { run(arguments) }"

_WRAPPER: Final = "<script>{ const old = window.cact; window.cact = function () { %s } }</script>"
HANDS_ON: Final = _WRAPPER % "return old.apply(this, arguments)"
ADDS_USER: Final = (
    _WRAPPER % "return old(arguments[0], arguments[1], Object.assign({ user: 1 }, arguments[2]))"
)


def call(*names: str) -> str:
    """A script that triggers events with these names, each with its name as ``id``."""
    return (
        "<script>"
        + ";".join(f"cact('trigger', '{name}', {{ id: '{name}' }})" for name in names)
        + "</script>"
    )


def shop(script: str) -> str:
    """A page with the shim, the stub and this script."""
    return SHIM + STUB + f"<script>{script}</script>"


A, B, AB, SHIM = call("a"), call("b"), call("a", "b"), "{shim}"

LATER: Final = (
    f"onload = () => setTimeout(() => {{ {STUB_CODE} cact('trigger', 'a'); cact('trigger', 'b') }})"
)
UNLESS_THERE: Final = "window.cact = window.cact || function () { caReady.push(arguments) }"
LOADS_SHIM: Final = (
    "const s = document.createElement('script'); s.src = '{shim address}'; document.head.append(s)"
)
QUEUE: Final = "caReady = [['trigger', 'a'], ['emit', 'x'], null, 7, [], ['trigger', 'b']]"
AROUND: Final = f"cact('trigger', 'a'); {DECLARED}; cact('trigger', 'b')"
AS_PROPERTY: Final = "Object.defineProperty(window, 'cact', { value: () => 0, writable: true })"
AND_BACK: Final = "{ const old = window.cact; window.cact = null; window.cact = old }"
ACCESSOR: Final = """{ let real = function () { caReady.push(arguments) }; caReady = [];
    Object.defineProperty(window, 'cact', { get() { return real }, set(value) { real = value } }) }"""
NEXT_SCRIPT: Final = "<script src='/empty.js'></script>"


def script(code: str) -> str:
    """A script element with the code."""
    return f"<script>{code}</script>"


LOAD_ORDERS: Final = {
    "shim before the stub": SHIM + STUB + AB,
    "shim after the stub": STUB + SHIM + AB,
    "shim after queued calls": STUB + A + SHIM + B,
    "stub run again": SHIM + STUB + A + STUB + B,
    "stub run again, shim between": STUB + A + SHIM + STUB + B,
    "stub much later": SHIM + script(LATER),
    "stub only where nothing is there": SHIM + script(f"caReady = []; {UNLESS_THERE}") + AB,
    "shim loaded by a script": STUB + A + script(LOADS_SHIM) + B,
    "shim deferred": STUB + A + "<script defer src='{shim address}'></script>" + B,
    "plain arrays in the queue, and rubbish": script(QUEUE) + SHIM,
    "var": SHIM + script("var cact = () => 0") + AB,
    "var before the shim": script("var cact = () => 0") + SHIM + AB,
    "var before the shim, then the stub": script("var cact = () => 0") + SHIM + A + STUB + B,
    "function declaration before the shim": script(DECLARED) + SHIM + AB,
    "function declaration after the shim": SHIM + script(DECLARED) + AB,
    "calls around a function declaration": SHIM + script(AROUND),
    "stub after a function declaration": SHIM + script(DECLARED) + A + STUB + B,
    "a client as function declaration": SHIM + script("function cact() { }") + NEXT_SCRIPT + AB,
    "defined as a property that can be written": SHIM + script(AS_PROPERTY) + NEXT_SCRIPT + AB,
    "deleted and defined again": SHIM + STUB + A + script("delete window.cact") + STUB + B,
    "client that keeps window.cact": SHIM + STUB + A + KEEPING_CLIENT + B,
    "client that keeps window.cact, then the shim": STUB + A + KEEPING_CLIENT + B + SHIM,
    "client that replaces window.cact": SHIM + STUB + A + REPLACING_CLIENT + B,
    "client that replaces window.cact, then the stub": SHIM + REPLACING_CLIENT + A + STUB + B,
    "client that replaces window.cact, then the shim": STUB + A + REPLACING_CLIENT + SHIM + B,
    "wrapped by the page": SHIM + STUB + HANDS_ON + AB,
    "wrapped before the shim": STUB + HANDS_ON + SHIM + AB,
    "wrapped twice": SHIM + STUB + HANDS_ON + HANDS_ON + AB,
    "wrapped, parameters copied": SHIM + STUB + ADDS_USER + AB,
    "wrapped around a client": SHIM + REPLACING_CLIENT + HANDS_ON + AB,
    "taken away and assigned back": SHIM + STUB + script(AND_BACK) + AB,
    "called through an old reference": SHIM
    + STUB
    + script("const old = window.cact")
    + STUB
    + script("old('trigger', 'a'); cact('trigger', 'b')"),
    "shim twice": SHIM + STUB + A + SHIM + B,
    "an accessor of another tool": script(ACCESSOR) + SHIM + AB,
}

# The arguments after 'trigger', and the name and parameters that the client reads from them.
ARGUMENTS: Final[dict[str, tuple[str, str | None, dict[str, Any]]]] = {
    "name and parameters": ("'search', { term: 'x' }", "search", {"term": "x"}),
    "config and callback": ("'search', { term: 'x' }, { siteId: 1 }, () => 0", "search", {"term": "x"}),
    "any order": ("() => 0, { term: 'x' }, 'search', { siteId: 1 }", "search", {"term": "x"}),
    "a second string": ("'search', 'purchase', { term: 'x' }", "search", {"term": "x"}),
    "no parameters": ("'search'", "search", {}),
    "null takes the place of the parameters": ("'search', null, { siteId: 1 }", "search", {}),
    "undefined ends the arguments": ("'search', undefined, { siteId: 1 }", "search", {}),
    "an empty name": ("'', { id: 1 }", "", {"id": 1}),
    "no name": ("{ id: 1 }", None, {"id": 1}),
    "a name that is undefined": ("undefined, { id: 1 }", None, {"id": 1}),
    "a name that is no string": ("42, { id: 1 }", None, {"id": 1}),
    "nothing at all": ("", None, {}),
}

# What stands for a value that only code of the page gives.
NO_GETTER, NO_TO_JSON = "[not read: getter]", "[not read: toJSON]"
AN_ERROR: Final = re.compile(r"\[error: .+\]")

# An expression in the page, and the copied value.
VALUES: Final[dict[str, tuple[str, Any]]] = {
    "strings": (r"""['é"\\\n\u2028😀', '']""", ['é"\\\n\u2028😀', ""]),
    "numbers": ("[1.5, 0, -0, 1e21, 5e-324]", [1.5, 0, 0, 1e21, 5e-324]),
    "booleans and null": ("[true, false, null]", [True, False, None]),
    "what JSON drops": ("{ a: undefined, b() { }, c: Symbol('x'), d: 1 }", {"d": 1}),
    "what JSON drops, in an array": ("[undefined, () => 0, Symbol('x')]", [None, None, None]),
    "NaN and infinities": ("[NaN, Infinity, -Infinity]", [None, None, None]),
    "dates": ("[new Date(0), new Date(NaN)]", ["1970-01-01T00:00:00.000Z", None]),
    "toJSON": ("{ a: 1, toJSON: () => ({ a: 1 }) }", NO_TO_JSON),
    "toJSON of a class": ("new class { _cents = 9; toJSON() { return 9 } }", NO_TO_JSON),
    "toJSON that throws": ("{ toJSON() { throw Error('no') } }", NO_TO_JSON),
    "toJSON that gives nothing": ("[{ toJSON() { } }, 1]", [NO_TO_JSON, 1]),
    "toJSON of a BigInt": (
        "(() => { BigInt.prototype.toJSON = () => 1; return 12n })()",
        NO_TO_JSON,
    ),
    "a date whose ISO string is the page's": (
        "(() => { Date.prototype.toISOString = () => 'x'; return new Date(0) })()",
        NO_TO_JSON,
    ),
    "a circle": ("(() => { const a = { b: {} }; a.b.a = a; return a })()", {"b": {"a": "[circular]"}}),
    "a circle of arrays": ("(() => { const a = [1]; a.push(a); return a })()", [1, "[circular]"]),
    "twice is no circle": ("(() => { const a = { x: 1 }; return [a, a] })()", [{"x": 1}, {"x": 1}]),
    "BigInt": ("12n", "[bigint 12]"),
    "nodes": ("[document.createElement('div'), document]", ["[node DIV]", "[node #document]"]),
    "window": ("window", "[window]"),
    "a window of another origin": ("frames[0]", "[window]"),
    "a getter": ("{ get a() { throw Error('boom') }, b: 2 }", {"a": NO_GETTER, "b": 2}),
    "a getter in a list": (
        "Object.defineProperty([1, 2], 1, { get: () => 3, enumerable: true })",
        [1, NO_GETTER],
    ),
    "a getter that calls cact": (
        "{ get a() { cact('trigger', 'inner', this); return 1 } }",
        {"a": NO_GETTER},
    ),
    "a setter alone": ("{ set a(value) { } }", {"a": NO_GETTER}),
    "a proxy whose values throw": ("new Proxy({ a: 1 }, { get() { throw Error('get') } })", {"a": 1}),
    "a proxy whose keys throw a trap": (
        "new Proxy({}, { ownKeys() { throw { get message() { throw 1 } } } })",
        "[error: undefined]",
    ),
    "a proxy whose keys throw": ("new Proxy({}, { ownKeys() { throw Error('keys') } })", "[error: keys]"),
    "a revoked proxy": (
        "(() => { const p = Proxy.revocable({}, {}); p.revoke(); return p.proxy })()",
        AN_ERROR,
    ),
    "Map, Set, RegExp, Promise": ("[new Map([[1, 2]]), new Set([1]), /x/, Promise.resolve()]", [{}] * 4),
    "an object without a prototype": ("Object.assign(Object.create(null), { a: 1 })", {"a": 1}),
    "a key named __proto__": ("""JSON.parse('{"__proto__": 1}')""", {"__proto__": 1}),
    "inherited and hidden properties": (
        "Object.defineProperty(Object.create({ inherited: 1 }), 'hidden', { value: 1 })",
        {},
    ),
    "a typed array": ("new Uint8Array(1000000)", "[1000000 bytes]"),
    "a huge string": ("'é'.repeat(20345)", "é" * 8000 + "…[+12345 characters]"),
    "a huge key": ("{ ['k'.repeat(8001)]: 1 }", {"k" * 8000 + "…[+1 characters]": 1}),
    "half a character": (r"['\ud83d', '\udc00x', '😀']", ["\ufffd", "\ufffdx", "😀"]),
    "a character cut in half": ("'x'.repeat(7999) + '😀'", "x" * 7999 + "\ufffd…[+1 characters]"),
    "toJSON of old libraries": (
        """(() => { Array.prototype.toJSON = () => 'old'; String.prototype.toJSON = () => 'bad';
            setTimeout(() => { delete Array.prototype.toJSON; delete String.prototype.toJSON });
            return { array: [1], string: 'x' } })()""",
        {"array": NO_TO_JSON, "string": "x"},
    ),
}

# Parameters that the client adds to these events, as the shim reports them.
AUTOMATIC: Final[dict[str, list[str]]] = {
    "page_view": ["title", "url", "path", "referrer"],
    "purchase": ["url"],
    "refund": ["url"],
    "search": [],
}

# Scripts whose value is true in a page with the shim as in one without it.
UNNOTICED: Final = {
    "the arguments": """
        const given = ['trigger', 'a', { id: 1 }, { siteId: 1 }, () => 0]; let got;
        window.cact = function () { got = arguments };
        cact(...given);
        return got.length === given.length && given.every((value, i) => got[i] === value)""",
    "this": """
        window.cact = function () { return this };
        const shop = { cact: window.cact };
        return shop.cact() === shop && window.cact() === window && cact.call(shop, 'trigger') === shop""",
    "the value returned": "window.cact = () => 42; return cact('trigger', 'a') === 42",
    "what the stub returns": f"{STUB_CODE}; return cact('trigger', 'a') === undefined",
    "what is thrown": """
        const error = new Error('mine'); window.cact = () => { throw error };
        try { cact('trigger', 'a') } catch (thrown) { return thrown === error }""",
    "calls after a throw": """
        window.cact = (command, name) => { if (name === 'bad') throw 1; return 2 };
        try { cact('trigger', 'bad') } catch { } return cact('trigger', 'good') === 2""",
    "a circle that the client refuses": """
        window.cact = (...given) => JSON.stringify(given);
        const circle = {}; circle.self = circle;
        try { cact('trigger', 'a', circle) } catch (thrown) { return thrown instanceof TypeError }""",
    "nothing there yet": "return typeof cact === 'undefined' && window.cact === undefined && !window.cact",
    "identity": f"{STUB_CODE}; const one = window.cact; return one === window.cact && one === cact",
    "properties": """
        function real(a, b) { } real.version = 7; window.cact = real; cact.extra = 8;
        return cact.version === 7 && real.extra === 8 && cact.name === 'real' && cact.length === 2
            && 'version' in cact && Object.keys(cact).join() === 'version,extra'""",
    "its source": """
        const real = (a) => a; window.cact = real;
        return '' + cact === '' + real && cact.toString() === '(a) => a'""",
    "values that are no function": """
        return [5, null, undefined, 'x', false, { }].every((value) => {
            window.cact = value; return window.cact === value })""",
    "construction": """
        window.cact = class { constructor() { this.x = 1 } };
        return new cact().x === 1 && new cact() instanceof cact""",
    "deletion": "window.cact = () => 1; return delete window.cact && !('cact' in window)",
    "definition": """
        Object.defineProperty(window, 'cact', { value: () => 3, configurable: true, writable: true });
        return cact() === 3""",
    "a queue that is pushed to": f"""
        {STUB_CODE}; caReady.push(['trigger', 'a']); caReady.push = () => 'container';
        return cact('trigger', 'b') === undefined && caReady.push() === 'container'
            && caReady.length === 1""",
    "a queue that is none": "window.cact = () => 4; window.caReady = 5; return cact('trigger', 'a') === 4",
    "a queue that throws": """
        window.cact = () => 4;
        Object.defineProperty(window, 'caReady', { get() { throw 1 } }); return cact('trigger', 'a') === 4""",
    "a frozen client": "window.cact = Object.freeze(() => 5); return cact('trigger', 'a') === 5",
    "a revoked client": """
        const { proxy, revoke } = Proxy.revocable(() => 1, {}); revoke(); window.cact = proxy;
        try { cact('trigger') } catch (thrown) { return thrown instanceof TypeError }""",
    "globals": "return Object.keys(window).every((key) => key === 'cact' || !/cact|inspect/i.test(key))",
}

# Pages that replace built-ins after the shim was loaded: events still arrive.
SABOTAGE: Final = {
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
    "no crypto": "Object.defineProperty(window, 'crypto', { value: undefined })",
    "no beacons": "navigator.sendBeacon = () => { throw 1 }",
    "TextEncoder": "window.TextEncoder = null",
    "enumerable prototypes": "Object.prototype.extra = Array.prototype.more = () => { throw 1 }",
}

# Pages that replace built-ins beyond repair: events may be lost, but the page's calls still work.
WRECKED: Final = {
    "arrays": "for (const name of ['push', 'filter', 'splice']) Array.prototype[name] = () => { throw 1 }",
    "iteration": "Array.prototype[Symbol.iterator] = () => { throw 1 }",
    "strings": "String.prototype.replace = String.prototype.slice = () => { throw 1 }",
    "objects": "Object.keys = Object.defineProperty = Object.getOwnPropertyDescriptor = () => { throw 1 }",
    "weak maps": "WeakMap.prototype.get = WeakMap.prototype.set = WeakMap.prototype.has = () => { throw 1 }",
    "promises": "Promise.prototype.then = Promise.prototype.catch = () => { throw 1 }",
    "the title": "Object.defineProperty(document, 'title', { get() { throw 1 } })",
}

LEAVING: Final = {
    "location": "location.href = '/next.html'",
    "reload": "location.search = '?again'",
    "a link": "document.body.innerHTML = '<a href=/next.html>'; document.querySelector('a').click()",
    "a form": "document.body.innerHTML = '<form action=/next.html>'; document.forms[0].submit()",
}
