"""Test events: a complete example of the reference with some parameters set or removed."""

from collections.abc import Iterable, Mapping
from typing import Any

from events.reference import Reference, load
from events.reference.examples import example_params
from events.verdict import PublicFinding, judge, public_findings

REFERENCE = load()


def changed(
    event: str,
    put: Mapping[str, Any] | None = None,
    without: Iterable[str] = (),
    reference: Reference = REFERENCE,
) -> dict[str, Any]:
    """The event's complete example, changed; ``put`` and ``without`` name parameters by JSON Pointer."""
    params = example_params(reference, event)
    for pointer in without:
        holder, last = _place(params, pointer)
        del holder[last]
    for pointer, value in (put or {}).items():
        holder, last = _place(params, pointer)
        if isinstance(holder, list) and last == len(holder):
            holder.append(value)
        else:
            holder[last] = value
    return params


def steps(pointer: str) -> list[str]:
    """The reference tokens of a JSON Pointer."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _place(params: Any, pointer: str) -> tuple[Any, Any]:
    """The parent object or array of the pointer's target, and the target's key or index in it."""
    *parents, last = steps(pointer)
    for parent in parents:
        params = params[int(parent) if isinstance(params, list) else parent]
    return params, int(last) if isinstance(params, list) else last


def findings_of(name: Any, params: Any, reference: Reference = REFERENCE) -> list[PublicFinding]:
    """The findings of an event, as API and exports return them."""
    found = [finding.stored() for finding in judge(name, params, reference).findings]
    return public_findings(found, name if isinstance(name, str) else "", reference)
