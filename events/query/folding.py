"""Compares texts without case, in memory exactly as both databases do. Pure.

Databases differ in what they take for the same letter: SQLite's LIKE folds ASCII letters alone, PostgreSQL
what its locale says. Here a letter is folded to one letter, ASCII to ASCII and other letters to other
letters: a folded text has as many characters as before, and its ASCII part is what both databases see.
"""

import re
from functools import cache
from typing import Final

import orjson

_WILDCARDS: Final = re.compile(r"[\\%_]")
_MOST_PATTERNS: Final = 8  # each is looked for in each column


@cache
def _table() -> dict[int, int]:
    """Each letter that folds to another one."""
    folded = {code: chr(code).lower() for code in range(128, 0x20000) if chr(code).lower() != chr(code)}
    others = {code: ord(to) for code, to in folded.items() if len(to) == 1 and ord(to) >= 128}
    return others | {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


@cache
def _variants() -> dict[str, list[str]]:
    """The letters beyond ASCII that have another case, each folded one with all that fold to it."""
    found: dict[str, list[str]] = {}
    for code, to in _table().items():
        if code >= 128:
            found.setdefault(chr(to), [chr(to)]).append(chr(code))
    return found


def fold(text: str) -> str:
    """The text without the difference between capital and small letters."""
    if text.isascii():
        return text.lower()
    # Not lower(): it makes two letters of one, and of the Kelvin sign the letter k.
    return text.translate(_table())


def like_patterns(text: str) -> tuple[list[str], bool]:
    """Patterns of LIKE, with a backslash as escape character: one of them finds ``text`` in another text.

    There is one for each spelling of the letters beyond ASCII, whose case the databases do not fold. Where
    these are many, some have ``_`` for such a letter, and the second value is False: other texts are found,
    too.
    """
    patterns, exact = [""], True
    variants = {} if text.isascii() else _variants()
    for character in _WILDCARDS.sub(r"\\\g<0>", fold(text)):
        spelt = variants.get(character, [character])
        if len(patterns) * len(spelt) > _MOST_PATTERNS:
            spelt, exact = ["_"], False
        patterns = [pattern + one for pattern in patterns for one in spelt]
    return [f"%{pattern}%" for pattern in patterns], exact


def in_json(text: str) -> str:
    """``text`` as it stands inside a string of JSON, as the store writes JSON."""
    return orjson.dumps(text).decode()[1:-1]


def glob(pattern: str, text: str) -> bool:
    """True where ``pattern``, in which ``*`` stands for anything, matches the whole text. In linear time."""
    first, *others = pattern.split("*")
    if not others:
        return pattern == text
    last = others.pop()
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    place, end = len(first), len(text) - len(last)
    for part in others:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True
