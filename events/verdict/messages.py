"""The sentences: one table keyed by code, each entry making one plain sentence from a finding."""

from collections.abc import Callable
from typing import Any, Final

from events.verdict.findings import Finding, shorten
from events.verdict.pointer import dotted


def sentence(finding: Finding) -> str:
    """What the person who writes the tag should know and do."""
    return SENTENCES[finding.code](finding)


def as_dict(finding: Finding) -> dict[str, Any]:
    """The public form of a finding: severity, code, path, message, expected, got."""
    return {
        "severity": finding.severity,
        "code": finding.code,
        "path": finding.path,
        "message": sentence(finding),
        "expected": finding.expected,
        "got": finding.got,
    }


def _name(finding: Finding) -> str:
    return dotted(finding.path) or "the event"


def _an(kind: str | None) -> str:
    kind = kind or "value"
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _example(finding: Finding) -> str:
    example = finding.row.example if finding.row else None
    return "" if example is None or isinstance(example, dict | list) else f", for example {shorten(example)}"


def _missing_required(finding: Finding) -> str:
    state = "is required" if finding.value is None else "is required but empty"
    default = finding.row.client_default if finding.row else None
    aside = f" (the client sends {shorten(default)} on its own: do not rely on that)" if default else ""
    return f"{_name(finding)} {state}: add {_an(finding.expected)}{_example(finding)}{aside}."


def _missing_conditional(finding: Finding) -> str:
    return (
        f"{_name(finding)} is required because {finding.because} is set: "
        f"add the three-letter code{_example(finding)}."
    )


def _missing_recommended(finding: Finding) -> str:
    others = finding.row.satisfied_by if finding.row else ()
    instead = f" (or {' or '.join(others)})" if others else ""
    note = f" {finding.row.note}" if finding.row and finding.row.note else ""
    return f"{_name(finding)} is recommended: add it{instead} when you have it{_example(finding)}.{note}"


def _wrong_type(finding: Finding) -> str:
    kind = _an(finding.expected)
    if finding.severity == "warning":
        return f"{_name(finding)} should be {kind}: {finding.got} works, but put it in quotes."
    if finding.expected == "number" and type(finding.value) is str:
        return f"{_name(finding)} must be {kind}, but is the string {finding.got}: remove the quotes."
    return f"{_name(finding)} must be {kind}, but is {_described(finding)}."


def _described(finding: Finding) -> str:
    kinds = {bool: "the boolean", dict: "an object", list: "an array", str: "the string"}
    kind = kinds.get(type(finding.value), "the number")
    if finding.value is None:
        return "null"
    return kind if isinstance(finding.value, dict | list) else f"{kind} {finding.got}"


def _not_allowed(finding: Finding) -> str:
    return f"{_name(finding)} cannot be {finding.got}: use one of {finding.expected}."


def _not_suggested(finding: Finding) -> str:
    if finding.severity == "warning":
        return (
            f"{_name(finding)} is {finding.got}, which clients send when nothing was set: "
            f"say which kind of page it is, one of {finding.expected}."
        )
    return f"{_name(finding)} {finding.got} is not among the suggested values: {finding.expected}."


def _bad_format(finding: Finding) -> str:
    verb = "must" if finding.severity == "error" else "should"
    return f"{_name(finding)} {verb} be {finding.expected}, but is {finding.got}."


def _mixed_currencies(finding: Finding) -> str:
    if finding.because == "event":
        return f"{_name(finding)} is {finding.got}, while the event's currency is {finding.expected}."
    return (
        f"{_name(finding)} is {finding.got}, while another item is priced in {finding.expected}: "
        "use one currency in an event."
    )


def _inconsistent_amount(finding: Finding) -> str:
    if finding.because == "revenue":
        return (
            f"value {finding.got} is smaller than revenue: it includes shipping and taxes, revenue does not."
        )
    return (
        f"value is {finding.got}, but revenue, shipping_amount and tax_amount "
        f"add up to {finding.expected}: check the amounts."
    )


def _misplaced(finding: Finding) -> str:
    if finding.severity == "info":
        return f"{_name(finding)} is not read: {finding.expected} is, and it is there."
    return f"{_name(finding)} is in the wrong place: move it to {finding.expected}."


def _unknown(finding: Finding) -> str:
    holder = "the event" if finding.because == "event" else f"the {finding.because} schema"
    return f"{_name(finding)} is not in the reference for {holder}: custom properties are allowed."


def _missing_event_name(finding: Finding) -> str:
    got = f" (got {finding.got})" if finding.got else ""
    return f"The event has no name{got}: give a string such as page_view; nothing is sent without it."


def _unreadable(finding: Finding) -> str:
    because = finding.because or f"expected {finding.expected}, got {finding.got or 'null'}"
    return f"This could not be read as an event: {because}."


SENTENCES: Final[dict[str, Callable[[Finding], str]]] = {
    "missing_event_name": _missing_event_name,
    "missing_required": _missing_required,
    "missing_conditional": _missing_conditional,
    "missing_recommended": _missing_recommended,
    "wrong_type": _wrong_type,
    "not_allowed": _not_allowed,
    "not_suggested": _not_suggested,
    "bad_format": _bad_format,
    "too_many_items": lambda f: f"{_name(f)} should hold {f.expected}, but holds {f.because}.",
    "mixed_currencies": _mixed_currencies,
    "inconsistent_amount": _inconsistent_amount,
    "misplaced_property": _misplaced,
    "misspelt_property": lambda f: f"{_name(f)} is not in the reference: did you mean {f.expected}?",
    "unknown_property": _unknown,
    "misspelt_event": lambda f: f"{f.got} is not a standard event: did you mean {f.expected}?",
    "custom_event": lambda f: f"{f.got} is a custom event: only its name is required.",
    "placeholder_value": lambda f: f"{_name(f)} holds the text {f.got}: the tag read what was not there.",
    "no_consent": lambda f: f"{_name(f)} is empty: the visitor accepted nothing, or no consent manager ran.",
    "unreadable": _unreadable,
    "not_triggered": lambda f: (
        f"cact({f.got}, …) sends nothing: name the command first, as in cact('trigger', {f.got}, …)."
    ),
}
