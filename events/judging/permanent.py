"""Merges permanent properties (``cact('setProperty', …)``) under an event, as far as they were sent. Pure.

Without the client's request, the merge is simulated: objects merge, and any other value of the event takes
precedence over the permanent one as a whole. A request that was seen takes precedence over the simulation: a
permanent property that the request lacks is absent from the effective event.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from events.judging.unread import UNSEEN, inside, is_mark
from events.verdict.pointer import ABSENT, child

_DEEPEST: Final = 64  # levels to which permanent properties are merged; pages nest far fewer


@dataclass(slots=True)
class PermanentMerge:
    """The merge into one event. ``request`` holds the parameters that were sent, UNSEEN without a request.

    ``filled`` are the JSON Pointers of the permanent properties that count, ``unsent`` of those that do not,
    because the request lacks them. Where ``marked``, values may be marks of ``events.judging.unread``, which
    stay.
    """

    request: Any = UNSEEN
    marked: bool = False
    filled: list[str] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)

    def merge(self, params: dict[str, Any], permanent: dict[str, Any]) -> None:
        """Merge ``permanent`` into ``params``, in place; objects inside ``params`` are copied first."""
        self._merge(params, permanent, self.request, "", _DEEPEST)

    def _merge(
        self, params: dict[str, Any], permanent: dict[str, Any], request: Any, path: str, depth: int
    ) -> None:
        for key, value in permanent.items():
            place, sent = child(path, key), _inside(request, key)
            if key not in params:
                counted = value if sent is UNSEEN else self._as_sent(value, sent, place, depth)
                if counted is not ABSENT:
                    params[key] = counted
                    self.filled.append(place)
            elif depth and isinstance(value, dict) and isinstance(params[key], dict):
                params[key] = dict(params[key])
                self._merge(params[key], value, sent, place, depth - 1)

    def _as_sent(self, value: Any, sent: Any, path: str, depth: int) -> Any:
        """The part of the permanent ``value`` that was sent; ABSENT where the request lacks all of it."""
        if sent is None and value is not None:
            self.unsent.append(path)
            return ABSENT
        if depth and isinstance(value, dict) and isinstance(sent, dict):
            parts = {
                key: self._as_sent(entry, sent.get(key), child(path, key), depth - 1)
                for key, entry in value.items()
            }
            return {key: part for key, part in parts.items() if part is not ABSENT}
        if depth and isinstance(value, list) and isinstance(sent, list):
            elements = [
                self._as_sent(entry, sent[index] if index < len(sent) else None, f"{path}/{index}", depth - 1)
                for index, entry in enumerate(value)
            ]
            return [None if part is ABSENT else part for part in elements[: len(sent)]]
        return value if self._stays(value, sent) else sent

    def _stays(self, value: Any, sent: Any) -> bool:
        """Whether the plain ``value`` counts as it was set, although the request has another one."""
        if isinstance(value, dict | list):
            return False
        if self.marked and is_mark(value):
            return True  # ``unread.resolve`` takes it from the request
        # The client fills some empty values by itself (decided point 2), and a pixel holds texts alone.
        return value in ("", None) or str(value) == str(sent)


def _inside(request: Any, key: str) -> Any:
    """What the request has under ``key``: UNSEEN without a request, None where it lacks the property."""
    value = inside(request, key)
    return None if value is ABSENT else value
