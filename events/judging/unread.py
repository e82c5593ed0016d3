"""Handles values that the page-side script could not read without effect. Pure.

An accessor property (a getter), or an object with a ``toJSON`` method, runs code of the page when it is read.
The script stores a mark in place of such a value (``events.wire.NOT_READ``). Where the client's own request
was seen, the value is taken from it, at the same path. Elsewhere the value is unknown
(``events.verdict.unknown``).
"""

from typing import Any, Final

from events.verdict.pointer import ABSENT, child
from events.wire import NOT_READ

_BEGINNING: Final = "[not read"
_DEEPEST: Final = 64  # levels in which marks are searched; the limit of an event's nesting

#: The request in which values are looked up where no request was seen; unlike ABSENT inside one that was.
UNSEEN: Final = object()
#: JSON Pointer of each mark -> True where its value was taken from the request, False where it is unknown.
Marked = dict[str, bool]


def may_hold_marks(source: str, *texts: str) -> bool:
    """Whether an event from ``source`` may hold marks; ``texts`` are its parameters as JSON.

    Only the page-side script writes marks: in an event that came in another way they are plain strings.
    """
    return source == "page" and any(_BEGINNING in text for text in texts)


def is_mark(value: Any) -> bool:
    """Whether ``value`` is a mark."""
    return isinstance(value, str) and value in NOT_READ


def resolve(value: Any, request: Any, found: Marked, path: str = "", depth: int = _DEEPEST) -> Any:
    """A copy of ``value`` with each mark replaced by the value at the same path of ``request``.

    Where ``request`` has none, the property is left out; a mark in a list becomes None. Where it is UNSEEN,
    marks stay. Adds each mark to ``found``.
    """
    if is_mark(value):
        found[path] = request is not UNSEEN
        return value if request is UNSEEN else request
    if not depth:
        return value
    if isinstance(value, dict):
        entries = {
            key: resolve(entry, inside(request, key), found, child(path, key), depth - 1)
            for key, entry in value.items()
        }
        return {key: entry for key, entry in entries.items() if entry is not ABSENT}
    if isinstance(value, list):
        elements = [
            resolve(entry, inside(request, index), found, f"{path}/{index}", depth - 1)
            for index, entry in enumerate(value)
        ]
        return [None if element is ABSENT else element for element in elements]
    return value


def inside(request: Any, key: str | int) -> Any:
    """The value of ``key`` in the request; UNSEEN and ABSENT stay what they are."""
    if request is UNSEEN:
        return UNSEEN
    if isinstance(request, dict):
        return request.get(key, ABSENT)
    if isinstance(request, list) and isinstance(key, int) and key < len(request):
        return request[key]
    return ABSENT
