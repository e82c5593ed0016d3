"""Reads one event from a pixel's query string: ``event_name=…&user[id]=…&items[0][product][price]=9.99``.

All values arrive as strings; strings become numbers and arrays where the reference expects these (reading of
the reference, decided point 7). Pure.
"""

import re
from contextlib import suppress
from typing import Any, Final

from events.reference import Parameter, Reference
from events.wire import Incoming, Unreadable, parse, read
from events.wire.query import parameters_of

# Numbers in JavaScript's notation: 0.1 + 0.2 has 17 decimals. Whole numbers fit into 64 bits.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,15}+)(?:\.[0-9]{1,20}+)?\Z")

#: The texts of booleans, as JavaScript writes them.
_BOOLEANS: Final = {"true": True, "false": False}


def read_pixel(query: str, reference: Reference) -> Incoming:
    """The event in ``query``, typed by ``reference``. Raises Unreadable as ``read_strings``."""
    return typed(read_strings(query), reference)


def read_strings(query: str) -> Incoming:
    """The event in ``query``, every value still a string.

    Raises Unreadable for more than 1,000 fields, or keys nested too deep.
    """
    # In a list, since a pixel is one event even with a key "events".
    incoming = read([parameters_of(query)])[0]
    incoming.source = "pixel"
    return incoming


def typed(incoming: Incoming, reference: Reference) -> Incoming:
    """The same event, its strings read as numbers and arrays where ``reference`` expects these."""
    incoming.sent = typed_parameters(incoming.name, incoming.sent, reference)
    return incoming


def typed_parameters(name: Any, sent: Any, reference: Reference) -> Any:
    """The parameters of the event ``name``, their strings read as numbers and arrays by ``reference``."""
    return _typed_event(name, sent, reference) if isinstance(sent, dict) else sent


def _typed_event(name: Any, params: dict[str, Any], reference: Reference) -> dict[str, Any]:
    spec = reference.events.get(name) if isinstance(name, str) else None
    rows = {row.name: row for other in reference.events.values() for row in other.parameters}
    rows |= {row.name: row for row in spec.parameters} if spec else {}
    return {key: _typed(value, rows.get(key), reference) for key, value in params.items()}


def _typed(value: Any, row: Parameter | None, reference: Reference) -> Any:
    """``value`` converted to the row's type where the string allows it, else unchanged."""
    kind = row.type if row else None
    if kind == "number" and isinstance(value, str) and _NUMBER.match(value):
        return float(value) if "." in value else int(value)
    if kind == "integer" and isinstance(value, str) and _NUMBER.match(value):
        return float(value) if "." in value else int(value)
    if kind == "boolean" and isinstance(value, str):
        return _BOOLEANS.get(value, value)
    if kind in ("array", "string[]"):
        return _typed_list(value)
    if kind == "Item[]" and isinstance(value, list):
        return [_typed_object(entry, "Item", reference) for entry in value]
    if kind in ("User", "Product"):
        return _typed_object(value, str(kind), reference)
    return value


def _typed_list(value: Any) -> Any:
    """The list in ``1,3``, ``[1,3]`` or ``x[]=1&x[]=3``; ``x[]=`` is an empty list, an empty text is none."""
    if isinstance(value, str) and value.startswith("["):
        with suppress(Unreadable):
            return parse(value.encode())
    if isinstance(value, str) and value:
        return [part.strip() for part in value.split(",") if part.strip()]
    return [] if value == [""] else value


def _typed_object(value: Any, schema: str, reference: Reference) -> Any:
    if not isinstance(value, dict):
        return value
    rows = {row.name: row for row in reference.schemas[schema].parameters}
    return {key: _typed(entry, rows.get(key), reference) for key, entry in value.items()}
