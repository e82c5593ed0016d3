"""Reads and writes the ``findings`` column of an event, and converts findings of older versions. Pure.

Until 0.2.0 a finding was stored with its sentence, and without ``why``: only the sentence showed its value.
The reader derives ``why`` and other facts from such a sentence and drops it, so that the finding is shown
with the current sentence. It keeps the stored sentence where ``messages`` cannot make one from the facts.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

import orjson

from events.verdict.findings import StoredFinding
from events.verdict.messages import sentence_of

#: A part of the text of ``findings`` columns that hold at least one finding with a sentence.
STORED_SENTENCE: Final = '"message":'


def read_findings(text: str) -> list[StoredFinding]:
    """The findings in ``text``, the ``findings`` column of an event, in the current form."""
    findings: list[StoredFinding] = orjson.loads(text)
    return [current(finding) for finding in findings] if STORED_SENTENCE in text else findings


def write_findings(findings: Iterable[StoredFinding]) -> str:
    """The text of the ``findings`` column for ``findings``."""
    return orjson.dumps(list(findings)).decode()


def current(finding: StoredFinding) -> StoredFinding:
    """The finding in the current form: without its sentence where ``messages`` makes one from its facts."""
    if "message" not in finding:
        return finding
    complete = _with_facts_of_sentence(finding) if "why" not in finding else finding
    if sentence_of(complete) is None:
        return finding
    facts = complete.copy()
    del facts["message"]
    return facts


def _with_facts_of_sentence(finding: StoredFinding) -> StoredFinding:
    """The finding with the facts that an older version stored only in the sentence."""
    read = _READERS.get(finding["code"])
    return read(finding) if read else finding


def _phrases(**whys: str) -> Callable[[StoredFinding], StoredFinding]:
    """A reader that derives ``why`` from a phrase which only the sentence of that ``why`` contains."""

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
    sentence = finding.get("message", "")
    if found := _SIZE.search(sentence):
        got, expected = (digits.replace(",", "") for digits in found.groups())
        return {**finding, "expected": expected, "got": got, "why": "too_large"}
    if found := _DEPTH.search(sentence):
        return {**finding, "expected": found[1], "why": "too_deep"}
    if finding["expected"] is not None:
        return {**finding, "why": "no_object"}
    return finding  # only its sentence names the value that came instead of an object


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
