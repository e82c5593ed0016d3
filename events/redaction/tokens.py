"""What base64 in a text says, as trackers carry e-mail addresses and whole payloads. Pure."""

import base64
import binascii
import re
from collections.abc import Iterator

_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{12,}+={0,2}")
_LETTERS = re.compile(r"[^\W\d_]")


def decoded_tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """Every stretch of ``text`` that is base64 of readable text: start, end, that text."""
    for match in _TOKEN.finditer(text):
        inner = _decoded(match[0])
        if inner:
            yield match.start(), match.end(), inner


def _decoded(token: str) -> str:
    bare = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        inner = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return inner if inner.isprintable() and _LETTERS.search(inner) else ""
