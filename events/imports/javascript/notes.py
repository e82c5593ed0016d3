"""Positions in a text, and notes on what was not read there. Pure."""

import re
from bisect import bisect_right
from typing import Final, NamedTuple

MOST_NOTES: Final = 1_000
_LINE_END: Final = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_SHOWN: Final = 60  # characters of the text that a note quotes


class Position(NamedTuple):
    """Line and column in a text, both counted from 1."""

    line: int
    column: int


class Note(NamedTuple):
    """A part of a text that was not read: its position and the reason."""

    position: Position
    reason: str


class Lines:
    """Converts offsets in a text into positions."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def position(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)


class Notes:
    """Collects notes about a text; ``unread`` counts them, ``listed`` has the first thousand."""

    def __init__(self, text: str) -> None:
        self.lines = Lines(text)
        self.found: list[tuple[int, str]] = []
        self.unread = 0

    def add(self, offset: int, reason: str) -> None:
        """Add a note about the text at ``offset``."""
        self.unread += 1
        if len(self.found) < MOST_NOTES:
            self.found.append((offset, reason))

    def mark(self) -> tuple[int, int]:
        """The present state, to which ``reset`` returns."""
        return len(self.found), self.unread

    def reset(self, mark: tuple[int, int]) -> None:
        """Take back the notes that were made after ``mark``."""
        del self.found[mark[0] :]
        self.unread = mark[1]

    @property
    def listed(self) -> list[Note]:
        """The notes in the order of the text."""
        return [Note(self.lines.position(offset), reason) for offset, reason in sorted(self.found)]


def short(code: str) -> str:
    """The code on one line, shortened to 60 characters."""
    line = " ".join(code[: _SHOWN * 4].split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
