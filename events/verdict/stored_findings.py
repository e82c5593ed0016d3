"""The findings of an event's row, read from their JSON text in today's form, whatever form is stored.

Until 0.2.0 a finding was stored with its sentence, and what chose the sentence stood in it alone. Such a
finding is read as the facts that its sentence tells, so that it is shown with today's words; it keeps the
stored sentence where none can be made from the facts. Pure.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

import orjson

from events.verdict.findings import StoredFinding
from events.verdict.messages import sentence_of

#: By this a finding that is stored with a sentence is found in an event's ``findings``.
STORED_SENTENCE: Final = '"message":'


def read_findings(text: str) -> list[StoredFinding]:
    """The findings in the ``findings`` column of an event."""
    findings: list[StoredFinding] = orjson.loads(text)
    return [current(finding) for finding in findings] if STORED_SENTENCE in text else findings


def write_findings(findings: Iterable[StoredFinding]) -> str:
    """The text of the ``findings`` column."""
    return orjson.dumps(list(findings)).decode()


def current(finding: StoredFinding) -> StoredFinding:
    """The finding in today's form: without its sentence where ``messages`` makes one from its facts."""
    if "message" not in finding:
        return finding
    told = _facts_told(finding) if "why" not in finding else finding
    if sentence_of(told) is None:
        return finding
    facts = told.copy()
    del facts["message"]
    return facts


def _facts_told(finding: StoredFinding) -> StoredFinding:
    """A finding with the facts that only the sentence of an older version holds."""
    read = _READERS.get(finding["code"])
    return read(finding) if read else finding


def _phrases(**whys: str) -> Callable[[StoredFinding], StoredFinding]:
    """Reads which word chose the sentence from a phrase that only that sentence has."""

    def read(finding: StoredFinding) -> StoredFinding:
        why = next((why for why, phrase in whys.items() if phrase in finding.get("message", "")), "")
        return {**finding, "why": why} if why else finding

    return read


_ITEMS: Final = re.compile(r"but holds ([0-9]+)\.\Z")
_SIZE: Final = re.compile(r"it is ([0-9,]+) bytes large, and Commanders Act takes ([0-9,]+) at most\.\Z")
_DEPTH: Final = re.compile(r"it nests more than ([0-9]+) levels deep")


def _count(finding: StoredFinding) -> StoredFinding:
    found = _ITEMS.search(finding.get("message", ""))
    return {**finding, "got": found[1]} if found else finding


def _unreadable(finding: StoredFinding) -> StoredFinding:
    told = finding.get("message", "")
    if found := _SIZE.search(told):
        got, expected = (digits.replace(",", "") for digits in found.groups())
        return {**finding, "expected": expected, "got": got, "why": "too_large"}
    if found := _DEPTH.search(told):
        return {**finding, "expected": found[1], "why": "too_deep"}
    if finding["expected"] is not None:
        return {**finding, "why": "no_object"}
    return finding  # its sentence alone tells what came instead of an object


_READERS: Final[dict[str, Callable[[StoredFinding], StoredFinding]]] = {
    "missing_conditional": _phrases(value="because value is set", revenue="because revenue is set"),
    "mixed_currencies": _phrases(event="while the event's currency", items="while another item"),
    "inconsistent_amount": _phrases(revenue="smaller than revenue", sum="add up to"),
    "unknown_property": _phrases(
        event="in the reference for the event:",
        User="in the reference for the User schema:",
        Item="in the reference for the Item schema:",
        Product="in the reference for the Product schema:",
    ),
    "too_many_items": _count,
    "unreadable": _unreadable,
}
