"""What JavaScript makes of known plain values: texts, numbers, truth, and a few functions. Pure."""

import math
import re
from collections.abc import Callable
from typing import Any, Final

import orjson

from events.imports.javascript.scalars import as_key
from events.imports.javascript.values import MORE_KEY, Absent, KnownInPart, More, Written

_UNKNOWN: Final = Absent.UNKNOWN
_UNDEFINED: Final = Absent.UNDEFINED
_NUMBER: Final = re.compile(r"\s*(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)?\s*\Z")


def is_number(value: Any) -> bool:
    """Whether the value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_true(value: Any) -> bool:
    """Whether JavaScript takes the value for true."""
    if isinstance(value, dict | list | Written):
        return True
    return value is not _UNDEFINED and bool(value)


def as_number(number: float) -> Any:
    """The JSON number: an int where it is whole; None for an infinity and NaN."""
    if not math.isfinite(number):
        return None
    return int(number) if float(number).is_integer() and abs(number) < 2**53 else number


def arithmetic(sign: str, left: Any, right: Any) -> Any:
    """The result of an operator on two numbers; unknown for an operator that is not computed."""
    try:
        match sign:
            case "+":
                return as_number(float(left) + float(right))
            case "-":
                return as_number(float(left) - float(right))
            case "*":
                return as_number(float(left) * float(right))
            case "/":
                return as_number(float(left) / float(right))
            case "%":
                return as_number(float(left) % float(right)) if left >= 0 < right else _UNKNOWN
    except (OverflowError, ZeroDivisionError):
        return None
    return _UNKNOWN


def as_text(value: Any) -> str | None:
    """The text that JavaScript makes of a known plain value; None for any other value."""
    if isinstance(value, KnownInPart):
        return None
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    return as_key(value) if isinstance(value, float) else "undefined" if value is _UNDEFINED else None


def _stringify(given: list[Any]) -> Any:
    if not given or given[0] is _UNKNOWN or given[0] is More.ELEMENT:
        return _UNKNOWN
    return _UNDEFINED if given[0] is _UNDEFINED else Written(given[0])


def _parse(given: list[Any]) -> Any:
    text = given[0] if len(given) == 1 else None
    if isinstance(text, Written):
        return text.value
    if not isinstance(text, str) or isinstance(text, KnownInPart):
        return _UNKNOWN
    try:
        return orjson.loads(text)
    except ValueError:
        return _UNKNOWN


def _assign(given: list[Any]) -> Any:
    if not given or not all(isinstance(each, dict) and MORE_KEY not in each for each in given):
        return _UNKNOWN
    return {key: value for each in given for key, value in each.items()}


def _string_of(given: list[Any]) -> Any:
    text = as_text(given[0]) if len(given) == 1 else None
    return _UNKNOWN if text is None else text


def _number_of(given: list[Any]) -> Any:
    value = given[0] if len(given) == 1 else None
    if is_number(value):
        return value
    if isinstance(value, str) and not isinstance(value, KnownInPart) and _NUMBER.match(value):
        return as_number(float(value.strip() or "0"))
    return _UNKNOWN


#: Functions that are computed, by name: each takes the values of its arguments.
KNOWN_CALLS: Final[dict[str, Callable[[list[Any]], Any]]] = {
    "JSON.stringify": _stringify,
    "JSON.parse": _parse,
    "Object.assign": _assign,
    "Object.freeze": lambda given: given[0] if len(given) == 1 else _UNKNOWN,
    "String": _string_of,
    "Number": _number_of,
    "parseFloat": _number_of,
}
