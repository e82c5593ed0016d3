"""Refusals of an import: a line number and a reason for each part of a file that was not read. Pure."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

_MOST_LISTED: Final = 1_000  # later refusals are counted, but not listed


class Unimportable(ValueError):
    """The whole file cannot be imported; the message is for the user: cause, then remedy."""


class Refused(NamedTuple):
    """One part of a file that was not read: its line, from 1, and the reason."""

    line: int
    reason: str


@dataclass(slots=True)
class Refusals:
    """All refusals of a file: ``count`` counts them, ``listed`` holds the first thousand."""

    listed: list[Refused] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, reason: str) -> None:
        self.count += 1
        if len(self.listed) < _MOST_LISTED:
            self.listed.append(Refused(line, reason))
