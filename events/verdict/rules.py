"""Checks the rules about one parameter: one generator of findings for each rule, in the order of application.

The source of every rule is the findings table in the reading of the reference. ``path`` is the JSON Pointer
of the parameter itself; ``siblings`` is the object that contains the parameter.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from events.reference.types import Parameter
from events.verdict.findings import Finding, Severity, shorten
from events.verdict.formats import CHECKS, WIDENED
from events.verdict.hashes import is_of_nothing
from events.verdict.numbers import is_number
from events.verdict.spec import Row

#: Texts that faulty templates and scripts write in place of a value.
PLACEHOLDERS: Final = frozenset({"undefined", "null", "NaN", "[object Object]"})

#: What separates consent categories that were written into one text.
_SEVERAL = re.compile(r"[,;|]|[0-9]\s+[0-9]")

_EXPECTED: Final = {
    "string": "string",
    "number": "number",
    "array": "array",
    "string[]": "array of strings",
    "User": "object",
    "Product": "object",
    "Item[]": "array of items",
}


def is_absent(value: Any) -> bool:
    """True for null, and for the NaN and infinities that JSON cannot carry."""
    return value is None or (type(value) is float and value - value != 0)


def is_missing(parameter: Parameter, value: Any) -> bool:
    """True for a value that counts as missing.

    These are an absent value, ``""`` for a string or a required parameter, and an empty list of items.
    """
    if is_absent(value):
        return True
    if value == "" and type(value) is str:
        return parameter.is_required or parameter.type == "string"
    return value == [] and type(value) is list and parameter.type == "Item[]"


def missing(row: Row, value: Any, siblings: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Report a missing parameter that is required, required by a sibling or recommended, in one finding."""
    parameter = row.parameter
    shown = None if is_absent(value) else value
    if parameter.is_required:
        renamed = parameter.later_name is not None and _is_set(siblings.get(parameter.later_name))
        why = "renamed" if renamed else ""
        yield Finding("error", "missing_required", path, _kind(parameter), shown, why)
        return
    trigger = next((name for name in parameter.required_with if _is_set(siblings.get(name))), None)
    if trigger is not None:
        yield Finding("error", "missing_conditional", path, _kind(parameter), shown, trigger)
    elif parameter.recommended and not any(_stands_in(siblings, name) for name in parameter.satisfied_by):
        yield Finding(parameter.recommended, "missing_recommended", path, _kind(parameter), shown)


def wrong_type(row: Row, value: Any, path: str) -> Iterator[Finding]:
    """Report a value whose type is not the reference's; ``elements`` checks the elements of a list."""
    parameter = row.parameter
    kind = parameter.type
    if kind == "string":
        if type(value) is not str:
            severity: Severity = "warning" if is_number(value) else "error"
            yield Finding(severity, "wrong_type", path, "string", value)
    elif not _has_type(kind, value):
        yield Finding("error", "wrong_type", path, _EXPECTED[str(kind)], value)


def no_consent(row: Row, values: list[Any], path: str) -> Iterator[Finding]:
    """Report an empty list of consent categories."""
    if row.parameter.type == "array" and not values:
        yield Finding("info", "no_consent", path, "the categories that the visitor accepted", values)


def element(row: Row, value: Any, path: str) -> Iterator[Finding]:
    """Check the type of one element of ``colors`` (strings) or ``consent_categories`` (or numbers)."""
    kind = row.parameter.type
    if is_number(value):
        if kind == "string[]":
            yield Finding("warning", "wrong_type", path, "string", value)
    elif type(value) is not str:
        expected = "string" if kind == "string[]" else "number or string"
        yield Finding("error", "wrong_type", path, expected, value)


def is_one_category(text: str) -> bool:
    """Whether an element of ``consent_categories`` names one category: not none, and not several."""
    return bool(text) and not _SEVERAL.search(text)


def category(row: Row, value: Any, path: str) -> Iterator[Finding]:
    """Report an element of ``consent_categories`` that is empty, or holds several categories."""
    if row.parameter.type == "array" and type(value) is str and not is_one_category(value):
        why = "several" if value else ""
        yield Finding("warning", "bad_format", path, "one category in each element", value, why)


def text(row: Row, value: Any, path: str, *, widened: bool = True) -> Iterator[Finding]:
    """Check a text against its enumeration and its format; the platform turns a number into a text.

    ``widened``: the rules of the values' table about formats apply, too.
    """
    if row.parameter.type != "string":
        return
    written = value if type(value) is str else shorten(value) if is_number(value) else None
    if written is not None:
        yield from _listed(row, written, path)
        yield from _formatted(row, written, path, widened=widened)


def _listed(row: Row, value: str, path: str) -> Iterator[Finding]:
    """Report a value outside its enumeration: an error where the enumeration is closed."""
    enumeration = row.enumeration
    if enumeration is None or value in enumeration.values:
        return
    allowed = ", ".join(enumeration.values)
    if enumeration.closed:
        yield Finding("error", "not_allowed", path, allowed, value)
    else:
        severity: Severity = "warning" if value in enumeration.discouraged else "info"
        yield Finding(severity, "not_suggested", path, allowed, value)


def _formatted(row: Row, value: str, path: str, *, widened: bool) -> Iterator[Finding]:
    """Report a string that violates its format."""
    form = row.parameter.format
    if form is not None:
        fault = CHECKS[form](value)
        if fault is None and widened and form in WIDENED:
            fault = WIDENED[form](value)
        if fault is not None:
            yield Finding(fault.severity, "bad_format", path, fault.expected, value, fault.why)


def _has_type(kind: str | None, value: Any) -> bool:
    if kind == "number":
        return is_number(value)
    if kind in ("User", "Product"):
        return type(value) is dict
    return type(value) is list


def _is_set(value: Any) -> bool:
    return not is_absent(value) and not (type(value) is str and value == "")


def _stands_in(siblings: Mapping[str, Any], name: str) -> bool:
    """Whether the sibling ``name`` has a value that can replace a missing one: the hash of nothing cannot."""
    value = siblings.get(name)
    return _is_set(value) and not is_of_nothing(value, name)


def _kind(parameter: Parameter) -> str:
    return _EXPECTED[str(parameter.type)]
