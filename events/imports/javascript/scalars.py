"""Converts JavaScript's string and number literals into JSON values. Pure."""

import re
from decimal import Decimal
from typing import Any, Final

_ESCAPES: Final = re.compile(
    r"\\(?:u\{(?P<point>[0-9a-fA-F]{1,6})\}|u(?P<unit>[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2})"
    r"|(?P<octal>[0-3]?[0-7]{1,2})|(?P<newline>\r\n|[\n\r\u2028\u2029])|(?P<other>.))",
    re.DOTALL,
)
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


def unescaped(text: str) -> str:
    """The value of a string literal without its quotes. Lone surrogates become U+FFFD, as on the wire."""
    return whole_characters(_ESCAPES.sub(_decoded_escape, text) if "\\" in text else text)


def whole_characters(text: str) -> str:
    """``text`` with surrogate pairs joined into characters; lone surrogates become U+FFFD."""
    if _SURROGATES.search(text):
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _decoded_escape(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match[match.lastgroup or 0]
    if kind in ("point", "unit", "byte"):
        point = int(text, 16)
        return chr(point) if point < 0x110000 else "\N{REPLACEMENT CHARACTER}"
    if kind == "octal":
        return chr(int(text, 8))
    return "" if kind == "newline" else _CONTROLS.get(text, text)


def as_json_number(text: str, sign: int) -> int | float | None:
    """The JSON number of a number literal times ``sign``: an int where it is whole; None if infinite."""
    base = {"0x": 16, "0o": 8, "0b": 2}.get(text[:2].lower())
    try:
        number = sign * float(int(text[2:] or "0", base) if base else float(text))
    except OverflowError:
        return None
    if number in (float("inf"), float("-inf")):
        return None
    if not number.is_integer() or abs(number) >= 1e21:
        return number
    whole = int(Decimal(repr(number)))  # JavaScript writes the shortest digits, then zeros
    return whole if -(2**63) <= whole < 2**64 else number


def as_key(number: Any) -> str:
    """The name of a property whose key is written as a number."""
    return str(number) if not isinstance(number, float) else repr(number).replace("e+", "e")
