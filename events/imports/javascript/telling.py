"""Gives events plain values, and names the paths of what only the page knows. Pure."""

from typing import Any

from events.imports.javascript.values import Absent, KnownInPart, Written, told
from events.verdict.pointer import tokens_of
from events.verdict.unknown import NAME
from events.wire import Incoming


class Telling:
    """Puts null in place of what is unknown in events; remembers the properties that were set last."""

    def __init__(self) -> None:
        self._permanent: tuple[Any, dict[str, Any], list[str]] = (None, {}, [])

    def tell(self, event: Incoming) -> None:
        """Put plain values into ``event``, in place."""
        unknown: list[str] = []
        name = event.name
        if isinstance(name, KnownInPart) or name is Absent.UNKNOWN:
            event.name = str(name) if isinstance(name, KnownInPart) else None
            unknown.append(NAME)
        event.called = _plain(event.called, unknown)
        event.sent = _plain(event.sent, unknown)
        if event.permanent:
            source, plain, paths = self._permanent
            if source is not event.permanent:
                known = told(event.permanent)
                source, plain, paths = event.permanent, known.value, known.unknown
                self._permanent = source, plain, paths
            event.permanent = plain
            unknown += [path for path in paths if not _is_passed(event.called, path)]
        event.unknown = unknown


def _plain(value: Any, unknown: list[str]) -> Any:
    if value is None:
        return None
    if value is Absent.UNKNOWN:
        unknown.append("")
        return {}
    known = told(value)
    unknown += known.unknown
    return known.value


def plain_text(value: Any) -> Any:
    """The value; a text that ``JSON.stringify`` made is a text."""
    if not isinstance(value, Written):
        return value
    known = told(value)
    return Absent.UNKNOWN if known.unknown else known.value


def _is_passed(called: Any, path: str) -> bool:
    """Whether the call itself has a value at ``path``, or a plain one around it: then it takes precedence."""
    for token in tokens_of(path):
        if not isinstance(called, dict):
            return True
        if token not in called:
            return False
        called = called[token]
    return True
