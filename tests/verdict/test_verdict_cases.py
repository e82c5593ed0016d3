"""Every row of the findings table and every decided point, case by case.

A case names an ``event`` and either its ``params``, or what to ``set`` and ``remove`` in the reference's
complete example. ``findings`` are all there may be, in their order: severity, code, path and, where a case
cares, what was expected. ``automatic`` is what the page-side script saw the client add, ``filled`` what of it
counts, ``says`` a part of the first message, ``edition`` another edition than the default.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from events.judging.effective import Payloads, effective
from events.reference import DEFAULT, Parameter, load
from events.verdict import CODES, judge
from events.verdict.across import ACROSS
from tests.example_events import REFERENCE, changed, findings_of
from tests.paths import CASE_FOLDER

FOLDER = CASE_FOLDER / "verdict"
CASES: list[dict[str, Any]] = [
    {**case, "file": file.stem}
    for file in sorted(FOLDER.glob("*.json"))
    for case in json.loads(file.read_text())
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['file']}: {case['description']}")
def test_case(case: dict[str, Any]) -> None:
    reference = load(case.get("edition", DEFAULT))
    params = (
        case["params"]
        if "params" in case
        else changed(case["event"], case.get("set"), case.get("remove", ()), reference)
    )
    given = Payloads(
        case.get("called", params), case.get("sent"), case.get("automatic", {}), case.get("permanent", {})
    )
    found = effective(case["event"], given, reference)
    params = found.params
    judgement = judge(case["event"], params, reference)
    findings = findings_of(case["event"], params, reference)

    expected = [tuple(finding[:3]) for finding in case["findings"]]
    assert [(one["severity"], one["code"], one["path"]) for one in findings] == expected
    assert judgement.verdict == gravest(severity for severity, _, _ in expected)
    for finding, wanted in zip(findings, case["findings"], strict=True):
        assert wanted[3:] in ([], [finding["expected"]])
    if "filled" in case:
        assert found.automatic == case["filled"]
    assert found.permanent == case.get("set before", [])
    if "says" in case:
        assert case["says"] in findings[0]["message"]


def gravest(severities: Iterator[str]) -> str:
    """The verdict that follows from the severities."""
    found = set(severities)
    return "invalid" if "error" in found else "warning" if "warning" in found else "valid"


def required(event: str) -> Iterator[str]:
    """The places in the event's complete example where something must stand."""
    yield from _required(REFERENCE.events[event].parameters, changed(event), "")


def _required(rows: tuple[Parameter, ...], holder: dict[str, Any], path: str) -> Iterator[str]:
    for row in rows:
        if row.is_required:
            yield f"{path}/{row.name}"
        value = holder.get(row.name)
        if row.schema and value:
            nested = REFERENCE.schemas[row.schema].parameters
            if isinstance(value, list):
                yield from _required(nested, value[0], f"{path}/{row.name}/0")
            else:
                yield from _required(nested, value, f"{path}/{row.name}")


@pytest.mark.parametrize(
    ("event", "place"), [(name, place) for name in REFERENCE.events for place in required(name)]
)
def test_a_required_parameter_is_missing_once_whether_absent_null_or_empty(event: str, place: str) -> None:
    variants = [changed(event, without=[place]), changed(event, {place: None}), changed(event, {place: ""})]
    if place == "/items":
        variants.append(changed(event, {place: []}))
    for params in variants:
        judgement = judge(event, params, REFERENCE)
        found = [(finding.severity, finding.code, finding.path) for finding in judgement.findings]
        assert (judgement.verdict, found) == ("invalid", [("error", "missing_required", place)])


def test_the_required_places_are_as_many_as_published() -> None:
    """Guards the test above against a reader of the reference that finds nothing to require."""
    assert list(required("purchase")) == [
        "/id",
        "/user",
        "/user/consent_categories",
        "/revenue",
        "/value",
        "/currency",
        "/type",
        "/items",
        "/items/0/id",
        "/items/0/product",
        "/items/0/product/id",
        "/items/0/product/name",
        "/items/0/product/price",
        "/items/0/quantity",
        "/payment_method",
        "/status",
    ]


CURRENCY_EVENTS = [name for name, spec in REFERENCE.events.items() if spec.parameter("currency")]


@pytest.mark.parametrize("amount", ["value", "revenue"])
@pytest.mark.parametrize("event", CURRENCY_EVENTS)
def test_an_amount_calls_for_a_currency_wherever_the_table_has_one(event: str, amount: str) -> None:
    row = REFERENCE.events[event].parameter("currency")
    assert row is not None
    code = "missing_required" if row.is_required else "missing_conditional"
    params = changed(event, {f"/{amount}": 30}, ["/currency"])
    errors = [finding for finding in judge(event, params, REFERENCE).findings if finding.severity == "error"]
    assert [(error.code, error.path) for error in errors] == [(code, "/currency")]


def test_there_is_a_valid_case_for_every_event() -> None:
    valid = {case["event"] for case in CASES if case["file"] == "valid_events"}
    assert valid == set(REFERENCE.events)


def test_there_is_a_case_for_every_code_and_severity() -> None:
    seen = {(code, severity) for case in CASES for severity, code, *_ in case["findings"]}
    told_of_the_call = {("not_triggered", "warning")}  # whatever it carries: tests/judging/test_drafts.py
    of_one_event = CODES.keys() - set(ACROSS)  # the others: tests/store/test_across.py
    assert seen | told_of_the_call == {(code, one) for code in of_one_event for one in CODES[code]}
