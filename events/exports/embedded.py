r"""A recording's NDJSON inside an HTML file, and out of it again. Pure.

It lies in one or more script elements of a type that browsers do not run, each line on a line of its own: in
several, since a browser holds a text of any size only in parts. ``<`` is written ``\u003c``, which JSON takes
for the same: nothing in it can end the element.
"""

from collections.abc import Iterable, Iterator
from typing import Final

_OPENING: Final = b'<script type="application/x-ndjson"'
_CLOSING: Final = b"</script>"


def embed(lines: bytes, *, first: bool) -> bytes:
    """An element that holds ``lines``, whole lines of NDJSON; the first one is called ``recording``."""
    opening = _OPENING + (b' id="recording">' if first else b">")
    return opening + b"\n" + lines.replace(b"<", b"\\u003c") + _CLOSING + b"\n"


def embedded_lines(file: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines of NDJSON in an HTML file, which is given line by line, each with its number in that file."""
    inside = False
    for number, line in enumerate(file, 1):
        if inside and line.startswith(_CLOSING):
            inside = False
        elif inside:
            yield number, line.rstrip(b"\r\n")
        elif line.startswith(_OPENING):
            inside = True
