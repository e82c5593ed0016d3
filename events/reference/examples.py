"""Complete, correct calls, made from the reference's own example values. Pure."""

import re
from copy import deepcopy
from typing import Any

from events.reference.types import Parameter, Reference, Schema

#: What JavaScript lets stand as a key without quotes (the ASCII part of it).
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


def example_params(reference: Reference, event_name: str, required_only: bool = False) -> dict[str, Any]:
    """The parameters of a valid event of that name, or only those that it must have; the caller's to change.

    What the client adds by itself and what the edition has no row for is left out.
    Raises KeyError for an event that the reference does not know.
    """
    return _example_object(reference, reference.events[event_name], required_only=required_only)


def as_call(event_name: str, params: dict[str, Any]) -> str:
    """The JavaScript that fires the event, ready to paste, also into an HTML script element.

    ``params`` is anything that JSON can carry.
    """
    return f"cact('trigger', {_js_string(event_name)}, {_js(params, '')});"


def _example_object(reference: Reference, schema: Schema, *, required_only: bool) -> dict[str, Any]:
    wanted = (row for row in schema.parameters if _is_shown(row) and (row.is_required or not required_only))
    values = ((row.name, _example_value(reference, row, required_only=required_only)) for row in wanted)
    return {name: value for name, value in values if value is not None}


def _is_shown(row: Parameter) -> bool:
    """Whether an implementer passes the parameter in a good call.

    Hashes are for those who lack the plain value; consent is automatic and yet required, because
    only one consent manager fills it.
    """
    return row.listed and row.format not in ("md5", "sha256") and (row.is_required or not row.automatic)


def _example_value(reference: Reference, row: Parameter, *, required_only: bool) -> Any:
    """The row's example, or one built from its schema; None where there is neither."""
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
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case float() if value.is_integer():
            return str(int(value))  # As JavaScript itself writes 16.0.
        case _:
            return repr(value)


def _js_object(value: dict[str, Any], indent: str) -> str:
    if not value:
        return "{}"
    inner = indent + "  "
    members = ",\n".join(f"{inner}{_js_key(key)}: {_js(member, inner)}" for key, member in value.items())
    return f"{{\n{members}\n{indent}}}"


def _js_key(key: str) -> str:
    if key == "__proto__":
        return "['__proto__']"  # Plain or quoted, this one key would set the object's prototype.
    return key if IDENTIFIER.fullmatch(key) else _js_string(key)


def _js_string(text: str) -> str:
    """Single-quoted. Inside a script element the HTML parser would act on ``</`` and ``<!--``: broken up."""
    escaped = text.translate(ESCAPES)
    return "'" + re.sub(r"<(?=[/!])", r"\\x3c", escaped) + "'"
