"""Reads one event from a pixel's query string: ``event_name=…&user[id]=…&items[0][product][price]=9.99``.

All values arrive as strings; strings become numbers and arrays where the reference expects these (reading of
the reference, decided point 7). Pure.
"""

import re
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qsl

from events.reference import Parameter, Reference
from events.wire import Incoming, Unreadable, parse, read
from events.wire.routing import ROUTING_FIELDS

_MAX_FIELDS: Final = 1_000
_MAX_DEPTH: Final = 8  # items[0][product][category_1] is 4 deep
_KEY = re.compile(r"[^\[\]]++(?:\[[^\[\]]*+\])*+\Z")
# Numbers in JavaScript's notation: 0.1 + 0.2 has 17 decimals. Whole numbers fit into 64 bits.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,15}+)(?:\.[0-9]{1,20}+)?\Z")


def read_pixel(query: str, reference: Reference) -> Incoming:
    """The event in ``query``, typed by ``reference``. Raises Unreadable as ``read_strings``."""
    return typed(read_strings(query), reference)


def read_strings(query: str) -> Incoming:
    """The event in ``query``, every value still a string.

    Raises Unreadable for more than 1,000 fields, or keys nested too deep.
    """
    try:
        fields = parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise Unreadable(f"The query string has more than {_MAX_FIELDS} fields.") from None
    tree: dict[str, Any] = {}
    for key, value in fields:
        if key not in ROUTING_FIELDS:
            _put(tree, _steps(key), value)
    incoming = read([_listed(tree)])[0]  # in a list, since a pixel is one event even with a key "events"
    incoming.source = "pixel"
    return incoming


def typed(incoming: Incoming, reference: Reference) -> Incoming:
    """The same event, its strings read as numbers and arrays where ``reference`` expects these."""
    if isinstance(incoming.sent, dict):
        incoming.sent = _typed_event(incoming.name, incoming.sent, reference)
    return incoming


def _steps(key: str) -> list[str]:
    """Split ``items[0][id]`` into ["items", "0", "id"]; a malformed key stays whole. Raises Unreadable."""
    if not _KEY.match(key):
        return [key]
    steps = key.replace("]", "").split("[")
    if len(steps) > _MAX_DEPTH:
        raise Unreadable(f"The query string nests keys more than {_MAX_DEPTH} deep.")
    return steps


def _put(tree: dict[str, Any], steps: list[str], value: str) -> None:
    """Set ``value`` at the path ``steps``; an empty step appends; an earlier value at the path stays."""
    holder: Any = tree
    for index, step in enumerate(steps):
        if isinstance(holder, dict):
            leaf = index == len(steps) - 1
            name = step if step or index == 0 else _next(holder)
            holder = holder.setdefault(name, value if leaf else {})


def _next(holder: dict[str, Any]) -> str:
    """The first unused numeric key, from the number of entries on."""
    number = len(holder)
    while str(number) in holder:
        number += 1
    return str(number)


def _listed(value: Any) -> Any:
    """``value`` with each object whose keys are 0, 1, 2 … as an array."""
    if not isinstance(value, dict):
        return value
    entries = {key: _listed(entry) for key, entry in value.items()}
    indexes = [str(number) for number in range(len(entries))]
    if entries and entries.keys() == set(indexes):
        return [entries[index] for index in indexes]
    return entries


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
