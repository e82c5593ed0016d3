"""No finding depends on an unknown value; those that the known values prove stay.

A case names an ``event`` with its ``params`` and the pointers of its ``unknown`` values; ``findings`` are the
severity, code and path of those that are proven.
"""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.verdict import judge
from events.verdict.pointer import pick, tokens_of
from events.verdict.unknown import MORE, NAME, proven_findings
from tests.example_events import REFERENCE, changed
from tests.paths import CASE_FOLDER
from tests.verdict.test_verdict_properties import json_values, mutated_examples
from tests.work import calls

CASES: list[dict[str, Any]] = json.loads((CASE_FOLDER / "unknown.json").read_text())
GRAVITY = {"info": 0, "warning": 1, "error": 2}


@pytest.mark.parametrize("case", CASES, ids=[case["description"] for case in CASES])
def test_what_the_known_values_prove(case: dict[str, Any]) -> None:
    params = case["params"]
    if params == "example":
        params = changed(case["event"], case.get("set"), case.get("remove", ()))
    found = proven_findings(case["event"], params, case["unknown"], REFERENCE)
    assert [[one.severity, one.code, one.path] for one in found] == case["findings"]


@given(mutated_examples(), st.data())
def test_each_finding_is_given_for_every_substitution(event: tuple[str, Any], data: st.DataObject) -> None:
    name, params = event
    paths = data.draw(
        st.lists(st.sampled_from(_paths(params) or ["/own"]), min_size=1, max_size=4, unique=True)
    )
    opened = data.draw(st.lists(st.sampled_from(_paths(params, holders=True)), max_size=2, unique=True))
    unknown = [*paths, *(f"{path}/{MORE}" for path in opened)]
    if data.draw(st.booleans()):
        unknown.append(NAME)
    proven = proven_findings(name, params, unknown, REFERENCE)
    for _ in range(3):
        called = data.draw(st.sampled_from([*REFERENCE.events, "own"])) if NAME in unknown else name
        real = deepcopy(params)
        for path in sorted(opened, key=len, reverse=True):
            _extend(pick(real, tokens_of(path)), data)
        for path in sorted(paths, key=len):
            real = _put(real, tokens_of(path), _substitute(pick(params, tokens_of(path)), params, data))
        given: dict[tuple[str, str], int] = {}
        for one in judge(called, real, REFERENCE).findings:
            key = one.code, one.path
            given[key] = max(given.get(key, 0), GRAVITY[one.severity])
        for finding in proven:
            key = finding.code, finding.path
            assert key in given, (finding, unknown, real)
            assert given[key] >= GRAVITY[finding.severity], (finding, real)


@given(mutated_examples(), st.lists(st.text(max_size=5).map(lambda text: f"/{text}") | st.text(max_size=5)))
def test_pointers_that_lead_nowhere_do_no_harm(event: tuple[str, Any], unknown: list[str]) -> None:
    proven_findings(*event, unknown, REFERENCE)


@pytest.mark.parametrize("path", ["/own/{}", "/items/{}/id", "/own/{}/-", "/{}", "/items/0/{}/b"])
def test_twice_the_unknown_values_cost_twice_the_calls(path: str) -> None:
    def cost(count: int) -> int:
        params = {"own": [{}] * count, "items": [{"id": 1}] * count}
        unknown = [path.format(number) for number in range(count)]
        return calls(lambda: proven_findings("purchase", params, unknown, REFERENCE))

    cost(10)  # what is prepared once does not count
    assert cost(800) < 2.3 * cost(400)


def _substitute(known: Any, params: Any, data: st.DataObject) -> Any:
    """A value that may stand where ``known`` did: any, or any text but an empty one for a text."""
    if isinstance(known, str):
        return data.draw(st.sampled_from(["12", "EUR", "f", "a@b.c", "card"]) | st.text(min_size=1))
    inside = [pick(params, tokens_of(path)) for path in _paths(params)] or [7]
    return deepcopy(data.draw(json_values | st.sampled_from(inside) | st.just(known)))


def _extend(holder: Any, data: st.DataObject) -> None:
    if isinstance(holder, dict):
        example = changed("purchase")
        flat = {**example, **example["user"], **example["items"][0], **example["items"][0]["product"]}
        for name in data.draw(st.lists(st.sampled_from([*flat]), max_size=4)):
            holder.setdefault(name, deepcopy(data.draw(json_values | st.just(flat[name]))))
    elif isinstance(holder, list):
        holder += data.draw(st.lists(json_values, max_size=3))


def _put(params: Any, tokens: list[str], value: Any) -> Any:
    """``params`` with ``value`` at the pointer, where there still is its holder."""
    holder = pick(params, tokens[:-1])
    if isinstance(holder, dict):
        holder[tokens[-1]] = value
    elif isinstance(holder, list) and tokens[-1].isdecimal() and int(tokens[-1]) < len(holder):
        holder[int(tokens[-1])] = value
    return params


def _paths(value: Any, path: str = "", *, holders: bool = False) -> list[str]:
    """The pointers of all values inside ``value``; with ``holders`` of objects and arrays, its own too."""
    found = [path] if holders and isinstance(value, dict | list) else [path] if path and not holders else []
    if isinstance(value, dict):
        for key, entry in value.items():
            if "/" not in key and "~" not in key:
                found += _paths(entry, f"{path}/{key}", holders=holders)
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            found += _paths(entry, f"{path}/{index}", holders=holders)
    return found
