"""Two recordings side by side: exactly what differs is told, in whatever way they differ."""

import json
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.comparison import BadRule, Rule, Side, compare
from events.comparison.as_json import as_dict
from events.comparison.as_text import markdown, summary, text
from events.comparison.rules import parse_rules
from tests.comparing import difference_lines, side
from tests.paths import CASE_FOLDER
from tests.work import calls

CASES = json.loads((CASE_FOLDER / "comparison.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["description"])
def test_it_tells_exactly_what_differs(case: dict[str, Any]) -> None:
    rules = parse_rules(case.get("rules", []))
    a, b = (side(case[name], judged=case.get("judged", False)) for name in ("before", "after"))
    found = compare(a, b, rules, automatic=False)
    assert difference_lines(found) == Counter(case["differs"])
    assert found.same == (not case["differs"])


# ---- properties ----

_NAMES = st.sampled_from(["page_view", "search", "purchase", "click", ""])
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(0, 3)
    | st.sampled_from(["", "x", "y", "12", "é"])
    | st.floats(0, 2)
)
_ITEMS = st.lists(
    st.fixed_dictionaries({}, optional={"id": _SCALARS, "product": st.fixed_dictionaries({"id": _SCALARS})}),
    max_size=4,
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab/~"), inner, max_size=3),
)
_PARAMS = _VALUES | st.fixed_dictionaries({}, optional={"items": _ITEMS, "id": _SCALARS, "x": _VALUES})
_EVENTS = st.lists(st.tuples(_NAMES, _PARAMS), max_size=6).map(
    lambda events: [list(event) for event in events]
)
_VISITS = st.lists(st.tuples(st.sampled_from(["/", "/cart", "/list", ""]), _EVENTS), max_size=5)


@given(_VISITS)
@settings(max_examples=80)
def test_nothing_differs_from_itself(visits: Any) -> None:
    found = compare(side(visits), side(deepcopy(visits)))
    assert found.same
    assert found.proposals == []
    assert summary(found) == ["Nothing differs."]


@given(_VISITS, _VISITS, st.booleans())
@settings(max_examples=80)
def test_the_other_way_round_it_tells_the_opposite(before: Any, after: Any, automatic: bool) -> None:
    a, b = side(before, judged=True), side(after, judged=True)
    there, back = compare(a, b, automatic=automatic), compare(b, a, automatic=automatic)
    assert _kinds(there) == _kinds(back, turned=True)
    assert there.rules == back.rules


def _kinds(found: Any, *, turned: bool = False) -> "Counter[tuple[Any, ...]]":
    """All that differs, without positions, which each side counts for itself."""
    lines: Counter[tuple[Any, ...]] = Counter()
    for row in found.rows():
        a, b = (row.b, row.a) if turned else (row.a, row.b)
        changes = []
        for change in row.changes:
            kind = {"added": "lost", "lost": "added"}.get(change.kind, change.kind) if turned else change.kind
            paths = (change.path_b, change.path_a) if turned else (change.path_a, change.path_b)
            values = (change.after, change.before) if turned else (change.before, change.after)
            changes.append((kind, *paths, repr(values)))
        gained, lost = (row.lost, row.gained) if turned else (row.gained, row.lost)
        found_there = len(gained), len(lost)
        lines[a, b, row.moved, tuple(sorted(changes)), found_there] += 1
    return lines


@given(_VISITS, _VISITS)
@settings(max_examples=100)
def test_everything_can_be_told_in_words_and_as_data(before: Any, after: Any) -> None:
    found = compare(side(before), side(after))
    assert json.loads(json.dumps(as_dict(found)))["same"] == found.same
    assert text(found)
    assert markdown(found, "*a*", "b")


@st.composite
def _planted(draw: st.DrawFn) -> tuple[Any, Any, list[str]]:
    """A recording, the same with some edits, and what these are. Every event holds something of its own."""
    words = iter(range(1_000))

    def fresh() -> dict[str, Any]:
        n = next(words)
        return {
            "label": f"the {chr(97 + n % 26)} thing {n}",
            "kind": "x",
            "amount": n,
            "deep": {"flag": True},
        }

    before = [
        (
            f"/page{place}",
            [["event" + str(draw(st.integers(0, 2))), fresh()] for _ in range(draw(st.integers(1, 6)))],
        )
        for place in range(draw(st.integers(1, 4)))
    ]
    after = deepcopy(before)
    edits: list[str] = []
    for path, events in after:
        for index in reversed(range(len(events))):
            name: Any = events[index][0]
            params: Any = events[index][1]
            what = draw(st.sampled_from(["", "", "", "drop", "put", "lose", "gain", "retype", "change"]))
            if what == "drop" and len(events) > 1:
                del events[index]
                edits.append(f"{name} missing on {path}")
            elif what == "put":
                events.insert(index, ["new", fresh()])
                edits.append(f"new added on {path}")
            elif what == "lose":
                del params["deep"]["flag"]
                edits.append(f"{name} lost /deep/flag")
            elif what == "gain":
                params["more"] = 1
                edits.append(f"{name} added /more")
            elif what == "retype":
                params["amount"] = str(params["amount"])
                edits.append(f"{name} retyped /amount")
            elif what == "change":
                params["kind"] = "y"
                edits.append(f"{name} changed /kind")
    return before, after, edits


@given(_planted())
def test_planted_edits_are_found_exactly(planted: tuple[Any, Any, list[str]]) -> None:
    before, after, edits = planted
    assert difference_lines(compare(side(before), side(after))) == Counter(edits)


@given(st.permutations(range(8)), st.integers(0, 7))
def test_one_event_that_moved_is_told_as_moved(order: Any, to: int) -> None:
    events = [[f"event{n % 3}", {"label": f"number {n}", "n": n}] for n in order]
    after = events[1:]
    after.insert(to, events[0])
    found = difference_lines(compare(side([("/", events)]), side([("/", after)])))
    if to == 0:
        assert not found
    elif to == 1:  # which of two neighbours moved nobody can say
        assert sum(found.values()) == 1
    else:
        assert found == Counter([f"{events[0][0]} moved"])


# ---- rules ----


@given(st.text(max_size=20), st.sampled_from(["value", "query", "address", "presence"]), st.text(max_size=8))
def test_a_rule_is_read_back_as_it_was_written(path: str, kind: Any, event: str) -> None:
    rule = Rule("/" + (path.strip() or "x"), kind, event.strip())
    assert Rule.parse(str(rule)) == rule


@pytest.mark.parametrize("written", ["", "id", "value:", "value:id", "purchase/", "/" + "x" * 600])
def test_what_is_no_rule_is_refused(written: str) -> None:
    with pytest.raises(BadRule):
        Rule.parse(written)


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("/a", "/a", True),
        ("/a", "/a/b", True),
        ("/a", "/ab", False),
        ("/a/*/c", "/a/0/c", True),
        ("/a/*/c", "/a/c", False),
        ("/**/c", "/c", True),
        ("/**/c", "/a/b/c/d", True),
        ("/**/c", "/a/b", False),
        ("/*", "/a", True),
    ],
)
def test_a_rule_covers_its_place_and_what_lies_below(pattern: str, path: str, covered: bool) -> None:
    assert Rule(pattern).covers(path) is covered


