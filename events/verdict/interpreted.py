"""Applies every rule to every row of every object of an event, in the reference's order.

This is the definition of a judgement. ``compiled_checks`` reaches the same findings faster: it calls
``row_findings`` only where a value may have a finding.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from events.verdict import relations, rules
from events.verdict.amounts import amount_findings
from events.verdict.findings import Finding
from events.verdict.spec import ObjectSpec, Row
from events.verdict.unlisted import extras
from events.verdict.value_findings import custom_findings, inner_findings, value_fault

_LISTS: Final = ("array", "string[]", "string or string[]")
_NO_SIBLINGS: Final[Mapping[str, Any]] = {}


def object_findings(spec: ObjectSpec, holder: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """All findings about the object ``holder``: its rows in their order, then properties without a row.

    Findings about an event's amounts and items together come last.
    """
    for row in spec.rows:
        name = row.parameter.name
        yield from row_findings(row, holder.get(name), holder, f"{path}/{name}")
    yield from extras(spec, holder, path)
    if spec.amounts is not None:
        yield from amount_findings(spec.amounts, holder)


def row_findings(row: Row, value: Any, siblings: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """All findings about one parameter, including those about the objects inside it."""
    name, kind = row.parameter.name, row.parameter.type
    if kind is None:  # a known parameter to which the reference assigns no type
        yield from custom_findings(name, value, siblings, path, row.owner, amount=False)
        return
    if rules.is_missing(row.parameter, value):
        yield from rules.missing(row, value, siblings, path)
        return
    fault = value_fault(value, name, row.place, siblings)
    if fault is not None:
        yield fault.at(path, value)
    yield from rules.wrong_type(row, value, path)
    yield from rules.out_of_range(row, value, path)
    yield from rules.text(row, value, path, widened=fault is None)
    yield from rules.other_name(row, value, path)
    yield from rules.deprecated(row, value, path)
    if type(value) in (dict, list):
        yield from _container_findings(row, value, siblings, path)
    yield from relations.amounts(row, value, siblings, path)


def item_findings(row: Row, item: Any, path: str) -> Iterator[Finding]:
    """All findings about one element of a list of items."""
    assert row.nested is not None
    if type(item) is dict:
        yield from object_findings(row.nested, item, path)
        return
    fault = value_fault(item, "", row.place, _NO_SIBLINGS)
    if fault is not None:
        yield fault.at(path, item)
    yield Finding("error", "wrong_type", path, "object", item)
    yield from inner_findings(item, row.parameter.name, row.place, path, row.owner)


def _container_findings(row: Row, value: Any, siblings: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """The findings about what an object or a list holds, whether it belongs here or not."""
    kind = row.parameter.type
    if type(value) is dict and row.nested is not None and kind != "Item[]":
        yield from object_findings(row.nested, value, path)
    elif type(value) is list and kind in _LISTS:
        yield from _element_findings(row, value, path)
    elif type(value) is list and kind == "Item[]":
        yield from relations.too_many_items(row, value, path)
        for index, item in enumerate(value):
            yield from item_findings(row, item, f"{path}/{index}")
        yield from relations.mixed_currencies(row, value, siblings, path)
    else:
        yield from inner_findings(value, row.parameter.name, row.place, path, row.owner)


def _element_findings(row: Row, values: list[Any], path: str) -> Iterator[Finding]:
    yield from rules.no_consent(row, values, path)
    for index, value in enumerate(values):
        place = f"{path}/{index}"
        fault = value_fault(value, "", row.place, _NO_SIBLINGS)
        if fault is not None:
            yield fault.at(place, value)
        else:
            yield from rules.category(row, value, place)
        yield from rules.element(row, value, place)
        yield from inner_findings(value, row.parameter.name, row.place, place, row.owner)
