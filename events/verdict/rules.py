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

#: The types whose values may be texts: an empty one counts as missing.
_TEXTUAL: Final = frozenset({"string", "string or string[]"})

_EXPECTED: Final = {
    "string": "string",
    "number": "number",
    "integer": "whole number",
    "boolean": "boolean",
    "object": "object",
    "string or string[]": "string or array of strings",
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

    These are an absent value, ``""`` for a string or a required parameter, an empty list of items or of texts
    that may stand alone, and an empty object where the row says so.
    """
    if is_absent(value):
        return True
    if value == "" and type(value) is str:
        return parameter.is_required or parameter.type in _TEXTUAL
    if value == [] and type(value) is list:
        return parameter.takes_array or parameter.type in ("Item[]", "string or string[]")
    return parameter.may_be_empty and value == {} and type(value) is dict


def missing(row: Row, value: Any, siblings: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Report a missing parameter that is required, required by a sibling or recommended, in one finding."""
    parameter = row.parameter
    shown = None if is_absent(value) else value
    if parameter.is_required:
        if not _is_lifted(parameter, siblings):
            why = _other_edition(parameter, siblings)
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
            texts = parameter.takes_array and _is_texts(value)
            severity: Severity = "warning" if texts or is_number(value) else "error"
            yield Finding(severity, "wrong_type", path, "string", value, "array" if texts else "")
    elif kind == "string or string[]" and is_number(value):
        yield Finding("warning", "wrong_type", path, "string", value)
    elif kind == "integer" and type(value) is float and is_number(value) and not value.is_integer():
        yield Finding("warning", "wrong_type", path, _EXPECTED[kind], value, "fraction")
    elif not _has_type(kind, value):
        yield Finding("error", "wrong_type", path, _EXPECTED[str(kind)], value)


def out_of_range(row: Row, value: Any, path: str) -> Iterator[Finding]:
    """Report a number outside its printed range."""
    limits = row.parameter.range
    if limits is not None and is_number(value) and not limits.least <= value <= limits.most:
        yield Finding("warning", "out_of_range", path, f"{limits.least:g} to {limits.most:g}", value)


def deprecated(row: Row, value: Any, path: str) -> Iterator[Finding]:
    """Report a parameter that another one replaced."""
    if row.parameter.deprecated is not None:
        yield Finding("info", "deprecated_property", path, row.parameter.deprecated, value)


def other_name(row: Row, value: Any, path: str) -> Iterator[Finding]:
    """Report a parameter that should repeat the event's name and holds another, which is never sent."""
    if row.event_name is not None and type(value) is str and value != row.event_name:
        yield Finding("warning", "bad_format", path, row.event_name, value, "event_name")


def no_consent(row: Row, values: list[Any], path: str) -> Iterator[Finding]:
    """Report an empty list of consent categories."""
    if row.parameter.type == "array" and not values:
        yield Finding("info", "no_consent", path, "the categories that the visitor accepted", values)


def element(row: Row, value: Any, path: str) -> Iterator[Finding]:
    """Check the type of one element of a list of strings, or of ``consent_categories`` (or numbers)."""
    kind = row.parameter.type
    if is_number(value):
        if kind != "array":
            yield Finding("warning", "wrong_type", path, "string", value)
    elif type(value) is not str:
        expected = "number or string" if kind == "array" else "string"
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
    if kind == "integer":
        return is_number(value)
    if kind == "boolean":
        return type(value) is bool
    if kind in ("User", "Product", "object"):
        return type(value) is dict
    return type(value) is list or (kind == "string or string[]" and type(value) is str)


def _is_texts(value: Any) -> bool:
    """Whether ``value`` is a list of texts or numbers."""
    return type(value) is list and all(type(each) is str or is_number(each) for each in value)


def _is_lifted(parameter: Parameter, siblings: Mapping[str, Any]) -> bool:
    """Whether a sibling lifts the requirement: it has exactly the value that the row names."""
    lifts = parameter.unless
    if lifts is None:
        return False
    given = siblings.get(lifts.name)
    return type(given) is type(lifts.value) and bool(given == lifts.value)


def _other_edition(parameter: Parameter, siblings: Mapping[str, Any]) -> str:
    """The ``why`` of a missing parameter whose name in a later or an earlier edition is there; else ""."""
    if parameter.later_name is not None and _is_set(siblings.get(parameter.later_name)):
        return "renamed"
    former = parameter.formerly
    return "former" if former is not None and _is_set(siblings.get(former.name)) else ""


def _is_set(value: Any) -> bool:
    return not is_absent(value) and not (type(value) is str and value == "")


def _stands_in(siblings: Mapping[str, Any], name: str) -> bool:
    """Whether the sibling ``name`` has a value that can replace a missing one: the hash of nothing cannot."""
    value = siblings.get(name)
    return _is_set(value) and not is_of_nothing(value, name)


def _kind(parameter: Parameter) -> str:
    return _EXPECTED[str(parameter.type)]
