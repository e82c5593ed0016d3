"""Called versus sent: each parameter as the page passed it, beside what the vendor's client sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from events.judging.unread import Marked
from events.verdict.findings import shorten
from events.verdict.pointer import child, dotted
from events.verdict.unknown import MORE, covers

State = Literal["same", "added", "permanent", "changed", "dropped", "unread", "unknown"]
_MOST_LINES: Final = 1_000  # a hostile event holds thousands; the Payload tab shows all
_ABSENT: Final = object()
#: Objects that the client adds to each event: one line each, since their keys are not compared.
_WRAPPING: Final = frozenset({"/context", "/device", "/page", "/integrations"})


@dataclass(frozen=True, slots=True)
class ComparedParameter:
    """One parameter on both sides, as JSON text, "" where absent; ``state``: what the client did to it."""

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
    """The parameters of both sides, and their ``counts`` by state; ``cut`` where some were left out."""

    lines: list[ComparedParameter]
    counts: dict[State, int]
    cut: bool


def compare(
    called: Any,
    sent: Any,
    permanent: list[str],
    marks: Marked | None = None,
    untold: Sequence[str] = (),
) -> Comparison:
    """Compare ``called`` and ``sent``; ``permanent`` are the paths that the page set by ``setProperty``.

    ``marks`` are the paths of values in ``called`` that the script could not read, ``untold`` those of values
    that pasted code does not tell: they are not compared.
    """
    before, after = dict(_leaves(called, "")), dict(_leaves(sent, ""))
    unread = {path for path in marks or () if path in before}
    unknown = _Unknown(untold)
    for path in (unread | unknown.paths & before.keys()) & _holders(after):
        del before[path]  # the lines of the values inside, as they were sent, stand for it
    paths = [*before, *(path for path in after if path not in before)]
    lines = [
        _untold_line(path, after, "unread")
        if covers(unread, path)
        else _untold_line(path, after, "unknown")
        if unknown.holds(path, before)
        else _line(path, before, after, permanent)
        for path in paths[:_MOST_LINES]
    ]
    lines.sort(key=lambda line: line.state == "same")  # differences first
    counts: dict[State, int] = {}
    for line in lines:
        counts[line.state] = counts.get(line.state, 0) + 1
    return Comparison(lines, counts, len(paths) > _MOST_LINES)


def _line(
    path: str, before: dict[str, Any], after: dict[str, Any], permanent: list[str]
) -> ComparedParameter:
    called, sent = before.get(path, _ABSENT), after.get(path, _ABSENT)
    return ComparedParameter(path, _short(called), _short(sent), _state(path, called, sent, permanent))


def _holders(leaves: dict[str, Any]) -> set[str]:
    """The JSON Pointers of all objects and arrays around ``leaves``."""
    found: set[str] = set()
    for path in leaves:
        holder = path.rpartition("/")[0] if path else None
        while holder is not None and holder not in found:
            found.add(holder)
            holder = holder.rpartition("/")[0] if holder else None
    return found


class _Unknown:
    """The unknown values of a call: ``paths``, and the objects and arrays that may hold more."""

    def __init__(self, untold: Sequence[str]) -> None:
        self.paths = {path for path in untold if not path.endswith(f"/{MORE}")}
        self._open = {path.removesuffix(f"/{MORE}") for path in untold} - self.paths

    def holds(self, path: str, before: dict[str, Any]) -> bool:
        """Whether the call's value at ``path`` is unknown."""
        return covers(self.paths, path) or (path not in before and covers(self._open, path))


def _untold_line(path: str, after: dict[str, Any], state: State) -> ComparedParameter:
    return ComparedParameter(path, "", _short(after.get(path, _ABSENT)), state)


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
    """Each scalar, empty object and empty array, with its JSON Pointer."""
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
