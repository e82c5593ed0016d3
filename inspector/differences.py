"""What became of the parameters between the page's call and the wire."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from events.verdict.findings import shorten
from events.verdict.pointer import child

Change = Literal["same", "added", "changed", "dropped"]
_MOST = 1_000  # lines; the payload tree has them all


class Difference(NamedTuple):
    """One value: where it stands, as it was called, as it was sent; "" where there is none."""

    path: str
    change: Change
    called: str
    sent: str


def differences(called: Any, sent: Any) -> list[Difference]:
    """Every plain value of the two payloads, those of the call first, each once."""
    before, after = dict(_leaves(called, "")), dict(_leaves(sent, ""))
    paths = list(before) + [path for path in after if path not in before]
    return [_difference(path, before, after) for path in paths[:_MOST]]


def _difference(path: str, before: dict[str, Any], after: dict[str, Any]) -> Difference:
    called = shorten(before[path]) if path in before else ""
    sent = shorten(after[path]) if path in after else ""
    if path not in before:
        return Difference(path, "added", called, sent)
    if path not in after:
        return Difference(path, "dropped", called, sent)
    same = type(before[path]) is type(after[path]) and before[path] == after[path]
    return Difference(path, "same" if same else "changed", called, sent)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Each plain value with its pointer; an empty object or array counts as one."""
    if isinstance(value, dict) and value:
        for name, entry in value.items():
            yield from _leaves(entry, child(path, name))
    elif isinstance(value, list) and value:
        for index, entry in enumerate(value):
            yield from _leaves(entry, f"{path}/{index}")
    else:
        yield path, value
