"""Where in a page's markup its scripts are: the rest of it is no code, whatever its text looks like. Pure."""

import re
from typing import Final, NamedTuple

#: A comment, or a script from its tag's beginning to its end. What is not closed goes to the end.
_PIECE: Final = re.compile(
    r"""<!--(?:[^-]++|-(?!->))*+(?:-->|\Z)
    |<script\b(?P<attributes>(?:[^>"']++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+)(?:>|\Z)
    (?P<code>(?:[^<]++|<(?!/script))*+)""",
    re.IGNORECASE | re.VERBOSE,
)
_SCRIPT: Final = re.compile(r"<script\b", re.IGNORECASE)
_OWN_LINE: Final = re.compile(r"(?:\A|\n)[^\S\n]*+<script\b", re.IGNORECASE)
_DATA: Final = re.compile(
    r"""(?<![\w-])type\s*+=\s*+["']?[^"'\s]{0,60}?(?:json|template|importmap|rules)""", re.IGNORECASE
)
_CALL: Final = re.compile(r"\bcact\s*+\(")


class Span(NamedTuple):
    """A piece of a text."""

    start: int
    end: int


class Scripts(NamedTuple):
    """The code in a page's scripts, and where calls stand outside of them."""

    code: list[Span]
    outside: list[int]


def scripts_of(text: str) -> Scripts | None:
    """The scripts in ``text`` where it looks like markup that has some; else None."""
    if not _is_markup(text):
        return None
    found = Scripts([], [])
    at = 0
    for match in _PIECE.finditer(text):
        if match["attributes"] is not None and _DATA.search(match["attributes"]):
            continue  # it is no code, so what looks like a call in it stands outside
        found.outside.extend(call.start() for call in _CALL.finditer(text, at, match.start()))
        at = match.end()
        if match["code"]:
            found.code.append(Span(*match.span("code")))
    found.outside.extend(call.start() for call in _CALL.finditer(text, at))
    return found


def _is_markup(text: str) -> bool:
    """Whether it begins as markup and has a script, or has one on a line of its own, in no template."""
    if text.lstrip().startswith("<"):
        return bool(_SCRIPT.search(text))
    script = _OWN_LINE.search(text)
    return script is not None and "`" not in text[: script.start()]
