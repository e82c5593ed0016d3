"""A text as it reads once its escapes are undone, with where each character came from. Pure.

Values travel percent-encoded, doubly so inside another address, as HTML entities, as JSON escapes, in any
mix. What is found in a decoded view maps back to the stretch of the original that carries it.
"""

import html
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_DEEPEST: Final = 6  # times that something may be encoded; each costs a pass
_ESCAPE = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+"
    r"|&#[0-9]{1,7};?|&#[xX][0-9A-Fa-f]{1,6};?|&[A-Za-z][A-Za-z0-9]{1,31};"
    r"|\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"
    r"|[\\%]u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[\"'\\/bfnrt]"
)
_SHORT: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class View(NamedTuple):
    """``text``, each of whose characters comes from ``original[starts[i]:ends[i]]``."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def views(text: str) -> Iterator[View]:
    """The text as it is, then decoded once, twice and so on, as long as something is encoded in it.

    Where there is a plus, also as forms are written: it stands for a space, and ``%2B`` for a plus.
    """
    yield from _chain(text, pluses=False)
    if "+" in text or "%2" in text:
        yield from _chain(text, pluses=True)


def plain(text: str) -> str:
    """The text fully decoded."""
    last = text
    for view in _chain(text, pluses=False):
        last = view.text
    return last


def _chain(text: str, *, pluses: bool) -> Iterator[View]:
    view: View | None = View(text, range(len(text)), range(1, len(text) + 1))
    for _ in range(_DEEPEST):
        if view is None:
            return
        yield view
        if pluses and "+" in view.text:
            view = view._replace(text=view.text.replace("+", " "))
            yield view
        view = _decoded(view)


def _decoded(view: View) -> View | None:
    found = list(_ESCAPE.finditer(view.text))
    if not found:
        return None
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in found:
        start, end = match.span()
        letters.append(view.text[done:start])
        starts += view.starts[done:start]
        ends += view.ends[done:start]
        for letter, first, last in _letters(match[0]):
            letters.append(letter)
            starts.append(view.starts[start + first])
            ends.append(view.ends[start + last - 1])
        done = end
    letters.append(view.text[done:])
    starts += view.starts[done:]
    ends += view.ends[done:]
    decoded = "".join(letters)
    return None if decoded == view.text else View(decoded, starts, ends)


def _letters(escape: str) -> Iterator[tuple[str, int, int]]:
    """The characters that an escape stands for, each with its stretch of the escape."""
    if escape[0] == "%" and escape[1] not in "uU":
        yield from _percent(escape)
        return
    for place, letter in enumerate(_other(escape)):
        yield letter, 0 if place == 0 else len(escape) - 1, len(escape)


def _percent(run: str) -> Iterator[tuple[str, int, int]]:
    """UTF-8 where it is, and byte for byte where it is not."""
    at = 0
    for letter in bytes.fromhex(run.replace("%", "")).decode(errors="surrogateescape"):
        size = len(letter.encode(errors="surrogateescape"))
        byte = ord(letter) - 0xDC00  # of one that is no UTF-8
        yield chr(byte) if 0x80 <= byte <= 0xFF else letter, at, at + 3 * size
        at += 3 * size


def _other(escape: str) -> str:
    if escape[0] == "&":
        return html.unescape(escape)
    code = escape[1:]
    if len(code) == 11:  # a surrogate pair
        return bytes.fromhex(code[1:5] + code[7:]).decode("utf-16-be")
    if code[0] in "ux" and len(code) > 1:
        return chr(int(code[1:], 16))
    return _SHORT.get(code, code)
