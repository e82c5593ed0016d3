"""Checks an edition's files against each other: named parameters and schemas exist, examples are valid."""

import re
from collections.abc import Iterator
from typing import Any

from events.reference.toml_reader import BrokenReference, file_of
from events.reference.types import Parameter, Part, Reference, Schema


def check(reference: Reference) -> None:
    """Raises BrokenReference for the first contradiction."""
    for owner in (*reference.events.values(), *reference.schemas.values()):
        for row in owner.parameters:
            for field, reason in _row_problems(reference, owner, row):
                raise BrokenReference(reason, file=file_of(owner.name), row=row.name, field=field)
    for part in reference.parts.values():
        for row in part.parameters:
            for field, reason in _part_problems(reference, part, row):
                raise BrokenReference(reason, file=file_of(part.name), row=row.name, field=field)
    for table, name, reason in _vocabulary_problems(reference):
        raise BrokenReference(reason, file="vocabulary.toml", row=table, field=name)
    for table, name, reason in _rule_problems(reference):
        raise BrokenReference(reason, file="edition.toml", row=table, field=name)


def _row_problems(reference: Reference, owner: Schema, row: Parameter) -> Iterator[tuple[str, str]]:
    """Yield field and reason of each error in the row."""
    if row.schema and row.schema not in reference.schemas:
        yield "type", f"there is no schema {row.schema!r}"
        return
    if row.enumeration and row.enumeration not in reference.enumerations:
        yield "enumeration", f"there is no enumeration {row.enumeration!r}"
        return
    if row.format in ("md5", "sha256") and f"_{row.format}" not in reference.hash_suffixes:
        yield "format", f"edition.toml has no hash suffix _{row.format}"
    for name in row.required_with:
        if name == row.name or name not in _siblings(reference, owner):
            yield "required_with", f"there is no sibling {name!r}"
    for name in row.satisfied_by:
        if name == row.name or not owner.parameter(name):
            yield "satisfied_by", f"there is no sibling {name!r}"
    siblings = (
        ("later_name", row.later_name),
        ("unless", row.unless and row.unless.name),
        ("deprecated", row.deprecated),
        ("formerly", row.formerly and row.formerly.name),
    )
    for field, sibling in siblings:
        if sibling and (sibling == row.name or not owner.parameter(sibling)):
            yield field, f"there is no sibling {sibling!r}"
    if row.satisfied_by and not row.recommended:
        yield "satisfied_by", "only a recommended parameter can be satisfied by another"
    if row.example is not None and (reason := _why_not_allowed(reference, row, row.example)):
        yield "example", reason
    if row.client_default is not None and (reason := _why_not_allowed(reference, row, row.client_default)):
        yield "client_default", reason


def _part_problems(reference: Reference, part: Part, row: Parameter) -> Iterator[tuple[str, str]]:
    """Yield field and reason where a shared row names an event that does not have it."""
    for field, names in (("required_in", row.required_in), ("meant_for", row.meant_for)):
        for name in names:
            if name not in reference.events or not reference.events[name].parameter(row.name):
                yield field, f"there is no event {name!r} with the rows of {part.name!r}"


def _siblings(reference: Reference, owner: Schema) -> set[str]:
    """The names of parameters that may occur beside a parameter of ``owner``.

    Beside an event's parameter, those of all events: an amount that only another event defines makes the
    currency required in this event too, where a page sends it.
    """
    owners = reference.events.values() if owner.name in reference.events else [owner]
    return {row.name for each in owners for row in each.parameters}


def _why_not_allowed(reference: Reference, row: Parameter, value: Any) -> str | None:
    """The reason why the row does not allow the value; None where it does."""
    if not _has_type(row.type, value):
        return f"{value!r} is no {row.type}"
    if row.range and not row.range.least <= value <= row.range.most:
        return f"{value!r} is not from {row.range.least} to {row.range.most}"
    if row.enumeration:
        allowed = reference.enumerations[row.enumeration]
        if allowed.closed and value not in allowed.values:
            return f"{value!r} is not in the enumeration {allowed.name!r}"
    if row.schema:
        members = value if isinstance(value, list) else [value]
        return next(
            filter(None, (_why_object_not_allowed(reference, row.schema, each) for each in members)), None
        )
    return None


def _why_object_not_allowed(reference: Reference, schema: str, value: dict[str, Any]) -> str | None:
    for name, member in value.items():
        row = reference.schemas[schema].parameter(name)
        if row is None:
            return f"{schema} has no {name!r}"
        if reason := _why_not_allowed(reference, row, member):
            return f"{name}: {reason}"
    return None


def _has_type(type_: str | None, value: Any) -> bool:
    match type_:
        case None:
            return True
        case "string":
            return isinstance(value, str)
        case "number":
            return _is_number(value)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "string or string[]":
            return _has_type("string", value) or _has_type("string[]", value)
        case "array":
            return isinstance(value, list) and all(
                isinstance(each, str) or _is_number(each) for each in value
            )
        case "string[]":
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
        case "Item[]":
            return isinstance(value, list) and all(isinstance(each, dict) for each in value)
        case _:
            return isinstance(value, dict)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _vocabulary_problems(reference: Reference) -> Iterator[tuple[str, str, str]]:
    """Yield table, name and reason of each entry for an object or a parameter that does not exist."""
    for owner in reference.vendor_own:
        if not _owners(reference, owner):
            yield "[vendor_own]", owner, "is neither event nor a schema"
    for owner, words in reference.vocabulary.items():
        owners = _owners(reference, owner)
        if not owners:
            yield "[vocabulary]", owner, "is neither event nor a schema"
        for other_name, standard in words.items():
            if owners and not any(_resolves(reference, each, standard) for each in owners):
                yield f"[vocabulary.{owner}]", other_name, f"there is no {standard!r}"
    for owner, properties in reference.misplaced.items():
        for name, nested in properties.items():
            if not any(_resolves(reference, each, f"{nested}.{name}") for each in _owners(reference, owner)):
                yield f"[misplaced.{owner}]", name, f"there is no '{nested}.{name}'"


def _rule_problems(reference: Reference) -> Iterator[tuple[str, str, str]]:
    """(table, field, reason) of each name in a rule between parameters that no parameter has."""
    amounts, currencies = reference.amounts, reference.currencies
    events = _owners(reference, "event")
    named = [("total", amounts.total), ("net", amounts.net), *(("parts", part) for part in amounts.parts)]
    for table, field, name in (
        *(("[amounts]", field, name) for field, name in named),
        ("[currencies]", "event", currencies.event),
    ):
        if not any(event.parameter(name) for event in events):
            yield table, field, f"no event has {name!r}"
    path = ".".join(currencies.item)
    if not any(_resolves(reference, item, path) for item in _owners(reference, "Item")):
        yield "[currencies]", "item", f"there is no {path!r}"


def _owners(reference: Reference, name: str) -> list[Schema]:
    """The schemas that a table of vocabulary.toml applies to; "event" applies to all events."""
    if name == "event":
        return list(reference.events.values())
    return [reference.schemas[name]] if name in reference.schemas else []


def _resolves(reference: Reference, owner: Schema, path: str) -> bool:
    """Whether the dotted path names a parameter of ``owner``, or of a schema below it."""
    name, _, rest = path.partition(".")
    for row in owner.parameters:
        if row.name == name or (row.series and re.search(row.series, name)):
            return not rest or (
                row.schema is not None and _resolves(reference, reference.schemas[row.schema], rest)
            )
    return False
