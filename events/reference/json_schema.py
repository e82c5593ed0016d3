"""The reference's rules about one event as JSON Schema 2020-12, for tools that read it. Pure.

The schema describes the effective event: what the page passes plus what the client fills in. It follows the
published tables literally, so it rejects some values that the verdict only warns about (a number for a
string, a currency in lower case). Recommended parameters are not required.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from events.reference.examples import example_params
from events.reference.types import Parameter, ParameterType, Reference, Schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: Patterns name ASCII ranges: ``\d`` and ``\w`` match more in some validators.
FORMATS: dict[str, dict[str, Any]] = {
    "currency": {"pattern": "^[A-Z]{3}$"},
    "url": {"format": "uri"},
    "email": {"format": "email"},
    "phone": {"pattern": r"^\+[1-9][0-9]{1,14}$"},
    "gender": {"enum": ["f", "m"]},
    "birthdate": {"format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "country": {"pattern": "^[A-Z]{2,3}$"},
    "date": {
        "anyOf": [{"format": "date"}, {"format": "date-time"}],
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?$",
    },
}

TYPES: dict[ParameterType, dict[str, Any]] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
    "string or string[]": {"type": ["string", "array"], "items": {"type": "string"}},
    "array": {"type": "array", "items": {"type": ["number", "string"]}},
    "string[]": {"type": "array", "items": {"type": "string"}},
    "Item[]": {"type": "array", "items": {"$ref": "#/$defs/Item"}},
    "Product": {"$ref": "#/$defs/Product"},
    "User": {"$ref": "#/$defs/User"},
}


def json_schema(reference: Reference, event_name: str) -> dict[str, Any]:
    """A new dict: the JSON Schema of the event's parameters. Raises KeyError for an unknown event."""
    event = reference.events[event_name]
    schema = {
        "$schema": DIALECT,
        "$id": f"urn:cact-inspector:{reference.edition}:{event_name}",
        **_object(reference, event, event.max_items),
        "examples": [example_params(reference, event_name)],
    }
    used = sorted(set(_schemas_of(reference, event)))
    schema["$defs"] = {name: _object(reference, reference.schemas[name]) for name in used}
    return deepcopy(schema)  # It shares objects with the reference and with the tables above.


def _schemas_of(reference: Reference, owner: Schema) -> Iterator[str]:
    """Yield the names of the schemas of the owner's parameters, at any depth; names may repeat."""
    for row in owner.parameters:
        if row.schema:
            yield row.schema
            yield from _schemas_of(reference, reference.schemas[row.schema])


def _object(reference: Reference, owner: Schema, max_items: int | None = None) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "title": owner.name,
        "description": owner.summary,
        "type": "object",
        "properties": {row.name: _property(reference, row, owner, max_items) for row in owner.parameters},
        "required": [row.name for row in owner.parameters if row.is_required and not row.unless],
        "dependentRequired": _dependent_required(owner),
        "allOf": [_required_unless(row) for row in owner.parameters if row.is_required and row.unless],
        "patternProperties": _pattern_properties(reference, owner),
    }
    # Custom properties are allowed; written out, since readers of strict rules expect the opposite.
    return {key: value for key, value in schema.items() if value} | {"additionalProperties": True}


def _dependent_required(owner: Schema) -> dict[str, list[str]]:
    """The inverse of ``required_with``: for each amount the siblings that it makes required."""
    needs: dict[str, list[str]] = {}
    for row in owner.parameters:
        for trigger in row.required_with:
            needs.setdefault(trigger, []).append(row.name)
    return needs


def _required_unless(row: Parameter) -> dict[str, Any]:
    """The condition under which the row is required: its sibling lacks the value that lifts that."""
    assert row.unless is not None
    lifted = {"properties": {row.unless.name: {"const": row.unless.value}}, "required": [row.unless.name]}
    given = {"required": [row.name], "properties": {row.name: {"not": {"type": "null"}}}}
    return {"if": lifted, "else": given}


def _pattern_properties(reference: Reference, owner: Schema) -> dict[str, Any]:
    """Patterns for series of names (category_1, category_2, …), and for User's names with a hash suffix."""
    families = {row.series: _value(reference, row) for row in owner.parameters if row.series}
    if owner.name == "User":
        hashes = reference.hash_suffixes.items()
        families |= {f".{suffix}$": TYPES["string"] | _hexadecimal(digits) for suffix, digits in hashes}
    return families


def _property(reference: Reference, row: Parameter, owner: Schema, max_items: int | None) -> dict[str, Any]:
    schema = {"description": f"{row.description} {row.note or ''}".rstrip(), **_value(reference, row)}
    textual = row.type in ("string", "string or string[]")
    if row.is_required and textual and schema.keys().isdisjoint({"enum", "pattern"}):
        schema["minLength"] = 1
    if row.is_required and row.type in ("Item[]", "string or string[]"):
        schema["minItems"] = 1
    if row.is_event_name:
        schema["const"] = owner.name
    if row.deprecated:
        schema["deprecated"] = True
    if row.unless and "type" in schema:
        schema["type"] = [schema["type"], "null"]
    if row.may_be_empty:
        value = _value(reference, row)
        for key in value:
            del schema[key]
        schema["anyOf"] = [value, {"type": "object", "maxProperties": 0}]
    if max_items and row.type == "Item[]":
        schema["maxItems"] = max_items
    if "examples" not in schema and row.example is not None:
        schema["examples"] = [row.example]
    return schema


def _value(reference: Reference, row: Parameter) -> dict[str, Any]:
    """The JSON Schema of a row's value; empty for a parameter that is not checked."""
    schema = dict(TYPES[row.type]) if row.type else {}
    if row.format in ("md5", "sha256"):
        schema |= _hexadecimal(reference.hash_suffixes[f"_{row.format}"])
    elif row.format:
        schema |= FORMATS[row.format]
    if row.range:
        schema |= {"minimum": row.range.least, "maximum": row.range.most}
    if row.enumeration:
        enumeration = reference.enumerations[row.enumeration]
        # An open enumeration is advice: its values become examples.
        schema["enum" if enumeration.closed else "examples"] = list(enumeration.values)
    return schema


def _hexadecimal(digits: int) -> dict[str, Any]:
    return {"pattern": f"^[0-9a-f]{{{digits}}}$"}