def test_a_rule_of_many_stars_is_cheap() -> None:
    def cost(stars: int) -> int:
        return calls(lambda: Rule("/**/*" * stars + "/x").covers("/a" * 64))

    assert not Rule("/**/*" * 100 + "/x").covers("/a" * 64)
    assert cost(101) < 2.2 * cost(51)


# ---- proposals ----

_UUIDS = "0e5ae5d4-6d3b-4c5a-9d6f-2f6a3a1d0c11", "6f2e8a52-14d0-4d8e-bb0c-0a5fd6a0b7f3"


def _product(number: str) -> list[Any]:
    return [{"product": {"id": number}}]


PROPOSED = [
    ("a random identifier", "/ref", [_UUIDS], "a/ref"),
    ("a moment", "/at", [("2026-01-01T10:00:00Z", "2026-01-02T11:30:00Z")], "a/at"),
    ("milliseconds", "/at", [(1_800_000_000_123, 1_800_000_100_456)], "a/at"),
    ("an address's query", "/url", [("https://a.example/x?s=1", "https://a.example/x?s=2")], "query:a/url"),
    ("an address's host", "/url", [("https://a.example/x", "https://b.example/x")], "address:a/url"),
    ("a random token", "/t", [("x9Kd82LmQ0pZ7vR3", "b7Qw1Zx83Nd0Lk5T")], "a/t"),
    ("a session's number", "/session_id", [("S1234", "S9876")], "a/session_id"),
    ("a number that never comes again", "/no", [("K17", "K91"), ("K18", "K92"), ("K19", "K93")], "a/no"),
]
NOT_PROPOSED = [
    ("a price", "/price", [(12.5, 13.5), (13.0, 14.0), (14.0, 15.0)]),
    ("a large revenue", "/revenue", [(1_800_000_000, 1_800_000_001)]),
    ("a text", "/page_name", [("Home 1", "Shop 1"), ("Cart 2", "Basket 2"), ("Pay 3", "Payment 3")]),
    ("another type", "/ref", [(_UUIDS[0], 5)]),
    ("a product's number that comes again", "/id", [("P1", "P5"), ("P2", "P6"), ("P1", "P5")]),
    ("a path", "/url", [("https://a.example/x", "https://a.example/y")]),
    ("other products", "/items", [(_product(f"P10{n}"), _product(f"P20{n}")) for n in range(3)]),
    (
        "one that differs once and is the same once",
        "/no",
        [("K1", "K2"), ("K3", "K3"), ("K4", "K5"), ("K6", "K7")],
    ),
]


