"""Finds the scripts in a page's markup, and calls outside of them. Pure."""

import re
from bisect import bisect_right
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
#: A tag with a handler that calls, in markup without scripts.
_HANDLER: Final = re.compile(r"""<[A-Za-z][\w-]{0,40}\s[^<>]{0,2000}?=\s{0,9}["'{][^<>"']{0,200}\bcact\b""")
_DATA: Final = re.compile(
    r"""(?<![\w-])type\s*+=\s*+["']?[^"'\s]{0,60}?(?:json|template|importmap|rules)""", re.IGNORECASE
)
_CALL: Final = re.compile(r"\bcact\s*+(?:\?\.\s*+)?+(?:\(|\.\s*+(?:call|apply)\b)")
#: Code of JSX: a script on its own line in it is an element of the page that it makes.
_JSX: Final = re.compile(
    r"\breturn\s*+\(\s*+<|=>\s*+\(?\s*+<[A-Za-z>]|\bdangerouslySetInnerHTML\b|\bimport\s[^\n]{0,200}\bfrom\s+['\"]"
)


class ScriptRange(NamedTuple):
    """Start and end offset of a script's code."""

    start: int
    end: int


class Scripts(NamedTuple):
    """The ranges of code in a page's scripts, the offsets of calls outside of them, and ranges of data."""

    code: list[ScriptRange]
    outside: list[int]
    data: list[ScriptRange]

    def is_data(self, offset: int) -> bool:
        """Whether the offset stands in a script element that holds data, or in a comment."""
        index = bisect_right(self.data, (offset, offset)) - 1
        return index >= 0 and offset < self.data[index].end


def scripts_of(text: str) -> Scripts | None:
    """The scripts in ``text`` if it is markup with scripts or handlers; else None."""
    if not _is_markup(text):
        return None
    found = Scripts([], [], [])
    at = 0
    for match in _PIECE.finditer(text):
        if match["attributes"] is not None and _DATA.search(match["attributes"]):
            found.data.append(ScriptRange(*match.span()))  # data, no code: a call in it counts as outside
            continue
        found.outside.extend(call.start() for call in _CALL.finditer(text, at, match.start()))
        at = match.end()
        if match["code"]:
            found.code.append(ScriptRange(*match.span("code")))
    found.outside.extend(call.start() for call in _CALL.finditer(text, at))
    return found


def _is_markup(text: str) -> bool:
    """Whether the text is markup and not code that holds some.

    It is where it begins with a tag and has a script or a handler, or has a script on its own line, outside
    templates and not in JSX.
    """
    if text.lstrip().startswith("<"):
        return bool(_SCRIPT.search(text) or _HANDLER.search(text))
    script = _OWN_LINE.search(text)
    return (
        script is not None and "`" not in text[: script.start()] and not _JSX.search(text, 0, script.start())
    )
