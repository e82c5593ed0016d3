"""Whatever people paste, its events are found: payloads, calls as code, addresses, commands."""

import json
from typing import Any

import pytest

from events.imports.pasted import read_pasted
from events.reference import load
from tests.paths import CASE_FOLDER

CASES = json.loads((CASE_FOLDER / "pasted.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["description"] for case in CASES])
def test_it_finds_the_events(case: dict[str, Any]) -> None:
    pasted = read_pasted(case["text"], load())
    assert len(pasted.delivery.events) == len(case["events"])
    for event, expected in zip(pasted.delivery.events, case["events"], strict=True):
        wanted = {
            "called": None,
            "sent": None,
            "permanent": {},
            "old_form": False,
            "container": "",
        } | expected
        assert {name: getattr(event, name) for name in wanted} == wanted
        assert event.source == "import"
    assert [list(note.position) for note in pasted.notes] == case.get("notes", [])
    assert pasted.unread == len(pasted.notes)


def test_only_so_many_events_of_a_text_are_read() -> None:
    pasted = read_pasted("cact('trigger','a');" * 6_000, load())
    assert len(pasted.delivery.events) == 5_000
    assert [note.reason for note in pasted.notes] == [
        "it holds 6,000 events, and only the first 5,000 are read"
    ]


def test_what_was_set_before_is_bounded() -> None:
    calls = [
        f"cact('setProperty', 'p{number}', '{'x' * 900}'); cact('trigger', 'a');" for number in range(20)
    ]
    pasted = read_pasted("\n".join(calls), load())
    assert len(pasted.delivery.events) == 20
    assert len(pasted.delivery.events[-1].permanent) == 8
    assert pasted.unread == 12
