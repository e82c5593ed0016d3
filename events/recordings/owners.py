"""Defines the owner of a recording: a name and a colour, without an account. Pure."""

import zlib
from typing import Final, NamedTuple

#: Names of colours; the style sheet defines each for the light and the dark theme.
COLOURS: Final = ("blue", "teal", "green", "olive", "orange", "red", "pink", "purple")
MAX_NAME: Final = 80  # characters, as the column has


class Person(NamedTuple):
    """The owner of recordings; an owner without a name is ``NOBODY``."""

    name: str = ""
    colour: str = ""


NOBODY: Final = Person()


def person(name: str, colour: str = "") -> Person:
    """The person of this name, cleaned; without a known colour the person gets ``colour_of`` the name."""
    clean = one_line(name)[:MAX_NAME].strip()
    if not clean:
        return NOBODY
    return Person(clean, colour if colour in COLOURS else colour_of(clean))


def colour_of(name: str) -> str:
    """The default colour for a name, always the same for the same name."""
    return COLOURS[zlib.crc32(name.casefold().encode()) % len(COLOURS)]


def initials(name: str) -> str:
    """The initials of a name, one or two letters: "Ada Lovelace" -> "AL"."""
    words = [word for word in name.split() if word[0].isalnum()] or name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def one_line(text: str) -> str:
    """The text without control characters (PostgreSQL stores no NUL) and with single spaces."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
