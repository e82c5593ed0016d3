"""Streams the elements of arrays in a large JSON file, by byte offsets, without parsing the rest. Pure.

A HAR of hundreds of megabytes, most of it images and scripts, needs the memory of its largest entry alone; a
truncated HAR still yields the entries before the truncation.
"""

import mmap
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

Buffer = bytes | mmap.mmap

#: A whole string, so that brackets inside it are ignored; or a bracket.
_PIECE: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[{}\[\]]', re.DOTALL)
_COLON: Final = re.compile(rb"[ \t\r\n]*+:[ \t\r\n]*+\Z")
_STEP: Final = 1 << 20


class Element(NamedTuple):
    """One object in the array ``name``: its ``number`` from 1, the byte offsets of its text."""

    name: str
    number: int
    start: int
    end: int


def elements(buffer: Buffer, names: frozenset[str]) -> Iterator[Element]:
    """Yield the objects in the arrays ``names`` of an object inside the root, such as ``log.entries``.

    Yields a last Element with the name "" where the file is truncated.
    """
    depth, number = 0, 0
    array = ""  # name of the current array, "" outside the arrays ``names``
    key = (0, 0)  # offsets of the last string at the level of the arrays' keys
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
    """Computes the line numbers of ascending byte offsets in a file."""

    def __init__(self, buffer: Buffer) -> None:
        self._buffer, self._at, self._line = buffer, 0, 1

    def line(self, offset: int) -> int:
        while self._at < offset:
            until = min(offset, self._at + _STEP)
            self._line += self._buffer[self._at : until].count(b"\n")
            self._at = until
        return self._line
