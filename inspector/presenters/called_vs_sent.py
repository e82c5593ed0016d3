"""What was called beside what was really sent, parameter by parameter."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from events.verdict.findings import shorten
from events.verdict.pointer import child, dotted

State = Literal["same", "added", "permanent", "changed", "dropped"]
_MOST_LINES: Final = 1_000  # a hostile event holds thousands; the payloads have them all
_ABSENT: Final = object()
#: What the client wraps around an event: one line each, since nobody compares them key by key.
_WRAPPING: Final = frozenset({"/context", "/device", "/page", "/integrations"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One parameter on both sides as short JSON text, "" where it was not; ``state``: what the client did."""

    path: str
    called: str
    sent: str
    state: State

    @property
    def name(self) -> str:
        """The path as people write it."""
        return dotted(self.path)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All parameters of both sides; ``counts`` by state; ``cut``: there are more than fit."""

    lines: list[Difference]
    counts: dict[State, int]
    cut: bool


def compare(called: Any, sent: Any, permanent: list[str]) -> Comparison:
    """``called`` beside ``sent``; ``permanent`` are the paths that the page had set with ``setProperty``."""
    before, after = dict(_leaves(called, "")), dict(_leaves(sent, ""))
    paths = [*before, *(path for path in after if path not in before)]
    lines = [_line(path, before, after, permanent) for path in paths[:_MOST_LINES]]
    lines.sort(key=lambda line: line.state == "same")  # what differs comes first
    counts: dict[State, int] = {}
    for line in lines:
        counts[line.state] = counts.get(line.state, 0) + 1
    return Comparison(lines, counts, len(paths) > _MOST_LINES)


def _line(path: str, before: dict[str, Any], after: dict[str, Any], permanent: list[str]) -> Difference:
    called, sent = before.get(path, _ABSENT), after.get(path, _ABSENT)
    return Difference(path, _short(called), _short(sent), _state(path, called, sent, permanent))


def _state(path: str, called: Any, sent: Any, permanent: list[str]) -> State:
    if sent is _ABSENT:
        return "dropped"
    if called is _ABSENT:
        set_before = any(path == one or path.startswith(f"{one}/") for one in permanent)
        return "permanent" if set_before else "added"
    # True == 1 in Python, but not on the wire.
    same = called == sent and isinstance(called, bool) == isinstance(sent, bool)
    return "same" if same else "changed"


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every value that is no object or array, and every empty one of these, with its JSON Pointer."""
    if path in _WRAPPING:
        yield path, value
    elif isinstance(value, dict) and value:
        for key, entry in value.items():
            yield from _leaves(entry, child(path, key))
    elif isinstance(value, list) and value:
        for index, entry in enumerate(value):
            yield from _leaves(entry, f"{path}/{index}")
    elif path or value not in ({}, None):
        yield path, value


def _short(value: Any) -> str:
    return "" if value is _ABSENT else shorten(value)
