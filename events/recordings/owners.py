"""Who recordings belong to: a name and a colour, no account. Pure."""

import zlib
from typing import Final, NamedTuple

#: By name, so that a style sheet decides what they look like in light and dark.
COLOURS: Final = ("blue", "teal", "green", "olive", "orange", "red", "pink", "purple")
MAX_NAME: Final = 80  # characters, as the column has


class Person(NamedTuple):
    """Somebody who records; nobody has the name ""."""

    name: str = ""
    colour: str = ""


NOBODY: Final = Person()


def person(name: str, colour: str = "") -> Person:
    """The person of this name, cleaned; without a known colour the one that the name always gets."""
    clean = one_line(name)[:MAX_NAME].strip()
    if not clean:
        return NOBODY
    return Person(clean, colour if colour in COLOURS else colour_of(clean))


def colour_of(name: str) -> str:
    """The colour of somebody who chose none: the same one each time."""
    return COLOURS[zlib.crc32(name.casefold().encode()) % len(COLOURS)]


def initials(name: str) -> str:
    """One or two letters to recognise somebody by: "Ada Lovelace" -> "AL"."""
    words = [word for word in name.split() if word[0].isalnum()] or name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def one_line(text: str) -> str:
    """The text without control characters (PostgreSQL takes no NUL) and with single spaces."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
