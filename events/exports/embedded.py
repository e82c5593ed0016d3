r"""Embeds a recording's NDJSON in an HTML file, and reads embedded NDJSON from one. Pure.

Script elements of a type that browsers do not run contain the lines, each on a line of its own. There are
several elements, since browsers limit the size of a text. ``<`` is written ``\u003c``, which means the same
in JSON, so that no value can end the element.
"""

from collections.abc import Iterable, Iterator
from typing import Final

_OPENING: Final = b'<script type="application/x-ndjson"'
_CLOSING: Final = b"</script>"


def embed(lines: bytes, *, first: bool) -> bytes:
    """A script element that contains ``lines``, complete lines of NDJSON; the first has an id."""
    opening = _OPENING + (b' id="recording">' if first else b">")
    return opening + b"\n" + lines.replace(b"<", b"\\u003c") + _CLOSING + b"\n"


def embedded_lines(file: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines of NDJSON in an HTML file, each with its line number in ``file``, an iterable of lines."""
    inside = False
    for number, line in enumerate(file, 1):
        if inside and line.startswith(_CLOSING):
            inside = False
        elif inside:
            yield number, line.rstrip(b"\r\n")
        elif line.startswith(_OPENING):
            inside = True
