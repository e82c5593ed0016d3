"""The suggested fix of a call: the reference's examples for what is missing, plain slips corrected."""

import copy
from collections.abc import Sequence
from typing import Any

from events.reference import Reference
from events.reference.examples import example_params
from events.verdict import PublicFinding
from events.verdict.pointer import ABSENT, pick, tokens_of


def fixed_params(
    name: str, params: dict[str, Any], findings: Sequence[PublicFinding], reference: Reference
) -> Any:
    """The parameters with each finding fixed that has a mechanical fix; None where none has one."""
    if name not in reference.events:
        return None
    fixed = copy.deepcopy(params)
    example = example_params(reference, name)
    mended = [_mend(fixed, example, finding) for finding in findings]
    return fixed if any(mended) else None


def _mend(fixed: Any, example: Any, finding: PublicFinding) -> bool:
    """Fix one finding in place; False where it has no mechanical fix."""
    *parents, last = tokens_of(finding["path"]) or [""]
    holder = pick(fixed, parents)
    if not isinstance(holder, dict):
        return False
    match finding["code"]:
        case "missing_required" | "missing_conditional":
            return _put(holder, last, pick(example, [*_first_items(parents), last]))
        case "wrong_type":
            return _put(holder, last, _retyped(holder.get(last), finding["expected"]))
        case "misspelt_property" | "misplaced_property":
            return _move(holder, last, finding["expected"])
    return False


def _first_items(tokens: list[str]) -> list[str]:
    """The pointer with each array index replaced by 0: an example has one item, which serves for all."""
    return ["0" if token.isdecimal() else token for token in tokens]


def _put(holder: dict[str, Any], key: str, value: Any) -> bool:
    if value is ABSENT:
        return False
    holder[key] = copy.deepcopy(value)
    return True


def _retyped(value: Any, expected: str | None) -> Any:
    """The value as what is expected, where it can be read as that: ``"1"`` as 1, ``"true"``; else ABSENT."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if expected == "string" and is_number:
        return str(value)
    if expected == "boolean" and isinstance(value, str):
        return {"true": True, "false": False}.get(value, ABSENT)
    if expected not in ("number", "whole number") or not (is_number or isinstance(value, str)):
        return ABSENT
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return ABSENT
    if number - number != 0:
        return ABSENT
    return round(number) if expected == "whole number" else number


def _move(holder: dict[str, Any], key: str, target: str | None) -> bool:
    """Move the value of ``key`` to the standard name, unless that has a value already."""
    *parents, last = (target or "").split(".")
    place: Any = holder
    for parent in parents:
        place = place.setdefault(parent, {})
        if not isinstance(place, dict):
            return False
    value = holder.pop(key)
    place.setdefault(last, value)
    return True
