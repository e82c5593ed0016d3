"""Patterns of personal values in any text: URLs, page titles, call sites, free text. Pure.

Each pattern matches in linear time: repetitions are bounded or possessive.
"""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from events.redaction.parameters import kind_of
from events.verdict.personal_values import cards, ibans


class Span(NamedTuple):
    """The range of a text that holds a personal value; ``value`` is what the label of its mask hashes."""

    start: int
    end: int
    kind: str
    value: str


_EMAIL = re.compile(
    r"[^\s@\"'<>()\[\]{},;:/?#&=\\|‹›!*`]{1,64}@(?:[^\W_](?:[\w-]{0,62}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,62}[^\W_])?"
)
_USERINFO = re.compile(r"(?<=//)[^/?#\s@]{1,200}@")
#: Separators between the digits of a telephone number.
BETWEEN_DIGITS: Final = r"[ .\-()/\u00a0\u2007-\u2014\u202f]{0,2}"
_PHONE = re.compile(rf"(?:(?<![0-9+])\+|(?<!\w)00)[1-9](?:{BETWEEN_DIGITS}[0-9]){{6,14}}(?![0-9])")
_IPV4 = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w]|\.[0-9])")
_IPV6 = re.compile(
    r"(?:(?<![\w:.])|(?<=[g-zG-Z]:))(?:[0-9A-Fa-f]{0,4}:){2,7}"
    r"(?:[0-9A-Fa-f]{1,4}|(?:[0-9]{1,3}\.){3}[0-9]{1,3})?(?!\w|:[\w:])"
)
_HEX = "[0-9A-Fa-f]"
_DIGEST = re.compile(
    rf"(?<!{_HEX})(?:{'|'.join(f'{_HEX}{{{n}}}' for n in (128, 96, 64, 56, 40, 32))})(?!{_HEX})"
)
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{5,}+\.[A-Za-z0-9_-]{5,}+(?:\.[A-Za-z0-9_-]++)?")
_COOKIE = re.compile(
    r"\bGA[0-9]\.[0-9]\.[0-9]++\.[0-9]++|\bGS[0-9]\.[0-9]\.[0-9A-Za-z.$_-]{6,}+|\bfb\.[0-9]\.[0-9]++\.[\w.-]++"
)
_COOKIES = re.compile(r"\s*+[\w.\-]++=[^;\s&]*+(?:;\s++[\w.\-]++=[^;\s]*+)++;?\s*+\Z")
_PAIR = re.compile(r"(?:^|[?&#;,|\s][ ]?)([^=&#?;,|\s]{1,80})=")
_PAIR_END = re.compile(r"[&#;\s]|\Z")
_KEYS = re.compile(r"[\[\].]+")
#: A text without any of these matches no pattern.
_ANYTHING = re.compile(
    r"[@=:]|[0-9]{5}|\.[0-9]|eyJ|[+][0-9]|[0-9A-Fa-f]{32}|[0-9]{4}[ \-][0-9]{4}|[0-9](?:[ \-][0-9]){9}"
)
_SHORTEST_IPV6: Final = 4


def pattern_spans(text: str) -> Iterator[Span]:
    """Yield the span of each match of a pattern in ``text``; spans may overlap."""
    if not _ANYTHING.search(text):
        return
    if "=" in text:
        yield from pairs(text)
        if _COOKIES.match(text):
            yield Span(0, len(text), "cookies", text)
    if "@" in text:
        yield from _found(_EMAIL, "emails", text)
        for match in _USERINFO.finditer(text):
            yield Span(match.start(), match.end() - 1, "secrets", match[0][:-1])
    for find in (cards, ibans):
        for start, end in find(text):
            yield Span(start, end, "secrets", text[start:end])
    yield from _found(_PHONE, "phones", text)
    yield from _found(_DIGEST, "hashes", text)
    yield from _found(_JWT, "secrets", text)
    yield from _found(_COOKIE, "cookies", text)
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            if _is_personal_address(match[0]):
                yield Span(match.start(), match.end(), "ip_addresses", match[0])


def pairs(text: str) -> Iterator[Span]:
    """Yield the value's span of each ``name=value`` in URLs, forms and cookies whose name is personal."""
    covered = 0
    for match in _PAIR.finditer(text):
        if match.end() < covered:
            continue
        kind = kind_of(filter(None, _KEYS.split(match[1]))).kind
        if kind:
            end = _PAIR_END.search(text, match.end())
            covered = end.start() if end else len(text)
            if covered > match.end():
                yield Span(match.end(), covered, kind, text[match.end() : covered])


def _found(pattern: re.Pattern[str], kind: str, text: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        yield Span(match.start(), match.end(), kind, match[0])


def _is_personal_address(text: str) -> bool:
    """Whether ``text`` is an IP address, except loopback, unspecified, and versions such as 120.0.0.0."""
    if len(text) < _SHORTEST_IPV6 or text.endswith(".0.0.0"):
        return False
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)
