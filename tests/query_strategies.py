"""Random events and random queries that speak of each other: strategies of hypothesis."""

import string
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
from hypothesis import strategies as st

from events.query.fields import CODE_NAMES, FIELDS, SEVERITIES, STATES, TYPES, VERDICT_WORDS
from events.query.tree import And, Compare, Field, Group, Node, Not, Number, Or, Step, Text, Value

#: Few of each, so that events and queries meet; among them what LIKE, GLOB, JSON and the language use as
#: signs.
NAMES: Final = (
    "purchase",
    "page_view",
    "Purchase",
    "my event",
    "",
    "a*b",
    "a%b",
    "a_b",
    "[x]",
    "ça",
    "ÇA",
    "q?",
)
KEYS: Final = ("id", "value", "user", "email", "items", "product", "a.b", 'q"', "ünï", "0", "$type", "Id")
TEXTS: Final = (
    "home", "Home", "HOME", "16", "16.0", "-16", "1e3", "", " ", "a b", 'say "hi"', "back\\slash", "per%cent",
    "under_",
    "straße", "ÉTÉ", "été", "\u212a", "k", "İ", "日本", "😀", "line\nbreak", "\x1f", "true", "null",
    "2026-11-30",
    "2026-11-30T14:02:11Z", "*", "a*c", "abc", "https://shop.example/x", "missing", "user.email",
    "id missing", "[0]",
)  # fmt: skip
NUMBERS: Final = (0, -0.0, 16, 16.0, -16, 1, 0.5, 1000, 1e3, 1e22, 10**15, 2**53 + 1, 1e-7, 12.10)
PATHS: Final = ("", "/id", "/user/email", "/items/0/product", "/items/1/id", "/event_name", "/a.b", "/x~1y")
URLS: Final = (
    "", "https://shop.example/", "https://shop.example/cart", "https://shop.example/cart/2?id=1",
    "http://u@Shop.example:8080/product/12/", "no address", "https://[broken", "https://été.example/a_b%20c",
)  # fmt: skip
START: Final = datetime(2026, 11, 30, 13, 59, 58, tzinfo=UTC)

_words = st.sampled_from(TEXTS)
_scalars = st.one_of(_words, st.sampled_from(NUMBERS), st.booleans(), st.none())
_keys = st.sampled_from(KEYS)
values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=8,
)
params = st.dictionaries(_keys, values, max_size=4)


def _json(value: Any) -> str:
    return "" if value is None else orjson.dumps(value).decode()


def _finding(facts: tuple[str, str, str, str | None]) -> dict[str, Any]:
    severity, code, path, got = facts
    return {"severity": severity, "code": code, "path": path, "expected": "string", "got": got}


findings = st.lists(
    st.tuples(
        st.sampled_from(SEVERITIES),
        st.sampled_from((*CODE_NAMES[:5], "unreadable")),
        st.sampled_from(PATHS),
        st.none() | _words,
    ).map(_finding),
    max_size=3,
).map(lambda found: orjson.dumps(found).decode())
_maybe_params = st.none() | params | _scalars.filter(lambda value: value is not None)
#: The columns of an event, without its recording, number, and page load.
events = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES),
        "verdict": st.sampled_from(VERDICT_WORDS),
        "findings": findings,
        "called": _maybe_params.map(_json),
        "sent": _maybe_params.map(_json),
        "automatic": (st.none() | params).map(_json),
        "permanent": (st.none() | params).map(_json),
        "delivery": st.sampled_from(("", "sent", "unsent")),
        "container": st.sampled_from(("", "site 12", "Été")),
        "page_url": st.sampled_from(URLS),
        "call_site": st.sampled_from(("", "checkout.min.js:1:48211", "at Kauf (ÜBER.js)")),
        "source": st.sampled_from(("page", "http", "pixel")),
        "fired_at": st.sampled_from([START + timedelta(seconds=second) for second in (0, 1.5, 2, 62, 4_000)]),
        "load": st.sampled_from((0, 1, 2, 3)),
    }
)
#: The page loads that events name by their place from 1: title and frame.
LOADS: Final = (("Your cart", False), ("ÉTÉ 50%", True), ("16", False))

