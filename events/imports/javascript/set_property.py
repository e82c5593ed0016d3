"""Emulates ``cact('setProperty', path, value)``: properties that later calls inherit. Pure."""

import re
from copy import deepcopy
from typing import Any, Final

import orjson

_INDEX: Final = re.compile(r"\[(\w++)\]")
_MOST_STEPS: Final = 32
_MOST_BYTES: Final = 8_000  # of all properties as JSON: each later event holds them
_MOST_SET: Final = 500  # calls of setProperty: each copies all earlier properties


class Permanent:
    """The properties set so far. ``put`` replaces ``properties``: events hold the dict as it was."""

    def __init__(self) -> None:
        self.properties: dict[str, Any] = {}
        self._set = 0

    def put(self, path: Any, value: Any) -> bool:
        """Set ``value`` at a path such as ``user.id`` or ``items[0].id``; return False beyond the limits."""
        self._set += 1
        if not isinstance(path, str) or self._set > _MOST_SET:
            return False
        *above, last = _INDEX.sub(r".\1", path).split(".")
        if len(above) >= _MOST_STEPS:
            return False
        properties = deepcopy(self.properties)
        holder: Any = properties
        for step, following in zip(above, [*above, last][1:], strict=True):
            holder = _step(holder, step, following)
        if not _put_at(holder, last, value) or len(orjson.dumps(properties, default=str)) > _MOST_BYTES:
            return False
        self.properties = properties
        return True


def _step(holder: Any, step: str, following: str) -> Any:
    known = _at(holder, step)
    if isinstance(known, dict | list):
        return known
    made: Any = [] if following.isdecimal() else {}
    return made if _put_at(holder, step, made) else None


def _at(holder: Any, step: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(step)
    inside = isinstance(holder, list) and step.isdecimal() and len(step) < 6 and int(step) < len(holder)
    return holder[int(step)] if inside else None


def _put_at(holder: Any, step: str, value: Any) -> bool:
    if isinstance(holder, dict):
        holder[step] = value
        return True
    if not isinstance(holder, list) or not step.isdecimal() or len(step) > 4:
        return False
    holder += [None] * (int(step) + 1 - len(holder))
    holder[int(step)] = value
    return True
