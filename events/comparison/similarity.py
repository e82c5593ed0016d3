"""What an event holds, made ready for telling how much two events are alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final

import orjson

from events.comparison.volatile import look_of
from events.verdict.pointer import child

_MOST_LEAVES: Final = 300  # of one event, for likeness alone: a hostile event holds thousands
_DEEPEST: Final = 100


@dataclass
class Content:
    """An event's name and parameters. ``digest`` is the same where only volatile values differ."""

    name: str
    params: Any

    @cached_property
    def digest(self) -> bytes:
        """A short hash of name and parameters, the same in every process."""
        steady = [self.name, _steady(self.params, 0)]
        return blake2b(
            orjson.dumps(steady, option=orjson.OPT_SORT_KEYS, default=str), digest_size=16
        ).digest()

    @cached_property
    def leaves(self) -> frozenset[tuple[str, str]]:
        """Its values with their places, at most 300 of them."""
        found: set[tuple[str, str]] = set()
        for path, value in _leaves(self.params, "", 0):
            found.add((path, look_of(value) or repr(value)))
            if len(found) == _MOST_LEAVES:
                break
        return frozenset(found)


def content_of(event: Mapping[str, Any]) -> Content:
    """The effective event: what is judged is also what is compared."""
    return Content(event["event_name"], event["effective"])


def likeness(one: Content, other: Content) -> float:
    """How much of their values two events share: 0 nothing, 1 all."""
    shared = len(one.leaves & other.leaves)
    every = len(one.leaves) + len(other.leaves) - shared
    return shared / every if every else 1.0


def values_alike(one: Any, other: Any) -> float:
    """``likeness`` of two values by themselves."""
    return likeness(Content("", one), Content("", other))


def _steady(value: Any, depth: int) -> Any:
    """``value`` with what looks volatile replaced by what it looks like."""
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {str(key): _steady(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, list):
        return [_steady(entry, depth + 1) for entry in value]
    look = look_of(value)
    if look:
        return [look]
    if isinstance(value, float) and value.is_integer():
        return int(value) if abs(value) < 2**53 else repr(value)  # 12.0 is 12 in JSON
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return repr(value)
    return value


def _leaves(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value and depth < _DEEPEST:
        for key, entry in value.items():
            yield from _leaves(entry, child(path, str(key)), depth + 1)
    elif isinstance(value, list) and value and depth < _DEEPEST:
        for entry in value:
            yield from _leaves(entry, f"{path}/*", depth + 1)
    else:
        yield path, value
