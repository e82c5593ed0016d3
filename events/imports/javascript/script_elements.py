"""Finds the scripts in a page's markup, and calls outside of them, which are no code. Pure."""

import re
from typing import Final, NamedTuple

#: A comment, or a script element. An unclosed one extends to the end.
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


class ScriptRange(NamedTuple):
    """Start and end offset of a script's code."""

    start: int
    end: int


class Scripts(NamedTuple):
    """The ranges of code in a page's scripts, and the offsets of calls outside of them."""

    code: list[ScriptRange]
    outside: list[int]


def scripts_of(text: str) -> Scripts | None:
    """The scripts in ``text`` if it is markup with scripts; else None."""
    if not _is_markup(text):
        return None
    found = Scripts([], [])
    at = 0
    for match in _PIECE.finditer(text):
        if match["attributes"] is not None and _DATA.search(match["attributes"]):
            continue  # data, no code: a call in it counts as outside
        found.outside.extend(call.start() for call in _CALL.finditer(text, at, match.start()))
        at = match.end()
        if match["code"]:
            found.code.append(ScriptRange(*match.span("code")))
    found.outside.extend(call.start() for call in _CALL.finditer(text, at))
    return found


def _is_markup(text: str) -> bool:
    """Whether the text begins with a tag and has a script, or has one on its own line outside templates."""
    if text.lstrip().startswith("<"):
        return bool(_SCRIPT.search(text))
    script = _OWN_LINE.search(text)
    return script is not None and "`" not in text[: script.start()]
