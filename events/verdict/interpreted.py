"""Applies every rule to every row of every object of an event, in the reference's order.

This is the definition of a judgement. ``compiled_checks`` reaches the same findings faster: it calls
``row_findings`` only where a value may have a finding.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from events.verdict import relations, rules
from events.verdict.findings import Finding
from events.verdict.spec import ObjectSpec, Row
from events.verdict.unlisted import extras


def object_findings(spec: ObjectSpec, holder: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """All findings about the object ``holder``: its rows in their order, then properties without a row."""
    for row in spec.rows:
        name = row.parameter.name
        yield from row_findings(row, holder.get(name), holder, f"{path}/{name}")
    yield from extras(spec, holder, path)


def row_findings(row: Row, value: Any, siblings: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """All findings about one parameter, including those about the objects inside it."""
    if row.parameter.type is None:
        return  # a known parameter to which the reference assigns no type
    if rules.is_missing(row.parameter, value):
        yield from rules.missing(row, value, siblings, path)
        return
    yield from rules.placeholder(value, path)
    yield from rules.wrong_type(row, value, path)
    yield from rules.text(row, value, path)
    if type(value) is dict:
        if row.nested is not None and row.parameter.type != "Item[]":
            yield from object_findings(row.nested, value, path)
    elif type(value) is list:
        yield from _list_findings(row, value, siblings, path)
    yield from relations.amounts(row, value, siblings, path)


def _list_findings(row: Row, values: list[Any], siblings: Mapping[str, Any], path: str) -> Iterator[Finding]:
    kind = row.parameter.type
    if kind in ("array", "string[]"):
        yield from rules.elements(row, values, path)
    elif kind == "Item[]" and row.nested is not None:
        yield from relations.too_many_items(row, values, path)
        for index, item in enumerate(values):
            place = f"{path}/{index}"
            if type(item) is dict:
                yield from object_findings(row.nested, item, place)
            else:
                yield Finding("error", "wrong_type", place, "object", item)
        yield from relations.mixed_currencies(row, values, siblings, path)
