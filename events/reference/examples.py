"""Example calls that are complete and valid, built from the reference's example values. Pure."""

import re
from copy import deepcopy
from typing import Any

from events.reference.types import Parameter, Reference, Schema

#: A key that JavaScript allows without quotes (ASCII alone).
IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")

#: Characters that would end a single-quoted string, or a line within it (U+2028 and U+2029 did before 2019).
ESCAPES = {code: f"\\x{code:02x}" for code in (*range(32), 127)} | {
    ord("\\"): "\\\\",
    ord("'"): "\\'",
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


class Code:
    """Code that stands in the place of a value. ``whole``: it is written without the property's name."""

    def __init__(self, text: str, *, whole: bool = False) -> None:
        self.text, self.whole = text, whole


def example_params(reference: Reference, event_name: str, required_only: bool = False) -> dict[str, Any]:
    """A new dict of parameters of a valid event; with ``required_only`` the required ones alone.

    Automatic parameters and parameters without a published row are left out. Raises KeyError for an unknown
    event.
    """
    params = _example_object(reference, reference.events[event_name], required_only=required_only)
    _add_up(reference, params)
    return params


def _add_up(reference: Reference, params: dict[str, Any]) -> None:
    """Set the item's price so that the items add up to the event's net amount, where it has a total, too.

    The published examples of prices and of amounts come from different orders.
    """
    names = reference.amounts
    items = next((value for value in params.values() if type(value) is list), [])
    if items and {names.total, names.net} <= params.keys():
        (item,) = items
        item["product"]["price"] = round(params[names.net] / item["quantity"] + item.get("discount", 0), 2)


def as_call(event_name: str | Code, params: dict[str, Any]) -> str:
    """The JavaScript call that triggers the event; safe inside an HTML script element.

    ``params`` holds JSON values, and ``Code`` in place of some.
    """
    return f"cact('trigger', {_js(event_name, '')}, {_js(params, '')});"


def _example_object(reference: Reference, schema: Schema, *, required_only: bool) -> dict[str, Any]:
    wanted = (
        row
        for row in schema.parameters
        if _is_shown(row, schema.name) and (row.is_required or not required_only)
    )
    values = ((row.name, _example_value(reference, row, required_only=required_only)) for row in wanted)
    return {name: value for name, value in values if value is not None}


def _is_shown(row: Parameter, owner: str) -> bool:
    """Whether an implementer passes the parameter in a complete call of ``owner``.

    Hashes are only for pages without the plain value; consent is automatic and still required, because the
    client fills it from one consent manager alone. The event's name is no parameter of a call.
    """
    if (
        not row.listed
        or row.deprecated
        or row.is_event_name
        or (row.meant_for and owner not in row.meant_for)
    ):
        return False
    return row.format not in ("md5", "sha256") and (row.is_required or not row.automatic)


def _example_value(reference: Reference, row: Parameter, *, required_only: bool) -> Any:
    """The row's example, or one built from its schema; None where it has neither."""
    if row.example is not None or row.schema is None:
        return deepcopy(row.example)
    built = _example_object(reference, reference.schemas[row.schema], required_only=required_only)
    return [built] if row.type == "Item[]" else built


def _js(value: Any, indent: str) -> str:
    match value:
        case dict():
            return _js_object(value, indent)
        case list():
            return "[" + ", ".join(_js(each, indent) for each in value) + "]"
        case str():
            return _js_string(value)
        case Code():
            return value.text
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case float() if value.is_integer():
            return str(int(value))  # JavaScript writes 16.0 as 16.
        case _:
            return repr(value)


def _js_object(value: dict[str, Any], indent: str) -> str:
    if not value:
        return "{}"
    inner = indent + "  "
    members = ",\n".join(inner + _js_member(key, member, inner) for key, member in value.items())
    return f"{{\n{members}\n{indent}}}"


def _js_member(key: str, value: Any, indent: str) -> str:
    if isinstance(value, Code) and value.whole:
        return value.text
    return f"{_js_key(key)}: {_js(value, indent)}"


def _js_key(key: str) -> str:
    if key == "__proto__":
        return "['__proto__']"  # Without brackets, this key would set the object's prototype.
    return key if IDENTIFIER.fullmatch(key) else _js_string(key)


def _js_string(text: str) -> str:
    """A single-quoted string; ``</`` and ``<!--`` are escaped, as the HTML parser acts on them in scripts."""
    escaped = text.translate(ESCAPES)
    return "'" + re.sub(r"<(?=[/!])", r"\\x3c", escaped) + "'"