def _with(path: str, values: list[tuple[Any, Any]]) -> tuple[Side, Side]:
    first, second = (
        [("/", [["a", {path[1:]: pair[which], "label": f"steady {n}"}] for n, pair in enumerate(values)])]
        for which in (0, 1)
    )
    return side(first), side(second)


@pytest.mark.parametrize(("what", "path", "values", "rule"), PROPOSED, ids=[case[0] for case in PROPOSED])
def test_what_always_differs_is_proposed(what: str, path: str, values: Any, rule: str) -> None:
    a, b = _with(path, values)
    found = compare(a, b)
    assert [str(proposal.rule) for proposal in found.proposals] == [rule]
    assert found.same
    assert found.counts()["ignored"] == len(values)
    assert not compare(a, b, automatic=False).same


@pytest.mark.parametrize(("what", "path", "values"), NOT_PROPOSED, ids=[case[0] for case in NOT_PROPOSED])
def test_what_says_something_is_not_proposed(what: str, path: str, values: Any) -> None:
    found = compare(*_with(path, values))
    assert found.proposals == []
    assert not found.same


def test_one_rule_is_proposed_for_a_place_that_several_events_have() -> None:
    a, b = (
        side([("/", [[name, {"user": {"session_id": f"{which}{name}1"}}] for name in ("a", "b", "c")])])
        for which in "xy"
    )
    assert [str(proposal.rule) for proposal in compare(a, b).proposals] == ["/user/session_id"]


# ---- words ----


def test_the_summary_says_in_plain_words_what_changed() -> None:
    user = {"id": "1", "email": "a@b.example", "consent_categories": [1]}
    a = side(
        [("/", [["search", {"search_term": "x", "user": user}], ["login", {"user": user}]])], judged=True
    )
    b = side([("/", [["search", {"user": user}], ["sign_up", {"user": user}]])], judged=True)
    assert summary(compare(a, b)) == [
        "1 event missing: login.",
        "1 event added: sign_up.",
        "1 event changed verdict: search lost search_term and became invalid.",
        "1 parameter differs in 1 event: 1 lost.",
    ]


def test_markdown_of_hostile_names_stays_text() -> None:
    name = "`x` <img src=x> | *b*\n# head"
    found = compare(side([("/", [[name, {"``": 1}]])]), side([("/", [[name, {}]])]))
    written = markdown(found, name, "B")
    assert "**A** \\`x\\` \\<img" in written
    assert "- `` `x` <img src=x> | *b* # head `` #1" in written  # code, whatever it holds
    assert "\n# head" not in written


# ---- cost ----


@pytest.mark.parametrize(
    ("what", "fired"),
    [
        ("all the same", lambda n, which: ["x", {}]),
        ("of one name, all different", lambda n, which: ["x", {"n": f"{which} {n}", "m": n}]),
        ("each of its own name", lambda n, which: [f"x{n * (which + 1)}", {}]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_four_times_the_events_cost_four_times_the_calls(what: str, fired: Any) -> None:
    assert_linear(lambda size, which: side([("/", [fired(n, which) for n in range(size - which)])]))


def test_four_times_the_visits_cost_four_times_the_calls() -> None:
    assert_linear(
        lambda size, which: side([(f"/{n * (1 + which) % 97}", [["x", {"n": n}]]) for n in range(size)])
    )


def test_four_times_the_items_cost_four_times_the_calls() -> None:
    assert_linear(
        lambda size, which: side([("/", [["x", {"items": [{"q": n * (which + 1)} for n in range(size)]}]])])
    )


def assert_linear(make: Callable[[int, int], Side]) -> None:
    """Four times the size costs four times the calls; ``make`` takes the size, and 0 or 1 for the side."""

    def cost(size: int) -> int:
        a, b = make(size, 0), make(size, 1)
        return calls(lambda: compare(a, b))

    assert cost(1_000) < 4.4 * cost(250)
