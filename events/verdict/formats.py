r"""Checks strings against the formats of the reference (currency, e-mail address, hash …). Pure.

Each check takes a non-empty string and returns None for a correct one, else a ``FormatFault``. Patterns are
ASCII-only, end with ``\Z`` ($ would allow a trailing newline) and use possessive quantifiers where two parts
could match the same characters, so that a hostile string costs linear time.
"""

import re
from collections.abc import Callable
from datetime import date, time
from typing import Final, NamedTuple

from email_validator import EmailNotValidError
from email_validator.syntax import validate_email_domain_name, validate_email_local_part

from events.reference.iso_codes import countries, currencies
from events.reference.types import Format
from events.verdict.findings import Severity


class FormatFault(NamedTuple):
    """The violation of a format: its severity, and a description of the expected format for people.

    ``why`` as in ``Finding``.
    """

    severity: Severity
    expected: str
    why: str = ""


_THREE_LETTERS = re.compile(r"[A-Za-z]{3}\Z")
_E164 = re.compile(r"\+[1-9][0-9]{1,14}\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_ABSOLUTE_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,30}+://[^/?#\s]++\S*+\Z")
_ADDRESS = re.compile(r"[^@\s]{1,64}+@[^@\s.]++(?:\.[^@\s.]++)*+\Z")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9}+)?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?\Z"
)
_HEX = re.compile(r"[0-9A-Fa-f]++\Z")
#: The ``why`` of a birthdate that may be in the future.
FUTURE: Final = "future"
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


def _date(text: str) -> FormatFault | None:
    if not (_DATE.match(text) or _DATE_TIME.match(text)):
        return FormatFault("warning", "an ISO 8601 date, such as 2020-04-23")
    try:
        date.fromisoformat(text[:10])
        time.fromisoformat(text[11:16] or "00:00")
    except ValueError:
        return FormatFault("warning", "a date that exists")
    return None


def _email(text: str) -> FormatFault | None:
    fine = len(text) <= _LONGEST_ADDRESS and _ADDRESS.match(text)
    return None if fine else FormatFault("warning", "an e-mail address")


_NO_ADDRESS_SIGN = re.compile(r"[\s\"“”«»<>()\[\]{},;:\\/]|^'|'@|'$")
_NO_ADDRESS: Final = FormatFault("warning", "one e-mail address and nothing else, such as name@domain.fr")


def _one_address(text: str) -> FormatFault | None:
    """An e-mail address alone: a local part, and a domain with a dot, that mail systems accept."""
    local, _, domain = text.partition("@")
    if _NO_ADDRESS_SIGN.search(text) or "." not in domain:
        return _NO_ADDRESS
    try:
        validate_email_local_part(local, allow_smtputf8=True)
        validate_email_domain_name(domain, test_environment=True)
    except EmailNotValidError:
        return _NO_ADDRESS
    return None


#: Nobody who buys today was born before.
_EARLIEST: Final = "1900-01-01"
#: A later birthdate is reported with ``why`` "future": ``judge`` drops it where the event came later.
_ALWAYS_PAST: Final = "2023-05-01"


def _possible_birthdate(text: str) -> FormatFault | None:
    if text < _EARLIEST:
        return FormatFault("warning", "a date of 1900 or later")
    return FormatFault("warning", "a date in the past", FUTURE) if text > _ALWAYS_PAST else None


_PASSWORD = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,30}+://[^/?#\s@:]*+:[^/?#\s]*@")


def _without_password(text: str) -> FormatFault | None:
    found = _PASSWORD.match(text)
    return FormatFault("warning", "an address without a password", "password") if found else None


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


#: The rules of the values' table about formats: for texts that pass ``CHECKS``.
WIDENED: Final[dict[Format, Callable[[str], FormatFault | None]]] = {
    "email": _one_address,
    "birthdate": _possible_birthdate,
    "url": _without_password,
}

CHECKS: Final[dict[Format, Callable[[str], FormatFault | None]]] = {
    "currency": _currency,
    "country": _country,
    "birthdate": _birthdate,
    "date": _date,
    "email": _email,
    "phone": _phone,
    "gender": _gender,
    "url": _url,
    "md5": _hash(32),
    "sha256": _hash(64),
}
