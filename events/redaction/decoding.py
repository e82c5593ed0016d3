"""Decodes nested escapes of a text, with a map back to the offsets of the original text. Pure.

Values are percent-encoded (twice inside the query of another URL), HTML entities, JSON escapes, or any mix of
these. A match in a decoded view maps back to the range of the original text that holds it.
"""

import html
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_DEEPEST: Final = 6  # levels of encoding that are decoded; each costs a pass over the text
_ESCAPE = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+"
    r"|&#[0-9]{1,7};?|&#[xX][0-9A-Fa-f]{1,6};?|&[A-Za-z][A-Za-z0-9]{1,31};"
    r"|\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"
    r"|[\\%]u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[\"'\\/bfnrt]"
)
_SHORT: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class View(NamedTuple):
    """A decoded text: the character ``text[i]`` comes from ``original[starts[i]:ends[i]]``."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def views(text: str) -> Iterator[View]:
    """Yield the text undecoded, then decoded once, twice and so on, until it holds no more escapes.

    A text with a plus sign is decoded a second time as form data: ``+`` is a space, ``%2B`` is a plus sign.
    """
    yield from _chain(text, pluses=False)
    if "+" in text or "%2" in text:
        yield from _chain(text, pluses=True)


def plain(text: str) -> str:
    """Decode ``text`` until it holds no more escapes."""
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
    """Yield each character that an escape encodes, with the start and end of its code in the escape."""
    if escape[0] == "%" and escape[1] not in "uU":
        yield from _percent(escape)
        return
    for index, letter in enumerate(_other(escape)):
        yield letter, 0 if index == 0 else len(escape) - 1, len(escape)


def _percent(run: str) -> Iterator[tuple[str, int, int]]:
    """Decode a run of percent escapes as UTF-8; a byte that is not UTF-8 becomes one Latin-1 character."""
    at = 0
    for letter in bytes.fromhex(run.replace("%", "")).decode(errors="surrogateescape"):
        size = len(letter.encode(errors="surrogateescape"))
        byte = ord(letter) - 0xDC00  # of a surrogate: it escapes a byte that is not UTF-8
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
