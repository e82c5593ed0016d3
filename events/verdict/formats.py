r"""Checks strings against the formats of the reference (currency, e-mail address, hash …). Pure.

Each check takes a non-empty string and returns None for a correct one, else a ``FormatFault``. Patterns are
ASCII-only, end with ``\Z`` ($ would allow a trailing newline) and use possessive quantifiers where two parts
could match the same characters, so that a hostile string costs linear time.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from events.reference.iso_codes import countries, currencies
from events.reference.types import Format
from events.verdict.findings import Severity


class FormatFault(NamedTuple):
    """The violation of a format: its severity, and a description of the expected format for people."""

    severity: Severity
    expected: str


_THREE_LETTERS = re.compile(r"[A-Za-z]{3}\Z")
_E164 = re.compile(r"\+[1-9][0-9]{1,14}\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_ABSOLUTE_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,30}+://[^/?#\s]++\S*+\Z")
_ADDRESS = re.compile(r"[^@\s]{1,64}+@[^@\s.]++(?:\.[^@\s.]++)*+\Z")
_HEX = re.compile(r"[0-9A-Fa-f]++\Z")
_LONGEST_ADDRESS = 254  # RFC 5321: a path of 256 octets with its angle brackets


def _currency(text: str) -> FormatFault | None:
    if not _THREE_LETTERS.match(text):
        return FormatFault("error", "a three-letter ISO 4217 code")
    capitals = text.upper()
    if text != capitals:
        return FormatFault(
            "warning", capitals if capitals in currencies() else "an ISO 4217 code in capitals"
        )
    return None if text in currencies() else FormatFault("warning", "a code that ISO 4217 lists")


def _country(text: str) -> FormatFault | None:
    if text in countries():
        return None
    if text.upper() in countries():
        return FormatFault("warning", text.upper())
    return FormatFault("warning", "an ISO 3166-1 code of two or three letters")


def _birthdate(text: str) -> FormatFault | None:
    if not _DATE.match(text):
        return FormatFault("warning", "YYYY-MM-DD")
    try:
        date.fromisoformat(text)
    except ValueError:
        return FormatFault("warning", "a date that exists")
    return None


def _email(text: str) -> FormatFault | None:
    fine = len(text) <= _LONGEST_ADDRESS and _ADDRESS.match(text)
    return None if fine else FormatFault("warning", "an e-mail address")


def _phone(text: str) -> FormatFault | None:
    return None if _E164.match(text) else FormatFault("warning", "E.164, such as +33612345678")


def _gender(text: str) -> FormatFault | None:
    return None if text in ("f", "m") else FormatFault("warning", "f or m")


def _url(text: str) -> FormatFault | None:
    return None if _ABSOLUTE_URL.match(text) else FormatFault("warning", "an absolute URL")


def _hash(length: int) -> Callable[[str], FormatFault | None]:
    def check(text: str) -> FormatFault | None:
        if len(text) != length or not _HEX.match(text):
            return FormatFault("error", f"{length} hexadecimal characters")
        return None if text == text.lower() else FormatFault("warning", "lower-case hexadecimal")

    return check


#: Quick and sufficient conditions: a string that passes one of these passes the check of its format.
PASSES: Final[dict[Format, Callable[[str], object]]] = {
    "email": re.compile(r"[!-?A-~]{1,64}+@[!-\-/-?A-~]{1,60}+\.[!-\-/-?A-~]{1,60}+\Z").match,
    "phone": _E164.match,
    "url": re.compile(r"https?://[^/?#\s][!-~]*+\Z").match,
    "md5": re.compile(r"[0-9a-f]{32}\Z").match,
    "sha256": re.compile(r"[0-9a-f]{64}\Z").match,
    "gender": frozenset({"f", "m"}).__contains__,
    "currency": currencies().__contains__,
    "country": countries().__contains__,
}

#: Cached conditions of ``PASSES``, for values that repeat in each event of a page; for short strings only.
REPEATED: Final[dict[Format, Callable[[str], object]]] = {"url": lru_cache(1_024)(PASSES["url"])}
LONGEST_REPEATED: Final = 500  # characters; longer strings in the cache could exhaust the memory

CHECKS: Final[dict[Format, Callable[[str], FormatFault | None]]] = {
    "currency": _currency,
    "country": _country,
    "birthdate": _birthdate,
    "email": _email,
    "phone": _phone,
    "gender": _gender,
    "url": _url,
    "md5": _hash(32),
    "sha256": _hash(64),
}
