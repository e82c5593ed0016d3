"""Hides in findings what a share does not show: links to other events, and their values. Pure."""

from collections.abc import Callable
from typing import Final

from events.verdict import StoredFinding
from events.verdict.messages import NOT_SHOWN

#: Codes whose ``got`` tells of the other event as well: the time between both.
_OF_BOTH: Final = frozenset({"fired_twice"})


def without_unseen(findings: list[StoredFinding], sees: Callable[[int], bool]) -> list[StoredFinding]:
    """The findings, without links to and values of other events that ``sees`` says are not shown.

    ``sees`` is given an event's number. That there is another event stays: the verdict rests on it.
    """
    return [_hidden(finding) if _leads_out(finding, sees) else finding for finding in findings]


def _leads_out(finding: StoredFinding, sees: Callable[[int], bool]) -> bool:
    return "other" in finding and not sees(finding.get("other_seq", 0))


def _hidden(finding: StoredFinding) -> StoredFinding:
    shown = finding.copy()
    shown.pop("other", None)
    shown.pop("other_seq", None)
    if shown["expected"] is not None:
        shown["expected"] = NOT_SHOWN
    if shown["code"] in _OF_BOTH:
        shown["got"] = NOT_SHOWN
    return shown
