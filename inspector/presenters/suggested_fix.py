"""A proposal: the call with what is missing filled in by the reference's examples, and plain slips mended."""

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
    """``params`` mended as far as a machine can, or None where there is nothing that it could mend."""
    if name not in reference.events:
        return None
    fixed = copy.deepcopy(params)
    example = example_params(reference, name)
    mended = [_mend(fixed, example, finding) for finding in findings]
    return fixed if any(mended) else None


def _mend(fixed: Any, example: Any, finding: PublicFinding) -> bool:
    """Mend what one finding is about; False where that takes a person."""
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
    """The example has one item: it serves for all."""
    return ["0" if token.isdecimal() else token for token in tokens]


def _put(holder: dict[str, Any], key: str, value: Any) -> bool:
    if value is ABSENT:
        return False
    holder[key] = copy.deepcopy(value)
    return True


def _retyped(value: Any, expected: str | None) -> Any:
    """A numeric string as a number, a number as a string; ABSENT for anything else."""
    if expected == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if expected == "number" and isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return ABSENT
        return number if number - number == 0 else ABSENT
    return ABSENT


def _move(holder: dict[str, Any], key: str, target: str | None) -> bool:
    """Move ``key`` to the standard name; what stands there already stays."""
    *parents, last = (target or "").split(".")
    place: Any = holder
    for parent in parents:
        place = place.setdefault(parent, {})
        if not isinstance(place, dict):
            return False
    value = holder.pop(key)
    place.setdefault(last, value)
    return True
