"""Parses a pixel's query string to nested parameters: ``items[0][product][price]=9.99``. Pure.

All values stay strings: only the reference tells which of them are numbers (see ``events.wire.pixel``).
"""

import re
from typing import Any, Final
from urllib.parse import parse_qsl

from events.wire.routing import ROUTING_FIELDS
from events.wire.types import Unreadable

_MAX_FIELDS: Final = 1_000
_MAX_DEPTH: Final = 8  # items[0][product][category_1] is 4 deep
_KEY = re.compile(r"[^\[\]]++(?:\[[^\[\]]*+\])*+\Z")


def parameters_of(query: str) -> Any:
    """The fields of ``query`` as nested objects and arrays, with the fields of the event's envelope.

    An object, or an array where all keys are 0, 1, 2 …. Raises Unreadable for more than 1,000 fields, or keys
    nested too deep.
    """
    try:
        fields = parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise Unreadable(f"The query string has more than {_MAX_FIELDS} fields.") from None
    tree: dict[str, Any] = {}
    for key, value in fields:
        if key not in ROUTING_FIELDS:
            _put(tree, _steps(key), value)
    return _listed(tree)


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
