"""Every row of the reading's table "Values that a person would want to be told about", by cases as data.

A case of ``cases/verdict/told_values.json`` names its ``row``, code and severity; ``test_verdict_cases``
holds its findings. Here each row is shown to have cases, and the API to answer them. The reading is not ours
to ship: where it does not lie beside the checkout, the walk through its table skips.
"""

import json
import re
from collections import Counter
from typing import Any

import pytest

from tests.example_events import changed
from tests.paths import CASE_FOLDER, ROOT

CASES: list[dict[str, Any]] = json.loads((CASE_FOLDER / "verdict" / "told_values.json").read_text())
READING = ROOT.parent / "shared" / "reference" / "READING.md"
HEADING = "## Values that a person would want to be told about"
ENOUGH = 3


def table_rows() -> list[str]:
    """Code and severity of each row of the table, as cases name them."""
    section = READING.read_text(encoding="utf-8").split(HEADING)[1].split("\n## ")[0]
    return [
        f"{code}/{severity}"
        for code, severity in re.findall(r"^\| `(\w+)` \| (\w+) \|", section, re.MULTILINE)
    ]


def is_wrong(case: dict[str, Any]) -> bool:
    """Whether the case has a finding of its row."""
    return any(f"{code}/{severity}" == case["row"] for severity, code, *_ in case["findings"])


@pytest.mark.skipif(not READING.exists(), reason=f"the reading is not at {READING}")
def test_every_row_of_the_reading_has_right_and_wrong_cases() -> None:
    wrong = Counter(case["row"] for case in CASES if is_wrong(case))
    right = Counter(case["row"] for case in CASES if not is_wrong(case))
    rows = table_rows()
    assert len(rows) > 10
    for row in rows:
        assert wrong[row] >= ENOUGH, row
        assert right[row] >= ENOUGH, row
    # The row of personal data names its info beside its warning.
    assert set(wrong) - set(rows) == {"personal_data/info"}
    assert min(wrong["personal_data/info"], right["personal_data/info"]) >= ENOUGH


def test_of_this_table_a_path_has_one_finding() -> None:
    codes = {case["row"].split("/")[0] for case in CASES} - {"bad_format", "inconsistent_amount"}
    for case in CASES:
        paths = [path for _, code, path, *_ in case["findings"] if code in codes]
        assert len(paths) == len(set(paths)), case["description"]


def test_the_api_finds_each_of_them() -> None:
    # Django is set up by the tests' own configuration; no database is read and no server started.
    from django.test import Client

    events = [{"event_name": case["event"], **(case.get("params") or params_of(case))} for case in CASES]
    client = Client(headers={"host": "127.0.0.1"})
    for start in range(0, len(events), 40):
        answer = client.post("/api/validate", events[start : start + 40], content_type="application/json")
        assert answer.status_code == 200
        for case, result in zip(CASES[start:], answer.json()["results"], strict=False):
            found = [[one["severity"], one["code"], one["path"]] for one in result["findings"]]
            assert found == [finding[:3] for finding in case["findings"]], case["description"]


def params_of(case: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a case that changes a complete example."""
    return {} if "params" in case else changed(case["event"], case.get("set"), case.get("remove", ()))
