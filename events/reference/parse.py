"""Parses TOML tables into the reference's types, one function for each kind of entry."""

from dataclasses import fields
from typing import Any, get_args

from events.reference.toml_reader import Table
from events.reference.types import (
    Amounts,
    Currencies,
    Enumeration,
    EventSpec,
    Format,
    Parameter,
    ParameterType,
    Required,
    Schema,
    Severity,
)

#: A table's allowed keys are the fields of its type.
PARAMETER_KEYS = [field.name for field in fields(Parameter)]
ENUMERATION_KEYS = [field.name for field in fields(Enumeration)]
SCHEMA_KEYS = [field.name for field in fields(Schema)]
EVENT_KEYS = [field.name for field in fields(EventSpec)]


def read_event(table: Table) -> EventSpec:
    """Parse an event's file. Raises BrokenReference."""
    table.only(EVENT_KEYS)
    return EventSpec(
        name=table.identifier("name"),
        summary=table.text("summary"),
        parameters=_parameters(table),
        max_items=table.positive("max_items") if "max_items" in table.values else None,
    )


def read_schema(table: Table) -> Schema:
    """Parse a schema's file. Raises BrokenReference."""
    table.only(SCHEMA_KEYS)
    return Schema(table.identifier("name"), table.text("summary"), _parameters(table))


def read_enumeration(row: Table) -> Enumeration:
    """Parse one entry of enumerations.toml. Raises BrokenReference."""
    row.only(ENUMERATION_KEYS)
    closed = row.typed("closed", bool)
    if closed and "discouraged" in row.values:
        raise row.broken("a closed list allows its values and nothing else", "discouraged")
    return Enumeration(
        name=row.text("name"),
        description=row.text("description"),
        values=row.texts("values"),
        closed=closed,
        discouraged=row.texts("discouraged", []),
    )


def read_amounts(table: Table) -> Amounts:
    """The amounts that add up, of edition.toml. Raises BrokenReference."""
    table.only(["total", "net", "parts"])
    parts = table.texts("parts")
    if len(parts) != 2:
        raise table.broken("must name two amounts", "parts")
    return Amounts(table.text("total"), table.text("net"), (parts[0], parts[1]))


def read_currencies(table: Table) -> Currencies:
    """Where currencies stand, of edition.toml. Raises BrokenReference."""
    table.only(["event", "item"])
    return Currencies(table.text("event"), tuple(table.text("item").split(".")))


def _parameters(table: Table) -> tuple[Parameter, ...]:
    return tuple(_parameter(row) for row in table.named_rows("parameters"))


def _parameter(row: Table) -> Parameter:
    row.only(PARAMETER_KEYS)
    listed = row.typed("listed", bool, default=True)
    return Parameter(
        name=row.identifier("name"),
        # Only a parameter without a published row may lack a type; its value is not checked.
        type=row.choice("type", get_args(ParameterType)) if listed or "type" in row.values else None,
        required=row.choice("required", get_args(Required)),
        description=row.text("description"),
        example=row.values.get("example"),
        format=_format(row),
        enumeration=row.text_or_none("enumeration"),
        numbered=_numbered(row),
        required_with=row.texts("required_with", []),
        recommended=_recommended(row),
        satisfied_by=row.texts("satisfied_by", []),
        automatic=row.typed("automatic", bool, default=False),
        client_default=row.text_or_none("client_default"),
        note=row.text_or_none("note"),
        later_name=row.text_or_none("later_name"),
        listed=listed,
    )


def _format(row: Table) -> Any:
    """The row's Format or None. Raises BrokenReference where the type is not string."""
    if "format" not in row.values:
        return None
    if row.values.get("type") != "string":
        raise row.broken("only a string has a format", "format")
    return row.choice("format", get_args(Format))


def _numbered(row: Table) -> bool:
    numbered = row.typed("numbered", bool, default=False)
    if numbered and not row.text("name").endswith("_1"):
        raise row.broken("only a name that ends in _1 can stand for a series", "numbered")
    return numbered


def _recommended(row: Table) -> Any:
    """The row's Severity or None. Raises BrokenReference for a Yes without a footnote, which is required."""
    if "recommended" not in row.values:
        return None
    if row.values.get("required") == "yes":
        raise row.broken("a required parameter cannot be recommended", "recommended")
    return row.choice("recommended", get_args(Severity))
