"""Checks the properties without a row in the reference: hashed, numbered, misplaced, misspelt, custom."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from events.reference.types import Format, Parameter
from events.verdict.findings import Finding, Severity
from events.verdict.places import OF_USER
from events.verdict.pointer import child
from events.verdict.rules import is_absent, is_missing, text, wrong_type
from events.verdict.spec import ObjectSpec, Row
from events.verdict.value_findings import custom_findings, inner_findings, value_fault

_NUMBER = re.compile(r"[1-9][0-9]*\Z")
_HASH_FORMAT: Final[dict[str, Format]] = {"_md5": "md5", "_sha256": "sha256"}


def extras(spec: ObjectSpec, holder: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Findings about every property of ``holder`` without a row, in the order of the properties."""
    for name, value in holder.items():
        if name in spec.known or is_absent(value):
            continue
        place = child(path, name)
        row = _family_row(spec, name)
        if row is not None:
            if not is_missing(row.parameter, value):
                yield from _family_findings(row, name, value, holder, place)
        else:
            yield _unlisted_property(spec, name, value, holder, place)
            together = spec.amounts is not None and name in spec.amounts.all
            yield from custom_findings(name, value, holder, place, spec.name, amount=not together)


def _family_findings(
    row: Row, name: str, value: Any, holder: Mapping[str, Any], path: str
) -> Iterator[Finding]:
    """Findings about a value of a numbered or hashed property that is not missing."""
    fault = value_fault(value, name, row.place, holder)
    if fault is not None:
        yield fault.at(path, value)
    yield from wrong_type(row, value, path)
    yield from text(row, value, path, widened=fault is None)
    yield from inner_findings(value, name, row.place, path, row.owner)


def _family_row(spec: ObjectSpec, name: str) -> Row | None:
    """The row that applies to a numbered (category_7) or hashed (phone_md5) property; else None."""
    for prefix, row in spec.numbered.items():
        if name.startswith(prefix) and _NUMBER.match(name, len(prefix)):
            return row
    for suffix in spec.hash_suffixes:
        if name.endswith(suffix) and len(name) > len(suffix):
            return _HASHED[suffix]
    return None


def _unlisted_property(
    spec: ObjectSpec, name: str, value: Any, holder: Mapping[str, Any], path: str
) -> Finding:
    """The finding about a property that is misplaced, misspelt or unknown."""
    nested = spec.misplaced.get(name)
    if nested is not None:
        target = f"{nested}.{name}"
        inside = holder.get(nested)
        there = type(inside) is dict and not is_absent(inside.get(name)) and inside.get(name) != ""
        severity: Severity = "info" if there else "warning"
        return Finding(severity, "misplaced_property", path, target, value)
    meant = spec.near.find(name)
    if meant is not None:
        return Finding("warning", "misspelt_property", path, meant, value)
    return Finding("info", "unknown_property", path, None, value, spec.name)


_HASHED: Final = {
    suffix: Row(
        Parameter(f"<property>{suffix}", "string", "no", "A user property, hashed.", format=form),
        place=OF_USER,
        owner="User",
    )
    for suffix, form in _HASH_FORMAT.items()
}
