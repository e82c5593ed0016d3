"""The rows of the reference pages: a parameter's label, format and allowed values as text."""

from dataclasses import dataclass
from typing import Any, Final

from events.reference import Enumeration, Parameter, Reference, Schema
from events.reference.types import Format, Required
from events.verdict.findings import shorten

_REQUIRED: Final[dict[Required, str]] = {"yes": "Yes", "yes*": "Yes*", "no": "No", "no*": "No*"}
_FORMATS: Final[dict[Format, str]] = {
    "currency": "ISO 4217, three capital letters",
    "url": "absolute address, with its scheme",
    "email": "e-mail address",
    "phone": "E.164, such as +33612345678",
    "gender": "f or m",
    "birthdate": "YYYY-MM-DD",
    "country": "ISO 3166-1, two or three letters",
    "md5": "32 hexadecimal characters, lower case",
    "sha256": "64 hexadecimal characters, lower case",
    "date": "ISO 8601, a day or a moment",
}


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One parameter. ``aside`` qualifies ``required``; ``allowed`` is the enumeration of its values."""

    parameter: Parameter
    required: str
    aside: str
    format: str
    example: str
    allowed: Enumeration | None


def reference_rows(reference: Reference, owner: Schema) -> list[ReferenceRow]:
    """The published rows of an event or schema, in the reference's order."""
    return [_row(reference, parameter) for parameter in owner.parameters if parameter.listed]


def schemas_in(reference: Reference, owner: Schema) -> list[Schema]:
    """The schemas nested in ``owner`` at any depth, each once, in the order of their first use."""
    found: dict[str, Schema] = {}
    for name in (row.schema for row in owner.parameters if row.schema):
        if name not in found:
            schema = reference.schemas[name]
            found[name] = schema
            found |= {inner.name: inner for inner in schemas_in(reference, schema)}
    return list(found.values())


def users_of(reference: Reference, schema: Schema) -> list[Schema]:
    """The events that use ``schema``, directly or through another schema."""
    return [event for event in reference.events.values() if schema in schemas_in(reference, event)]


def _row(reference: Reference, parameter: Parameter) -> ReferenceRow:
    return ReferenceRow(
        parameter=parameter,
        required=_REQUIRED[parameter.required],
        aside=_aside(parameter),
        format=_FORMATS[parameter.format] if parameter.format else _range(parameter),
        example=_example(parameter.example),
        allowed=reference.enumerations[parameter.enumeration] if parameter.enumeration else None,
    )


def _range(parameter: Parameter) -> str:
    limits = parameter.range
    return f"from {limits.least:g} to {limits.most:g}" if limits else ""


def _aside(parameter: Parameter) -> str:
    if parameter.deprecated:
        return f"deprecated: {parameter.deprecated} replaced it"
    if parameter.unless:
        return f"not where {parameter.unless.name} is {_example(parameter.unless.value)}"
    if parameter.is_event_name:
        return "each call has it"
    if parameter.meant_for:
        return f"meant for {', '.join(parameter.meant_for)}"
    if parameter.required_with:
        return f"Yes beside {' or '.join(parameter.required_with)}"
    if parameter.recommended:
        return f"{parameter.recommended} when missing"
    return ""


def _example(value: Any) -> str:
    """The example as JavaScript text; "" for an object, which the example call shows."""
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # as JavaScript writes 16.0
    return shorten(value)