_bare = st.sampled_from([text for text in (*TEXTS, *NAMES) if text and not set(text) & set(' (),"\n\x1f')])
_any_value = st.one_of(
    st.builds(Value, _bare | st.text(string.ascii_letters + string.digits + "*.-", min_size=1, max_size=4)),
    st.builds(Value, st.sampled_from((*TEXTS, *NAMES)) | st.text(max_size=3), st.just(True)),
)
_numbers = st.sampled_from(("16", "-16", "0", "1000", "0.5", "2026-11-30", "2026-11-30T14:02:11Z")).map(Value)


def _field(name: str) -> st.SearchStrategy[Node]:
    return st.lists(_of_field(name), min_size=1, max_size=2).map(lambda found: Field(name, tuple(found)))


def _of_field(name: str) -> st.SearchStrategy[Value]:
    texts: tuple[str, ...]
    match FIELDS[name].kind:
        case "word":
            return st.sampled_from(tuple(STATES) if name == "is" else FIELDS[name].words).map(Value)
        case "code":
            return st.sampled_from((*CODE_NAMES[:5], "unreadable", "missing*", "*e*")).map(Value)
        case "pointer":
            texts = (
                "/id",
                "/user/*",
                "/**",
                "/items/*/product",
                "user.email",
                "items.product",
                "items[1].id",
                "/a.b",
            )
            return st.sampled_from(texts).map(Value) | st.sampled_from(PATHS).map(
                lambda text: Value(text, True)
            )
        case "path":
            texts = (
                "id",
                "user.email",
                "items[0]",
                "items[*].product",
                "/*/0",
                "/items/0",
                "/user/email",
                "Id",
                "0",
            )
            return st.sampled_from(texts).map(Value) | _keys.map(lambda text: Value(text, True))
        case "moment":
            texts = (
                "14:00",
                "13:59:59",
                "2026-11-30T14:00:00Z",
                "2026-12-01",
                "#3",
                "14:00:00.000",
            )
            return st.sampled_from(texts).map(Value) | st.just(Value("a marker", True))
        case "count":
            return st.sampled_from(("0", "1", "2", "3", "99999999999")).map(Value)
        case "page":
            texts = (
                "/",
                "/cart",
                "/cart*",
                "/product/*",
                "/**/2",
                "/*/*",
                "shop",
                "EXAMPLE",
                "a*c",
                "/été",
            )
            return st.sampled_from(texts).map(Value) | st.sampled_from(URLS).map(
                lambda text: Value(text, True)
            )
        case _:
            return _any_value


_steps = st.lists(
    st.builds(Step, _keys | st.just("*"), st.sampled_from((None, None, None, -1, 0, 1))),
    min_size=1,
    max_size=3,
).map(tuple)
_sides = st.sampled_from(("", "", "called", "sent"))
_some = st.lists(_any_value, min_size=1, max_size=2).map(tuple)
_compares: st.SearchStrategy[Node] = st.one_of(
    st.builds(Compare, _steps, st.sampled_from(("=", "!=", "~")), _some, _sides),
    st.builds(
        Compare, _steps, st.sampled_from(("<", "<=", ">", ">=")), _numbers.map(lambda one: (one,)), _sides
    ),
    st.builds(
        Compare,
        _steps,
        st.sampled_from(("=", "!=")),
        st.sampled_from(TYPES).map(lambda word: (Value(word),)),
        _sides,
        st.just("type"),
    ),
    st.builds(
        Compare,
        _steps,
        st.sampled_from(("=", "!=", "<", ">=")),
        st.sampled_from(("0", "1", "4")).map(lambda word: (Value(word),)),
        _sides,
        st.just("length"),
    ),
)
_leaves: st.SearchStrategy[Node] = st.one_of(
    st.builds(Text, st.sampled_from((*TEXTS, "14:00", "13:59:59", "your", "50%", "3", "missing required"))),
    st.builds(Text, st.text(min_size=1, max_size=3)),
    st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda two: Number(min(two), max(two))),
    *(_field(name) for name in FIELDS),
    _compares,
    _compares,
)


def _composed(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Trees in the form that the parser gives them."""
    single = inner.map(_as_term)
    either = st.one_of(single, single.map(Not))
    ands = st.lists(either, min_size=2, max_size=3).map(lambda terms: And(tuple(terms)))
    ors = st.lists(either | ands, min_size=2, max_size=3).map(lambda terms: Or(tuple(terms)))
    return st.one_of(single.map(Not), ands, ors)


def _as_term(node: Node) -> Node:
    return Group(node) if isinstance(node, And | Or | Not) else node


queries = st.recursive(_leaves, _composed, max_leaves=4)
