"""What holds for every input: a verdict comes out, findings point at something, hostile input is cheap."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.reference import DEFAULT, Reference, editions, load
from events.verdict import CODES, judge
from events.verdict.interpreted import object_findings
from events.verdict.spec import specs
from events.verdict.text_values import LONGEST_JUDGED
from tests.example_events import REFERENCE, changed, findings_of, steps
from tests.work import calls

WORDS = [
    "",
    "undefined",
    "eur",
    "EUR",
    "€",
    "card",
    "other",
    "F",
    "1970-02-30",
    "fr",
    "a@",
    "http://",
    "0" * 32,
    "order_undefined",
    "{{ x }}",
    "() => x",
    "n/a",
    " ",
    "test@test.fr",
    "ann@lovelace.example",
    "https://shop.example/?a=ann%40lovelace.example",
    "https://a:b@shop.example/?password=x",
    "4111 1111 1111 1111",
    "DE89370400440532013000",
    "Tom &amp; Jerry",
    "CafÃ©",
    "Trex\u200b",
    '[{"a": 1}]',
    "1,3",
    "2999-01-01",
    "1899-01-01",
    "d41d8cd98f00b204e9800998ecf8427e",
    "895e6ec49d50d87bf662cc067267076d",
    "toto@domain.fr",
]
NAMES = [
    "curency",
    "my_prop",
    "item_name",
    "price",
    "category_7",
    "category_0",
    "x_md5",
    "context",
    "event_name",
    "livestream",
    "user",
    "a/b~c",
    "email_md5",
    "email",
    "password",
    "my_url",
    "description",
    "quantity",
    "revenue",
    "discount",
    "",
]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(10**30, 10**400),
    st.sampled_from([-1, 0, 0.5, 1600, 2998, 16.005, 4111111111111111]),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(WORDS),
)
names = st.text(max_size=10) | st.sampled_from(NAMES)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=10,
)


def containers(value: Any) -> Iterator[Any]:
    """Every object and array in ``value``, itself included."""
    if isinstance(value, dict | list):
        yield value
        for entry in value.values() if isinstance(value, dict) else value:
            yield from containers(entry)


@st.composite
def mutated_examples(draw: st.DrawFn, reference: Reference = REFERENCE) -> tuple[str, Any]:
    """A complete example with a few members set, added or removed at any depth, under its name or its own."""
    event = draw(st.sampled_from([*reference.events]))
    params = changed(event, reference=reference)
    for _ in range(draw(st.integers(0, 4))):
        holder = draw(st.sampled_from(list(containers(params))))
        if isinstance(holder, list):
            holder.insert(draw(st.integers(0, len(holder))), draw(json_values))
        elif holder and draw(st.booleans()):
            del holder[draw(st.sampled_from([*holder]))]
        else:
            holder[draw(st.sampled_from([*holder, *NAMES]))] = draw(json_values)
    return draw(st.sampled_from([event, event, event, "my_event"])), params


anything = st.tuples(json_values, json_values) | mutated_examples()


@given(anything)
def test_anything_gets_a_verdict_and_findings_that_the_contract_knows(event: tuple[Any, Any]) -> None:
    judgement = judge(*event, REFERENCE)
    severities = {finding.severity for finding in judgement.findings}
    gravest = "invalid" if "error" in severities else "warning" if "warning" in severities else "valid"
    assert judgement.verdict == gravest
    for finding in findings_of(*event):
        assert finding["severity"] in CODES[finding["code"]]
        assert finding["message"].strip()
        assert "None" not in finding["message"]


@given(anything)
def test_every_path_leads_to_a_value_or_to_where_a_member_is_missing(event: tuple[Any, Any]) -> None:
    name, params = event
    for finding in judge(name, params, REFERENCE).findings:
        if finding.path == "/event_name":
            continue
        *parents, last = steps(finding.path) or [""]
        holder = params if params is not None else {}
        for parent in parents:
            holder = holder[int(parent) if isinstance(holder, list) else parent]
        if finding.code.startswith("missing_"):
            assert isinstance(holder, dict)
        elif finding.path:
            assert (int(last) < len(holder)) if isinstance(holder, list) else (last in holder)


#: The codes of findings about an event's name, which the plain walk over its parameters does not give.
OF_NAMES = {"missing_event_name", "misspelt_event", "custom_event"}


@pytest.mark.parametrize("edition", editions())
@given(data=st.data())
def test_the_quick_way_finds_what_the_plain_walk_finds(edition: str, data: st.DataObject) -> None:
    reference = load(edition)
    name, params = data.draw(mutated_examples(reference))
    prepared = specs(reference)
    spec = prepared.events.get(name, prepared.custom)
    quick = [finding for finding in judge(name, params, reference).findings if finding.code not in OF_NAMES]
    assert quick == list(object_findings(spec, params, ""))


#: Hostile parameters that grow with n; the names differ with n, since names seen before are remembered.
HOSTILE: dict[str, Callable[[int], dict[str, Any]]] = {
    "unknown properties": lambda n: {f"property_{n}_{i}": i for i in range(n)},
    "misspelt properties": lambda n: {f"curren_cy{'_' * i}{'x' * (n // 400)}": i for i in range(n)},
    "properties of a user": lambda n: {"user": {f"{i}_md5": "x" for i in range(n)}},
    "empty items": lambda n: {"items": [{}] * n},
    "items in many currencies": lambda n: {
        "items": [{"product": {"currency": f"{n}_{i}"}} for i in range(n)]
    },
    "wrong colors": lambda n: {"items": [{"product": {"colors": [False] * n}}]},
    "consents": lambda n: {"user": {"consent_categories": ["undefined"] * n}},
    "texts to be judged": lambda n: {f"own_{n}_{i}": f"a{n}_{i}@lovelace.example" for i in range(n)},
    "equal items": lambda n: {"items": [{"id": "1", "quantity": 0, "product": {"price": -1}}] * n},
    "nested objects": lambda n: {"own": [{"a": [i]} for i in range(n)]},
}


@pytest.mark.parametrize("params", HOSTILE.values(), ids=HOSTILE.keys())
def test_twice_the_input_costs_twice_the_calls(params: Callable[[int], dict[str, Any]]) -> None:
    judge("purchase", {}, REFERENCE)  # what is prepared once does not count
    assert cost(params(800)) < 2.2 * cost(params(400))


def cost(params: dict[str, Any]) -> int:
    return calls(lambda: judge("purchase", params, REFERENCE))


TEXTS = [
    *("a", "@", "a@", ".a", "a.", "+1", "0", "aF", "://", "http://a", " ", "é", "_", "category_1"),
    *("{", "{{", "{{a", "${a", "%%a", "<%", "<?", "[[", "[[a", "%7b%7b", "0-", "1 2", "AA11 ", "&a", "&#1"),
    *("=a", "?a=", "\u200e", "א\u200e", "😀\u200d", "Ã©", "(a", "a=>", "()=>{", "nan", "null_", "a@b."),
    *("//a@", "[1,", "a%40", "class a"),
]


@pytest.mark.parametrize("length", [LONGEST_JUDGED, 1_000_000])
@pytest.mark.parametrize("text", TEXTS)
def test_a_long_text_is_judged_wherever_it_stands(text: str, length: int) -> None:
    """Steps of a regular expression cannot be counted, but one that backtracks does not end here."""
    text = text * (length // len(text))
    rows = REFERENCE.schemas["User"].parameters
    user = {row.name: text for row in rows} | {text: 1, f"{text}_md5": text}
    params = {"url": text, "currency": text, "status": text, "user": user, text: text}
    assert judge("purchase", params, REFERENCE).verdict == "invalid"


#: What careless tags, hostile pages and other parsers put where a value belongs.
ODD: tuple[Any, ...] = (
    None, "", " ", "undefined", "NaN", "x", "EUR", "eur", "card", "f", "FRA", "fr", 0, -5, 2.5, 1e300,
    10**400, math.nan, math.inf, True, [], {}, [1], ["a"], [""], ["undefined"], [None], [{}], {"price": "3"},
    [{"product": {"currency": "USD"}}, {"product": {"currency": "EUR"}}], "a@b.c", "a@b.co.uk", "é@b.fr",
    "a b@c.d", "http://x.y/z", "https://é.fr/", "https:///x", "https://a.b/ c", "+33612345678", "+0",
    "+33612345678\n", 10.0, 120, "true", ["a", "b"], ["a", 1], "linear", "purchase", {"id": "1"},
    "2024-01-01", "2024-13-01", "0" * 32, "A" * 32, "order_undefined", "n/a",
    "ann@lovelace.example", "4111111111111111", "Trex\u200b", '{"a": 1}', "1,3", "2999-01-01",
    "https://a:b@x.y/?q=c%40d.ef", "895e6ec49d50d87bf662cc067267076d", {"password": ["null"]},
    [{"id": "1"}, {"id": "1"}], -0.001, 4111111111111111,
)  # fmt: skip


def restore(holder: Any, before: Any) -> None:
    """Make an object or an array what it was."""
    holder.clear()
    if isinstance(holder, dict):
        holder.update(before)
    else:
        holder.extend(before)


#: Events of both editions that the newer one judges otherwise.
OTHERWISE = ("purchase", "page_view", "view_item")
#: Each event of the default edition; of another those that are new in it, or judged otherwise.
PLACES = [
    (edition, event)
    for edition in editions()
    for event in (*load(edition).events, "my_event")
    if edition == DEFAULT or event not in REFERENCE.events or event in OTHERWISE
]


@pytest.mark.parametrize(("edition", "event"), PLACES)
def test_the_quick_way_knows_each_odd_value_in_each_place(edition: str, event: str) -> None:
    reference = load(edition)
    prepared = specs(reference)
    spec = prepared.events.get(event, prepared.custom)
    params = changed(event if event in reference.events else "purchase", reference=reference)
    for holder in list(containers(params)):
        for place in [*holder, *NAMES] if isinstance(holder, dict) else range(len(holder)):
            before = holder.copy()
            for value in ODD:
                holder[place] = value
                found = judge(event, params, reference).findings
                quick = [finding for finding in found if finding.code not in OF_NAMES]
                # As text, since NaN is not equal to itself.
                assert repr(quick) == repr(list(object_findings(spec, params, ""))), (place, value)
            restore(holder, before)
