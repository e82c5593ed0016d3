"""Finds the elements of the arrays in a large JSON file one by one, without building the rest of it. Pure.

So a HAR of hundreds of megabytes, most of it pictures and scripts, takes the memory of its largest request;
and one that was cut off in the middle still gives what comes before.
"""

import mmap
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

Buffer = bytes | mmap.mmap

#: A string as a whole, so that brackets inside it do not count; or a bracket.
_PIECE: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[{}\[\]]', re.DOTALL)
_COLON: Final = re.compile(rb"[ \t\r\n]*+:[ \t\r\n]*+\Z")
_STEP: Final = 1 << 20


class Element(NamedTuple):
    """One object in the array ``name``, its ``number`` there from 1, and where its text lies."""

    name: str
    number: int
    start: int
    end: int


def elements(buffer: Buffer, names: frozenset[str]) -> Iterator[Element]:
    """The objects in the arrays ``names`` of the first object inside the root, such as ``log.entries``.

    Ends with an Element named "" where the text ends too early.
    """
    depth, number = 0, 0
    array = ""  # the array in which we are
    key = (0, 0)  # where the last string at the arrays' level lies
    start = 0
    for match in _PIECE.finditer(buffer):
        first = buffer[match.start()]
        if first == 0x22:  # a quote
            if depth == 2 and not array:
                key = match.span()
        elif first in b"{[":
            depth += 1
            if depth == 3 and first == 0x5B:
                name = buffer[key[0] + 1 : min(key[1] - 1, key[0] + 40)].decode(errors="replace")
                between = buffer[key[1] : match.start()] if match.start() - key[1] < 100 else b""
                array, number = (name, 0) if name in names and _COLON.match(between) else ("", 0)
            elif depth == 4 and array:
                number, start = number + 1, match.start()
        else:
            depth -= 1
            if depth == 3 and array and first == 0x7D:
                yield Element(array, number, start, match.end())
            elif depth == 2:
                array = ""
    if depth > 0:
        yield Element("", number + 1, len(buffer), len(buffer))


class LineCounter:
    """The lines of positions in a file, asked for in ascending order."""

    def __init__(self, buffer: Buffer) -> None:
        self._buffer, self._at, self._line = buffer, 0, 1

    def line(self, position: int) -> int:
        while self._at < position:
            until = min(position, self._at + _STEP)
            self._line += self._buffer[self._at : until].count(b"\n")
            self._at = until
        return self._line
