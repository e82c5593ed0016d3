"""Finds the values at a path of an event's parameters, and compares them. Pure; linear in the parameters."""

import operator
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import orjson

from events.query.folding import fold, glob
from events.query.moments import as_number, instant, iso_of
from events.query.tree import ANY_STEP, Compare, Step, Value

Test = Callable[[Any], bool]
_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def values_at(params: Any, path: Iterable[Step]) -> list[Any]:
    """The values at ``path``. A list on the way stands for its elements where the path names none."""
    found = [params]
    for step in path:
        if step == ANY_STEP:
            found = [child for value in found for child in _children(value)]
            continue
        found = list(_property(found, step.name))
        if step.index == -1:
            found = [element for value in found if isinstance(value, list) for element in value]
        elif step.index is not None:
            at = step.index
            found = [value[at] for value in found if isinstance(value, list) and at < len(value)]
        if not found:
            break
    return found


def _property(values: Iterable[Any], name: str) -> Iterator[Any]:
    waiting = list(values)
    at = int(name) if name.isascii() and name.isdecimal() and len(name) < 10 else None
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if name in value:
                yield value[name]
        elif isinstance(value, list):
            if at is not None:
                yield from value[at : at + 1]
            else:
                waiting += value


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def is_there(params: Any, path: Iterable[Step]) -> bool:
    """True where some value at ``path`` is there, and not null."""
    return any(value is not None for value in values_at(params, path))


def comparison(term: Compare) -> Test:
    """A test of an event's parameters: whether some value at the term's path compares as it says."""
    test = _TESTS[term.measure](term)
    path, spread = term.path, not term.measure

    def holds(params: Any) -> bool:
        found = values_at(params, path)
        return any(map(test, _elements(found) if spread else found))

    return holds


def _elements(values: list[Any]) -> Iterator[Any]:
    """The values, lists taken apart at any depth."""
    waiting = values[::-1]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        else:
            yield value


def _of_value(term: Compare) -> Test:
    if term.operator == "~":
        parts = [fold(value.text) for value in term.values]
        return lambda value: (text := _text(value)) is not None and any(part in fold(text) for part in parts)
    if term.operator in _ORDER:
        return _any([_ordered(_ORDER[term.operator], value.text) for value in term.values])
    equal = _any([_equal(value) for value in term.values])
    if term.operator == "=":
        return equal
    return lambda value: value is not None and not equal(value)


def _equal(value: Value) -> Test:
    text = value.text
    if value.quoted:
        return lambda found: isinstance(found, str) and found == text
    if "*" in text:
        return lambda found: (written := _text(found)) is not None and glob(text, written)
    word, number = {"true": True, "false": False, "null": None}.get(text, ...), as_number(text)

    def equal(found: Any) -> bool:
        if isinstance(found, str):
            return found == text
        if found is None or isinstance(found, bool):
            return found is word
        return number is not None and isinstance(found, int | float) and found == number

    return equal


def _ordered(compare: Callable[[Any, Any], bool], text: str) -> Test:
    number = as_number(text)
    if number is not None:
        return lambda found: (other := _number(found)) is not None and compare(other, number)
    date = iso_of(text)
    moment = instant(date) if date else None
    return lambda found: (other := _moment(found)) is not None and compare(other, moment)


def _of_type(term: Compare) -> Test:
    types = {value.text for value in term.values}
    wanted = term.operator == "="
    return lambda found: (type_of(found) in types) is wanted


def _of_length(term: Compare) -> Test:
    numbers = [as_number(value.text) for value in term.values]
    compare = _ORDER.get(term.operator)
    if compare is None:
        wanted = term.operator != "!="
        return lambda found: (length := _length(found)) is not None and (length in numbers) is wanted
    return lambda found: (
        (length := _length(found)) is not None and any(compare(length, number) for number in numbers)
    )


_TESTS: Final[dict[str, Callable[[Compare], Test]]] = {"": _of_value, "type": _of_type, "length": _of_length}


def type_of(value: Any) -> str:
    """The JSON type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case list():
            return "array"
        case _:
            return "object"


def _any(tests: list[Test]) -> Test:
    return tests[0] if len(tests) == 1 else lambda value: any(test(value) for test in tests)


def _text(value: Any) -> str | None:
    """A plain value as a text, numbers as JSON writes them; None for null, lists and objects."""
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode() if isinstance(value, int | float) else None


def _number(value: Any) -> int | float | None:
    if isinstance(value, str):
        return as_number(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _moment(value: Any) -> datetime | None:
    found = iso_of(value) if isinstance(value, str) else None
    return instant(found) if found else None


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, str | list | dict) else None
