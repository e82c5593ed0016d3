"""Finds where an object or array ends in code, to read payloads one after the other. Pure."""

import re
from typing import Final

#: Blanks, comments, commas and semicolons before a payload.
BETWEEN: Final = re.compile(
    r"(?:[\s\ufeff,;]++|//[^\n\r]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)|<!--[^\n\r]*+)*+"
)
_PIECE: Final = re.compile(
    r"""//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)|"(?:[^"\\\n]++|\\.)*+"?+|'(?:[^'\\\n]++|\\.)*+'?+
    |`(?:[^`\\]++|\\.)*+`?+|[()\[\]{}]""",
    re.DOTALL | re.VERBOSE,
)


def document_end(text: str, start: int) -> int:
    """The end of the object or array that begins at ``start``; the text's end where it is not closed."""
    depth = 0
    for match in _PIECE.finditer(text, start):
        sign = match[0]
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if depth <= 0:
                return match.end()
    return len(text)
