"""The effective event, case by case: what was set with setProperty, and what the script could not read.

A case names an ``event`` and its payloads; ``effective`` are the judged parameters, ``permanent paths`` and
``unsent`` the paths set with ``setProperty`` that count and that the request lacks, ``marks`` the paths that
were not read: true where the request told the value.
"""

import json
from copy import deepcopy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.judging.draft import Limits, draft, judged_again, judged_findings, revise
from events.judging.effective import Payloads, effective
from events.judging.unread import may_hold_marks
from events.store.payloads import payloads_of
from events.verdict.pointer import ABSENT, pick, tokens_of
from events.wire import NOT_READ, Incoming, Update
from tests.example_events import REFERENCE, changed
from tests.paths import CASE_FOLDER
from tests.verdict.test_verdict_properties import json_values, mutated_examples

CASES: list[dict[str, Any]] = json.loads((CASE_FOLDER / "effective.json").read_text())
LIMITS = Limits(event_bytes=32_000, depth=64, findings=500)


def incoming_of(case: dict[str, Any], **fields: Any) -> Incoming:
    return Incoming(
        name=case["event"],
        called=case["called"],
        sent=case.get("sent"),
        automatic=case.get("automatic", {}),
        permanent=case.get("permanent", {}),
        source=case.get("source", "page"),
        **fields,
    )


def brief(findings: Any) -> list[list[str]]:
    return [[one["severity"], one["code"], one["path"]] for one in findings]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['about']}: {case['description']}")
def test_the_effective_event(case: dict[str, Any]) -> None:
    entry = draft(incoming_of(case), REFERENCE, LIMITS)
    found = effective(case["event"], payloads_of(entry), REFERENCE)
    if "effective" in case:
        assert found.params == case["effective"]
    assert found.permanent == case.get("permanent paths", [])
    assert found.unsent_permanent == case.get("unsent", [])
    assert found.marks == case.get("marks", found.marks)
    assert brief(entry.findings) == case["findings"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['about']}: {case['description']}")
def test_judged_again_it_is_the_same(case: dict[str, Any]) -> None:
    entry = draft(incoming_of(case), REFERENCE, LIMITS)
    again = judged_again(entry.name, payloads_of(entry), entry.findings, REFERENCE, LIMITS)
    assert again == (entry.verdict, entry.findings)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.get("sent") is not None],
    ids=lambda case: f"{case['about']}: {case['description']}",
)
def test_a_request_that_is_seen_later_counts_the_same(case: dict[str, Any]) -> None:
    entry = draft(incoming_of(case | {"sent": None}), REFERENCE, LIMITS)
    update = Update("e1", case["sent"], "", "sent")
    revision = revise(entry.name, payloads_of(entry), entry.findings, update, REFERENCE, LIMITS)
    assert brief(revision.findings) == case["findings"]


@given(mutated_examples(), st.data())
def test_no_finding_depends_on_what_was_not_read(event: tuple[str, Any], data: st.DataObject) -> None:
    """Whatever the value was: a finding that is given holds with it, or a graver one in its place."""
    name, params = event
    paths = [path for path in _paths(params) if path]
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    marked = _put(params, path, data.draw(st.sampled_from(sorted(NOT_READ))))
    value = data.draw(json_values | st.just(pick(params, tokens_of(path))))
    shown = effective(name, Payloads(marked, marked=True), REFERENCE)
    real = effective(name, Payloads(_put(params, path, value)), REFERENCE)
    there = {(one.code, one.path) for one in judged_findings(name, real, REFERENCE)}
    for finding in judged_findings(name, shown, REFERENCE):
        assert (finding.code, finding.path) in there
        assert not f"{finding.path}/".startswith(f"{path}/")


@given(mutated_examples())
def test_without_marks_the_request_changes_nothing_that_was_called(event: tuple[str, Any]) -> None:
    name, params = event
    found = effective(name, Payloads(params, params, marked=True), REFERENCE)
    assert (found.params, found.marks) == (params, {})


def test_marks_beyond_the_deepest_level_are_texts() -> None:
    deep: Any = "[not read: getter]"
    for _ in range(900):
        deep = {"a": deep}
    entry = draft(Incoming("mine", deep, deep, permanent={"b": deep}, source="page"), REFERENCE, LIMITS)
    assert "unreadable" in {finding["code"] for finding in entry.findings}


def test_only_texts_with_a_mark_are_searched() -> None:
    text = orjson.dumps(changed("purchase")).decode()
    assert not may_hold_marks("page", text, "", "")
    assert may_hold_marks("page", "", text.replace("EUR", "[not read: getter]"))
    assert not may_hold_marks("http", '"[not read: getter]"')


def _paths(value: Any, path: str = "") -> list[str]:
    found = [path]
    if isinstance(value, dict):
        for key, entry in value.items():
            if "/" not in key and "~" not in key:
                found += _paths(entry, f"{path}/{key}")
    if isinstance(value, list):
        for index, entry in enumerate(value):
            found += _paths(entry, f"{path}/{index}")
    return found


def _put(params: Any, path: str, value: Any) -> Any:
    """A copy of ``params`` with ``value`` at ``path``."""
    copy = deepcopy(params)
    *parents, last = tokens_of(path)
    holder = pick(copy, parents)
    assert holder is not ABSENT
    holder[int(last) if isinstance(holder, list) else last] = value
    return copy
