"""Findings are stored without sentences; what was stored with them is read as the same facts."""

import json
from typing import Any

import pytest

from events import reference
from events.judging.draft import Limits, judged_again
from events.judging.effective import Payloads
from events.verdict import (
    CODES,
    StoredFinding,
    public_finding,
    public_findings,
    read_findings,
    write_findings,
)
from events.verdict.messages import NOT_SHOWN, SENTENCES, WHYS, sentence_of
from events.verdict.stored_findings import current
from tests.example_events import REFERENCE
from tests.paths import CASE_FOLDER

FIRST = CASE_FOLDER / "version-1" / "recording.ndjson"
EVENTS: list[dict[str, Any]] = [
    line["event"] for line in map(json.loads, FIRST.read_text().splitlines()) if "event" in line
]
#: Events that were no objects: only their sentences tell what they were instead.
KEPT = (66, 67)
#: Events whose sentence has other words today: it names the type of what came, where it repeated the value.
REWORDED = (20,)
#: Codes that version 1 did not know.
ADDED = set(CODES) - {*list(CODES)[: list(CODES).index("not_triggered") + 1]}
#: The words of version 1 that choose a sentence.
WHYS_THEN = {
    *("Item", "Product", "User", "event", "items", "no_object", "revenue", "sum", "value"),
    *("too_deep", "too_large"),
}
LIMITS = Limits(event_bytes=32_000, depth=64, findings=500)


def stored(**facts: Any) -> StoredFinding:
    blank: StoredFinding = {
        "severity": "info",
        "code": "custom_event",
        "path": "/event_name",
        "expected": None,
        "got": '"mine"',
    }
    return {**blank, **facts}  # type: ignore[typeddict-item]  # a test names some of the facts


def test_every_code_has_its_sentences_and_no_other_has_one() -> None:
    assert set(SENTENCES) == set(CODES)
    assert all(SENTENCES.values())


@pytest.mark.parametrize("edition", reference.editions())
def test_every_word_that_the_reference_can_give_has_a_sentence(edition: str) -> None:
    loaded = reference.load(edition)
    rows = [row for spec in (*loaded.events.values(), *loaded.schemas.values()) for row in spec.parameters]
    assert {name for row in rows for name in row.required_with} <= set(SENTENCES["missing_conditional"])
    assert {"event", *loaded.schemas} <= set(SENTENCES["unknown_property"])


def test_the_recording_of_version_1_has_a_finding_of_every_code() -> None:
    assert {finding["code"] for event in EVENTS for finding in event["findings"]} == set(CODES) - ADDED
    facts = [current(finding) for event in EVENTS for finding in event["findings"]]
    assert {finding["why"] for finding in facts if "why" in finding} == WHYS_THEN
    assert set(WHYS) >= WHYS_THEN


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{event['seq']} {event['event_name']}")
def test_a_finding_with_a_sentence_is_read_as_the_facts_that_are_found_today(event: dict[str, Any]) -> None:
    facts = read_findings(json.dumps(event["findings"]))
    assert [finding["path"] for finding in facts if "message" in finding] == [""] * (event["seq"] in KEPT)
    given = Payloads(event["called"], event["sent"], event["observed"] or {}, event["set_before"] or {})
    _, found = judged_again(event["event_name"], given, [], REFERENCE, LIMITS)
    told = [finding for finding in facts if not _of_the_whole_event(finding)]
    known = [_without_later_words(finding) for finding in found]
    assert [finding for finding in known if finding in told] == told


def _without_later_words(finding: StoredFinding) -> StoredFinding:
    """The finding as version 1 told it, where more is told today."""
    if finding.get("why") != "renamed":
        return finding
    facts = finding.copy()
    del facts["why"]
    return facts


def _of_the_whole_event(finding: StoredFinding) -> bool:
    """Whether the finding is about more than parameters: how the event arrived."""
    told_once = ("unreadable", "not_triggered", "missing_event_name")
    return finding["code"] in told_once and finding.get("why") != "no_object"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{event['seq']} {event['event_name']}")
def test_the_sentences_of_version_1_are_made_again(event: dict[str, Any]) -> None:
    """Until a sentence is worded anew: then its events go to ``REWORDED``."""
    facts = read_findings(json.dumps(event["findings"]))
    said = public_findings(facts, event["event_name"], REFERENCE)
    same = [one["message"] for one in said] == [one["message"] for one in event["findings"]]
    assert same is (event["seq"] not in REWORDED)


@pytest.mark.parametrize(
    "finding",
    [
        stored(code="of_tomorrow", message="Words of tomorrow."),
        stored(code="custom_event", got=None, message="As it was then."),
        stored(code="unknown_property", path="/a", message="Nothing says of which object."),
        stored(code="unreadable", path="", message="This could not be read as an event: who knows."),
        stored(code="mixed_currencies", why="of_tomorrow", message="Words of tomorrow."),
    ],
    ids=lambda finding: finding["code"],
)
def test_a_sentence_that_cannot_be_made_is_kept(finding: StoredFinding) -> None:
    assert current(finding) == finding
    assert read_findings(write_findings([finding])) == [finding]
    assert public_finding(finding, "login", REFERENCE)["message"] == finding["message"]


def test_a_finding_without_any_sentence_names_its_code() -> None:
    said = public_finding(stored(code="of_tomorrow"), "login", REFERENCE)
    assert said["message"] == "Of tomorrow."


def test_what_is_not_known_yet_of_a_finding_goes_along() -> None:
    finding = stored(other="event-1")
    (read,) = read_findings(write_findings([finding]))
    assert public_finding(read, "mine", REFERENCE)["other"] == "event-1"


def test_a_row_is_quoted_wherever_it_stands() -> None:
    finding = stored(code="missing_required", path="/items/12/product/price", expected="number", got=None)
    assert public_finding(finding, "purchase", REFERENCE)["message"] == (
        "items[12].product.price is required: add a number, for example 14.99."
    )


def test_an_example_that_is_to_be_hidden_is_not_quoted() -> None:
    finding = stored(code="missing_recommended", path="/user/email", expected="string", got=None)
    shown = public_finding(finding, "login", REFERENCE)["message"]
    assert '"john.doe@example.com"' in shown
    hidden = public_finding(finding, "login", REFERENCE, {'"john.doe@example.com"'})["message"]
    assert hidden == shown.replace(', for example "john.doe@example.com"', "")


@pytest.mark.parametrize(
    ("got", "said"),
    [
        (None, "null"),
        ("true", "the boolean true"),
        ("12", "the number 12"),
        ('"a"', "the string"),
        ("'\\ud83d'", "the string"),
        ("(dict)", "an object"),
        ("(list)", "an array"),
        ('{"a": 1}', "an object"),
        ("{(not shown)}", "an object"),
        ("[(not shown)]", "an array"),
        (NOT_SHOWN, NOT_SHOWN),
    ],
)
def test_the_type_is_told_from_the_value_as_text(got: str | None, said: str) -> None:
    finding = stored(severity="error", code="wrong_type", path="/value", expected="number", got=got)
    assert f"must be a number, but is {said}" in public_finding(finding, "purchase", REFERENCE)["message"]


def test_every_sentence_needs_no_more_than_it_says() -> None:
    for code, sentences in SENTENCES.items():
        for why, entry in sentences.items():
            facts: dict[str, Any] = {"expected": None, "got": None} | dict.fromkeys(entry.needs, "7")
            finding = stored(code=code, path="/a", **facts, **({"why": why} if why else {}))
            assert sentence_of(finding) is entry
            assert "None" not in public_finding(finding, "login", REFERENCE)["message"], (code, why)
