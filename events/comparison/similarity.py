"""Similarity of two events: a digest for equality, a share of common values for likeness."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final

import orjson

from events.comparison.volatile import volatile_kind
from events.verdict.pointer import child

_MOST_LEAVES: Final = 300  # values of one event that likeness reads: a hostile event holds thousands
_DEEPEST: Final = 100


@dataclass
class Content:
    """An event's name and parameters. Two events that differ in volatile values alone have equal digests."""

    name: str
    params: Any

    @cached_property
    def digest(self) -> bytes:
        """A hash of name and parameters (16 bytes), equal in every process."""
        steady = [self.name, _steady(self.params, 0)]
        return blake2b(
            orjson.dumps(steady, option=orjson.OPT_SORT_KEYS, default=str), digest_size=16
        ).digest()

    @cached_property
    def leaves(self) -> frozenset[tuple[str, str]]:
        """The values with their paths (``*`` for indexes), at most 300 of them."""
        found: set[tuple[str, str]] = set()
        for path, value in _leaves(self.params, "", 0):
            found.add((path, volatile_kind(value) or repr(value)))
            if len(found) == _MOST_LEAVES:
                break
        return frozenset(found)


def content_of(event: Mapping[str, Any]) -> Content:
    """The content of an event by its effective parameters, which are the judged ones."""
    return Content(event["event_name"], event["effective"])


def likeness(one: Content, other: Content) -> float:
    """The share of equal values of two events, from 0 (none) to 1 (all)."""
    shared = len(one.leaves & other.leaves)
    every = len(one.leaves) + len(other.leaves) - shared
    return shared / every if every else 1.0


def values_alike(one: Any, other: Any) -> float:
    """The likeness of two JSON values outside any event."""
    return likeness(Content("", one), Content("", other))


def _steady(value: Any, depth: int) -> Any:
    """``value`` with each volatile value replaced by its kind, and numbers in one notation."""
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {str(key): _steady(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, list):
        return [_steady(entry, depth + 1) for entry in value]
    volatile = volatile_kind(value)
    if volatile:
        return [volatile]
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
