"""Parses TOML tables into the reference's types, one function for each kind of entry."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar, get_args

from events.reference.toml_reader import Table
from events.reference.types import (
    Amounts,
    Currencies,
    Enumeration,
    EventSpec,
    Format,
    FormerName,
    Parameter,
    ParameterType,
    Part,
    Range,
    Required,
    Schema,
    Severity,
    Unless,
)

Read = TypeVar("Read")

#: A table's allowed keys are the fields of its type.
PARAMETER_KEYS = [field.name for field in fields(Parameter)]
ENUMERATION_KEYS = [field.name for field in fields(Enumeration)]
SCHEMA_KEYS = [field.name for field in fields(Schema)]
EVENT_KEYS = [*(field.name for field in fields(EventSpec)), "include"]


def read_event(table: Table, parts: Mapping[str, Part], always: Part | None) -> EventSpec:
    """Parse an event's file: its own rows, then those of the parts that ``include`` names.

    ``always`` is the part of each event; a row of the event itself takes precedence over its row. Raises
    BrokenReference.
    """
    table.only(EVENT_KEYS)
    name = table.identifier("name")
    included = table.texts("include", [])
    rows = list(_parameters(table)) if "parameters" in table.values or not included else []
    for part in included:
        if part not in parts:
            raise table.broken(f"there is no part {part!r}", "include")
        for row in parts[part].parameters:
            if any(own.name == row.name for own in rows):
                raise table.broken(f"the part {part!r} has another row {row.name!r}", "include")
            rows.append(_in_event(row, name))
    own_names = {row.name for row in rows}
    rows += [row for row in always.parameters if row.name not in own_names] if always else []
    return EventSpec(
        name=name,
        summary=table.text("summary"),
        parameters=tuple(rows),
        max_items=table.positive("max_items") if "max_items" in table.values else None,
    )


def read_part(table: Table) -> Part:
    """Parse the file of a part, whose rows several events share. Raises BrokenReference."""
    table.only(SCHEMA_KEYS)
    return Part(table.identifier("name"), table.text("summary"), _parameters(table))


def _in_event(row: Parameter, event: str) -> Parameter:
    """The row of a part in the event: a Yes that holds for other events only is a No."""
    if row.required_in and event not in row.required_in:
        return replace(row, required="no", unless=None, required_in=())
    return replace(row, required_in=()) if row.required_in else row


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
        range=_range(row),
        required_in=_if_required(row, "required_in", row.texts("required_in", [])),
        unless=_if_required(row, "unless", _unless(row)),
        required_with=row.texts("required_with", []),
        recommended=_recommended(row),
        satisfied_by=row.texts("satisfied_by", []),
        automatic=row.typed("automatic", bool, default=False),
        client_default=row.text_or_none("client_default"),
        note=row.text_or_none("note"),
        later_name=row.text_or_none("later_name"),
        listed=listed,
        deprecated=row.text_or_none("deprecated"),
        formerly=_formerly(row),
        takes_array=_flag(row, "takes_array", "string"),
        may_be_empty=_flag(row, "may_be_empty", "User", "Product", "object"),
        is_event_name=_flag(row, "is_event_name", "string"),
        meant_for=row.texts("meant_for", []),
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


def _flag(row: Table, key: str, *types: str) -> bool:
    """True where the row sets ``key``. Raises BrokenReference for a row of another type than ``types``."""
    flag = row.typed(key, bool, default=False)
    if flag and row.values.get("type") not in types:
        raise row.broken(f"only {' or '.join(types)} can have it", key)
    return flag


def _if_required(row: Table, key: str, value: Read) -> Read:
    """``value``, which only a required parameter can have. Raises BrokenReference."""
    if value and row.text("required") not in ("yes", "yes*"):
        raise row.broken("only a required parameter can have it", key)
    return value


def _unless(row: Table) -> Unless | None:
    """The sibling and its value that lift the requirement, or None. Raises BrokenReference."""
    if "unless" not in row.values:
        return None
    given = row.typed("unless", dict)
    if len(given) != 1:
        raise row.broken("must name one sibling", "unless")
    ((name, value),) = given.items()
    if type(value) not in (bool, str, int):
        raise row.broken(f"must name a plain value, not {value!r}", "unless")
    return Unless(name, value)


def _formerly(row: Table) -> FormerName | None:
    """The earlier name and the last year of it, or None. Raises BrokenReference."""
    if "formerly" not in row.values:
        return None
    table = Table(row.typed("formerly", dict), row.file, row.row)
    table.only(["name", "until"])
    return FormerName(table.identifier("name"), table.text("until"))


def _range(row: Table) -> Range | None:
    """The least and the greatest number, or None. Raises BrokenReference where the type is no number."""
    if "range" not in row.values:
        return None
    if row.values.get("type") not in ("number", "integer"):
        raise row.broken("only a number has a range", "range")
    ends = row.typed("range", list)
    if len(ends) != 2 or any(type(end) not in (int, float) for end in ends) or ends[0] >= ends[1]:
        raise row.broken(f"must be the least and the greatest number, not {ends!r}", "range")
    return Range(*ends)
