"""Code as people have it, from all kinds of files: which calls are found, what is unknown, what is said.

Each file of ``tests/cases/code`` holds cases: a ``text``, its ``events`` in order, and what is ``said`` about
the rest, as ``line:column reason``. An event has a ``name`` (none where it is unknown), its parameters as
JSON, ``called`` or ``sent``, those set before as ``permanent``, the paths of ``unknown`` values, and findings
that the text ``proves``, as ``code path``.
"""

import json
import tomllib
from typing import Any

import pytest

from events.imports.pasted import read_pasted
from events.judging.draft import Limits, draft
from events.reference import load
from events.verdict.unknown import covers
from tests.paths import CASE_FOLDER

LIMITS = Limits(event_bytes=32_000, depth=64, findings=500)
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['description']}")
    for file in sorted((CASE_FOLDER / "code").glob("*.toml"))
    for case in tomllib.loads(file.read_text())["case"]
]
#: Findings that hold for a text whatever a part of it is.
OF_ANY_TEXT = {"wrong_type", "unknown_property", "misspelt_property", "misplaced_property"}


@pytest.mark.parametrize("case", CASES)
def test_it_finds_the_calls(case: dict[str, Any]) -> None:
    pasted = read_pasted(case["text"], load())
    found = [(event.name, event.called, event.sent, event.unknown) for event in pasted.delivery.events]
    expected = [
        (each.get("name"), parsed(each, "called"), parsed(each, "sent"), each.get("unknown", []))
        for each in case.get("events", [])
    ]
    assert found == expected
    for event, each in zip(pasted.delivery.events, case.get("events", []), strict=True):
        assert event.permanent == (parsed(each, "permanent") or {})
    said = [f"{note.position.line}:{note.position.column} {note.reason}" for note in pasted.notes]
    assert said == case.get("said", [])
    assert pasted.unread == len(said)


@pytest.mark.parametrize("case", CASES)
def test_it_says_of_the_events_what_the_text_proves(case: dict[str, Any]) -> None:
    pasted = read_pasted(case["text"], load())
    for event, each in zip(pasted.delivery.events, case.get("events", []), strict=True):
        findings = draft(event, load(), LIMITS).findings
        told = [f"{finding['code']} {finding['path']}" for finding in findings]
        assert set(each.get("proves", [])) <= set(told)
        for finding in findings:
            assert finding["code"] in OF_ANY_TEXT or not covers(frozenset(event.unknown), finding["path"])


def parsed(each: dict[str, Any], key: str) -> Any:
    return json.loads(each[key]) if key in each else None
