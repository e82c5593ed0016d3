"""Checks the values of a query's terms, for which the grammar has no rules. Pure."""

import re
from typing import Final

from events.query.fields import CODE_NAMES, FIELDS, STATES
from events.query.mistakes import QueryError, nearest, unknown_word
from events.query.moments import as_number, iso_of, moment_of
from events.query.tree import ANY_STEP, Compare, Field, Step, Value

_PATH: Final = re.compile(r"[^.\[\]/]+(?:\[(?:[0-9]{1,9}|\*)\])?(?:\.[^.\[\]]+(?:\[(?:[0-9]{1,9}|\*)\])?)*")
_PATH_STEP: Final = re.compile(r"([^.\[\]]+)(?:\[([0-9]+|\*)\])?")
_MOMENTS: Final = "14:02, 14:02:11 or 2026-11-30T14:02"


def check(term: Field | Compare) -> None:
    """Raise QueryError where a value of the term cannot be."""
    if isinstance(term, Compare):
        if term.operator in ("<", "<=", ">", ">=") or term.measure == "length":
            for value in term.values:
                if as_number(value.text) is None and (term.measure or iso_of(value.text) is None):
                    raise _not_comparable(term, value)
        return
    kind = FIELDS[term.name].kind
    for value in term.values:
        _CHECKS.get(kind, _anything)(term.name, value)


def _not_comparable(term: Compare, value: Value) -> QueryError:
    if term.measure:
        return QueryError(f"$length is a number, and {value.text} is none.", *value.span)
    return QueryError(f"{term.operator} compares numbers or dates, and {value.text} is neither.", *value.span)


def _anything(_name: str, _value: Value) -> None:
    return


def _word(name: str, value: Value) -> None:
    words = tuple(STATES) if name == "is" else FIELDS[name].words
    if value.text not in words:
        raise unknown_word(name, words, value.text, value.span)


def _code(_name: str, value: Value) -> None:
    if value.quoted or "*" in value.text or value.text in CODE_NAMES:
        return
    near = nearest(value.text, CODE_NAMES)
    hint = f"Did you mean {near}?" if near else "The help topic Findings lists the codes."
    raise QueryError(f"There is no code {value.text}. {hint}", *value.span)


def _moment(_name: str, value: Value) -> None:
    if not value.quoted and moment_of(value.text) is None:
        raise QueryError(f"{value.text} is no time: write {_MOMENTS}.", *value.span)


def _count(name: str, value: Value) -> None:
    if not (value.text.isascii() and value.text.isdecimal()):
        raise QueryError(f"{name} is a number, and {value.text} is none.", *value.span)


def _path(name: str, value: Value) -> None:
    if parameter_path(value) is None:
        raise QueryError(
            f"{value.text} is no path: write {name}:user.email or {name}:/user/email.", *value.span
        )


def parameter_path(value: Value) -> tuple[Step, ...] | None:
    """The path to a parameter in a field's value, with dots or as a JSON Pointer; None where it is none.

    In quotes it is one property's name. A number in a pointer is a list's element, or a property's name.
    """
    if value.quoted:
        return (Step(value.text),)
    if value.text.startswith("/"):
        names = value.text[1:].split("/")
        return tuple(
            ANY_STEP if name == "*" else Step(name.replace("~1", "/").replace("~0", "~")) for name in names
        )
    if not _PATH.fullmatch(value.text):
        return None
    return tuple(
        Step(name, None if not index else -1 if index == "*" else int(index))
        for name, index in _PATH_STEP.findall(value.text)
    )


_CHECKS: Final = {"word": _word, "code": _code, "moment": _moment, "count": _count, "path": _path}
