"""Finds what a person would want to be told about a value, at any depth: the values' table. Pure.

Source: "Values that a person would want to be told about" in the reading of the reference. Of that table a
path has one finding at most: the first row that applies. The rules themselves are in ``placeholders``,
``hashes``, ``personal_values``, ``encoding`` and ``amounts``.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from events.verdict import amounts
from events.verdict.faults import Fault
from events.verdict.findings import Finding
from events.verdict.hashes import hash_fault, suffix_of
from events.verdict.numbers import is_number
from events.verdict.personal_values import lighter_elsewhere, number_fault, secret_fault
from events.verdict.places import ADDRESS, Place, custom_place
from events.verdict.pointer import child
from events.verdict.text_values import PLAIN, text_fault

_DEEPEST: Final = 64  # levels of nesting that are searched: deeper events are refused
_REFERRER: Final = "referrer"


def value_fault(value: Any, name: str, place: Place, siblings: Mapping[str, Any]) -> Fault | None:
    """The fault of a text in a standard parameter called ``name``; None for other values."""
    if type(value) is not str or not value:
        return None
    hashed = hash_fault(name, value, siblings)
    if hashed is not None:
        return hashed
    if value in PLAIN.known:
        return None
    fault = text_fault(value, place)
    if fault is not None and name == _REFERRER and place is ADDRESS:
        return lighter_elsewhere(fault, value, siblings)
    return fault


def custom_findings(
    name: str, value: Any, holder: Mapping[str, Any], path: str, owner: str, *, amount: bool = True
) -> Iterator[Finding]:
    """The findings about a property without a row, and about all values inside it, in their order.

    ``owner`` is the name of the standard object around it ("User" makes e-mail addresses at home). ``amount``
    is False where the value's amount is judged with the event's others.
    """
    place = custom_place(name, owner)
    yield from _property(name, value, holder, path, place, amount)
    if type(value) in (dict, list):
        yield from _inside(value, name, place, path, owner, 0)


def inner_findings(value: Any, name: str, place: Place, path: str, owner: str) -> Iterator[Finding]:
    """The findings about all values inside ``value``, an object or a list where none belongs."""
    if type(value) in (dict, list):
        yield from _inside(value, name, place, path, owner, 0)


def _inside(value: Any, name: str, place: Place, path: str, owner: str, depth: int) -> Iterator[Finding]:
    if depth >= _DEEPEST:
        return
    if type(value) is dict:
        for key, inner in value.items():
            where, at = child(path, key), custom_place(key, owner, name)
            yield from _property(key, inner, value, where, at, amount=True)
            if type(inner) in (dict, list):
                yield from _inside(inner, key, at, where, owner, depth + 1)
        return
    for index, inner in enumerate(value):
        if type(inner) is str:
            if inner not in PLAIN.known and not PLAIN.learn(inner):
                fault = text_fault(inner, place) if inner else None
                if fault is not None:
                    yield fault.at(f"{path}/{index}", inner)
        elif type(inner) is int:
            fault = number_fault(inner, place)
            if fault is not None:
                yield fault.at(f"{path}/{index}", inner)
        elif type(inner) in (dict, list):
            yield from _inside(inner, name, place, f"{path}/{index}", owner, depth + 1)


def _property(
    name: str, value: Any, holder: Mapping[str, Any], path: str, place: Place, amount: bool
) -> Iterator[Finding]:
    """The finding about the plain value of a property without a row."""
    fault: Fault | None = None
    if type(value) is str:
        if value and not (value in PLAIN.known and not suffix_of(name)):
            fault = hash_fault(name, value, holder) or text_fault(value, place)
        fault = _before(fault, secret_fault(name, value))
    elif is_number(value):
        fault = secret_fault(name, value) or (number_fault(value, place) if type(value) is int else None)
        if fault is None and amount:
            fault = _number_fault(name, value)
    if fault is not None:
        yield fault.at(path, value)


def _before(fault: Fault | None, secret: Fault | None) -> Fault | None:
    """The fault of the earlier row: a secret's name comes after placeholders and hashes."""
    if fault is None or (secret is not None and fault.code == "bad_encoding"):
        return secret or fault
    return fault


def _number_fault(name: str, value: Any) -> Fault | None:
    if name == amounts.QUANTITY:
        return amounts.quantity_fault(value)
    return amounts.negative_fault(value) if name in amounts.AMOUNTS else None
