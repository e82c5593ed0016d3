"""Divides findings into four groups, and packs the gravest severity of each group into one number. Pure.

A person can switch each group off for a recording. A code belongs to the group that a person who switches it
off means to be rid of:

- ``required``: something that must or should be there is not, or nothing is sent at all.
- ``format``: what is there has another name, place, type or notation than the reference gives.
- ``values``: the value can be read, and is hardly what the page meant.
- ``across``: the event does not fit the recording's other events.
"""

from collections.abc import Iterable
from typing import Final, Literal, get_args

from events.verdict.across import ACROSS
from events.verdict.findings import Severity, StoredFinding

Group = Literal["required", "format", "values", "across"]

#: The groups in the order of their bits.
GROUPS: Final[tuple[Group, ...]] = get_args(Group)

#: The group of every finding code: a check at start-up holds this table equal to ``findings.CODES``.
GROUP_OF: Final[dict[str, Group]] = {
    "missing_event_name": "required",
    "missing_required": "required",
    "missing_conditional": "required",
    "missing_recommended": "required",
    "unreadable": "required",  # no event is there
    "not_triggered": "required",  # the command is not there, so nothing is sent
    "wrong_type": "format",
    "not_allowed": "format",
    "not_suggested": "format",
    "bad_format": "format",
    "deprecated_property": "format",  # another name
    "misplaced_property": "format",
    "misspelt_property": "format",
    "unknown_property": "format",
    "misspelt_event": "format",
    "custom_event": "format",  # about the name, as unknown_property is
    "too_many_items": "values",
    "mixed_currencies": "values",
    "inconsistent_amount": "values",
    "placeholder_value": "values",
    "filler_value": "values",
    "hash_of_nothing": "values",
    "hash_mismatch": "values",
    "personal_data": "values",
    "bad_encoding": "values",
    "odd_amount": "values",
    "duplicate_item": "values",
    "out_of_range": "values",
    "no_consent": "values",  # the list is there, and its being empty is what the visitor chose
    **dict.fromkeys(ACROSS, "across"),
}

#: The value of ``Event.gravest`` where it has not been computed.
NOT_COMPUTED: Final = -1

#: Two bits of a number hold a severity; 0 stands for no finding.
BITS: Final[dict[Severity, int]] = {"info": 1, "warning": 2, "error": 3}

_SHIFTS: Final = {group: 2 * place for place, group in enumerate(GROUPS)}
_SHIFT_OF: Final = {code: _SHIFTS[group] for code, group in GROUP_OF.items()}
#: The bits of each code's group with every severity.
_BITS_OF: Final = {
    code: {severity: bits << shift for severity, bits in BITS.items()} for code, shift in _SHIFT_OF.items()
}


def group_of(code: str) -> Group:
    """The group of ``code``; ``required`` for one of a newer version, as nobody hides these lightly."""
    return GROUP_OF.get(code, "required")


def gravest_of(findings: Iterable[StoredFinding]) -> int:
    """The gravest severity of each group of ``findings``, as ``Event.gravest`` has it.

    Two bits a group, from the lowest, in the order of ``GROUPS``: 0 none, 1 info, 2 warning, 3 error.
    """
    gravest = 0
    for finding in findings:
        code = finding["code"]
        bits = _BITS_OF.get(code, _BITS_OF["missing_required"])[finding["severity"]]
        group = 3 << _SHIFT_OF.get(code, 0)
        if bits > gravest & group:
            gravest = gravest & ~group | bits
    return gravest


def numbers_of(findings: Iterable[StoredFinding]) -> tuple[int, ...]:
    """How many of ``findings`` belong to each group, in the order of ``GROUPS``."""
    numbers = [0] * len(GROUPS)
    for finding in findings:
        numbers[_SHIFT_OF.get(finding["code"], 0) // 2] += 1
    return tuple(numbers)
