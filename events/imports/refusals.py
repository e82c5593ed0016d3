"""What of a file was not read: each with its line and a reason, not too many of them. Pure."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

_MOST_KEPT: Final = 1_000  # more than anybody reads; beyond it they are only counted


class Unimportable(ValueError):
    """Nothing of this file can be read. The message says why, for people."""


class Refused(NamedTuple):
    """Something that was not read, in which line it stands, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Refusals:
    """All of them counted, the first thousand kept."""

    kept: list[Refused] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, reason: str) -> None:
        self.count += 1
        if len(self.kept) < _MOST_KEPT:
            self.kept.append(Refused(line, reason))
