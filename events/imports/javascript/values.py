"""The values that an evaluation of code yields: JSON values, and what only the page knows. Pure."""

from enum import Enum
from typing import Any, Final, NamedTuple

import orjson

from events.verdict.pointer import child
from events.verdict.unknown import MORE


class Absent(Enum):
    """Stands for a value that JSON leaves out, or that only the running page knows."""

    UNDEFINED = "undefined"
    UNKNOWN = "unknown"

    def __deepcopy__(self, _memo: Any) -> "Absent":
        return self


class KnownInPart(str):
    """A text of which only the page knows a part: the text as the code has it."""

    __slots__ = ()


class More(Enum):
    """The last element of an array that may hold more elements than are known."""

    ELEMENT = "…"

    def __deepcopy__(self, _memo: Any) -> "More":
        return self


class Written(NamedTuple):
    """The text that ``JSON.stringify`` makes of ``value``."""

    value: Any


#: The key of an object that may hold more properties than are known.
MORE_KEY: Final = "\0more"
_MOST: Final = 2_000  # unknown values of one event that are named; with more, all its parameters are unknown


class Known(NamedTuple):
    """A JSON value, with null for each unknown value, and the JSON Pointers of these."""

    value: Any
    unknown: list[str]


def told(value: Any) -> Known:
    """What is known of the evaluated ``value``. Absent properties are left out; elements become null."""
    unknown: list[str] = []
    plain = _told(value, "", unknown)
    if plain is Absent.UNDEFINED:
        plain = None
    return Known(plain, [""] if len(unknown) > _MOST else unknown)


def _told(value: Any, path: str, unknown: list[str]) -> Any:
    if value is Absent.UNKNOWN:
        unknown.append(path)
        return None
    if isinstance(value, dict):
        plain: dict[str, Any] = {}
        for key, entry in value.items():
            if key == MORE_KEY:
                unknown.append(f"{path}/{MORE}")
            elif entry is not Absent.UNDEFINED:
                plain[key] = _told(entry, child(path, key), unknown)
        return plain
    if isinstance(value, list):
        elements: list[Any] = []
        for entry in value:
            if entry is More.ELEMENT:
                unknown.append(f"{path}/{MORE}")
            else:
                place = f"{path}/{len(elements)}"
                elements.append(None if entry is Absent.UNDEFINED else _told(entry, place, unknown))
        return elements
    if isinstance(value, KnownInPart):
        unknown.append(path)
        return str(value)
    return _written(value, path, unknown) if isinstance(value, Written) else value


def _written(value: Written, path: str, unknown: list[str]) -> Any:
    inside = told(value.value)
    if inside.unknown:
        unknown.append(path)
        return None
    return orjson.dumps(inside.value).decode()
