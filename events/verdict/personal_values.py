r"""Finds personal values: e-mail addresses, card numbers, IBANs, and properties named like secrets. Pure.

Each search is linear: the parts of a text that two candidates share are bounded in length.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from stdnum import iban, luhn

from events.verdict.faults import Fault
from events.verdict.findings import Severity
from events.verdict.places import Place
from events.verdict.secret_names import is_secret

#: What the page-side script writes in place of an e-mail address in a page's address (``mask`` in shim.js).
#: No address of a browser holds "<": the page cannot have written it.
MASKED_BY_SCRIPT: Final = "<e-mail>"

_AT = re.compile(r"(?<=[\w+\-])(?:@|%(?:25)?40)(?=\w)")
_DOMAIN = re.compile(r"(?:[\w\-]{1,63}\.){1,8}([^\W\d_]{2,24})(?![\w\-])")
_USERINFO = re.compile(r"//[^/?#\s@]{1,300}\Z")
#: Endings of file names after "@2x.": no domains of mail.
_FILES: Final = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "webp",
        "svg",
        "avif",
        "ico",
        "css",
        "js",
        "mjs",
        "map",
        "json",
        "xml",
        "html",
        "htm",
        "php",
        "pdf",
        "woff",
        "ttf",
    ]
)
_DIGITS = re.compile(r"(?<![\w.])[0-9](?:[ \-]?[0-9]){13,18}(?![\w]|[.\-][0-9])")
#: The first digits and the lengths of the numbers of known card schemes (ISO/IEC 7812).
_CARDS = re.compile(
    r"4[0-9]{15}(?:[0-9]{3})?|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"
    r"|3[47][0-9]{13}|3(?:0[0-5]|09|[689][0-9])[0-9]{11,16}|(?:6011|64[4-9][0-9]|65[0-9]{2})[0-9]{12,15}"
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12,15}|62[0-9]{14,17}"
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])[0-9]{10,15}"
)
_BETWEEN = re.compile(r"[ \-]")
_GROUP = re.compile(r"[0-9]+")
_LETTER = re.compile(r"[A-Za-z0-9]")
_SHORTEST_IBAN: Final = 15
_MOST_TRIED: Final = 20  # parts of a text that look like an IBAN: each costs twenty divisions
_IBAN = re.compile(r"(?<![^\W_])[A-Z]{2}[0-9]{2}(?:[ \-]?[A-Z0-9]){11,30}(?![^\W_])", re.IGNORECASE)

_QUERY_SECRET = re.compile(r"[?&#;]([\w.\-\[\]%]{2,60})=([^&#;]{1,9})")

_SEVERITIES: Final[tuple[Severity, ...]] = ("warning", "info")
_KNOWN: Final = {
    (severity, why): Fault(severity, "personal_data", None, why)
    for severity in _SEVERITIES
    for why in ("email", "card", "iban", "secret", "secret_parameter", "masked", "user_id")
}


def personal_fault(text: str, place: Place) -> Fault | None:
    """``personal_data`` for a text that holds a value of a person that does not belong in ``place``.

    What the page-side script masked in a page's address is told of the events that carry the address, such as
    the page view: any other event of the page has no parameter to which the finding could point.
    """
    if place.address and MASKED_BY_SCRIPT in text:
        return _KNOWN["warning", "masked"]
    if place.email is not None and holds_email(text):
        return _KNOWN[place.email, "email" if place.email == "warning" else "user_id"]
    if place.numbers and holds_card(text):
        return _KNOWN["warning", "card"]
    if place.numbers and holds_iban(text):
        return _KNOWN["warning", "iban"]
    if place.address and "=" in text and _holds_secret_parameter(text):
        return _KNOWN["warning", "secret_parameter"]
    return None


def number_fault(value: int, place: Place) -> Fault | None:
    """``personal_data`` for a whole number that is a card number."""
    small = -1 < value < 10**19
    return _KNOWN["warning", "card"] if small and place.numbers and holds_card(str(value)) else None


def secret_fault(name: str, value: Any) -> Fault | None:
    """``personal_data`` for a property that is named like a password or secret and has a value."""
    given = type(value) in (int, float) or (type(value) is str and value.strip())
    return _KNOWN["warning", "secret"] if given and is_secret(name) else None


def lighter_elsewhere(fault: Fault, text: str, siblings: Mapping[str, Any]) -> Fault:
    """The fault of a referrer: an info where it is an address of another site than the event's ``url``."""
    if fault.code != "personal_data" or not _other_site(text, siblings.get("url")):
        return fault
    return _KNOWN["info", fault.why]


def holds_email(text: str) -> bool:
    """Whether ``text`` holds an e-mail address, plain or percent-encoded."""
    if "@" not in text and "%40" not in text and "%2540" not in text:
        return False
    for match in _AT.finditer(text):
        domain = _DOMAIN.match(text, match.end())
        if domain is None or domain[1].lower() in _FILES:
            continue
        # In https://user:password@host the sign belongs to the address.
        if not _USERINFO.search(text, max(0, match.start() - 310), match.start()):
            return True
    return False


def holds_card(text: str) -> bool:
    """Whether ``text`` holds the number of a payment card: its length, first digits and check digit."""
    return next(cards(text), None) is not None


def cards(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each card number in ``text``."""
    for match in _DIGITS.finditer(text):
        digits = ""
        for group in _GROUP.finditer(match[0]):  # what follows a number in groups may be its date of expiry
            digits += group[0]
            if _CARDS.fullmatch(digits) and luhn.is_valid(digits):
                yield match.start(), match.start() + group.end()
                break


def holds_iban(text: str) -> bool:
    """Whether ``text`` holds an IBAN: its country, length and check digits."""
    return next(ibans(text), None) is not None


def ibans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each IBAN in ``text``; of the first twenty parts of the text that look like one."""
    for match in islice(_IBAN.finditer(text), _MOST_TRIED):
        ends = [at.end() for at in _LETTER.finditer(match[0])]
        # What stands behind an IBAN may look like a part of it: every length is tried.
        for end in reversed(ends[_SHORTEST_IBAN - 1 :]):
            compact = _BETWEEN.sub("", match[0][:end]).upper()
            if _checks(compact) and iban.is_valid(compact, check_country=False):
                yield match.start(), match.start() + end
                break


def _checks(text: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 7064, mod 97-10)."""
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


def _holds_secret_parameter(text: str) -> bool:
    return any(is_secret(match[1]) for match in _QUERY_SECRET.finditer(text))


def _other_site(address: str, page: Any) -> bool:
    """Whether two addresses belong to different sites; False where one is no address."""
    here = _host(page) if type(page) is str else ""
    there = _host(address)
    return bool(here and there) and _site(here) != _site(there)


def _host(address: str) -> str:
    try:
        return (urlsplit(address[:2_000]).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _site(host: str) -> tuple[str, ...]:
    """The end of the host that tells its owner: three labels under co.uk and the like, else two."""
    labels = tuple(host.split("."))
    return labels[-3:] if len(labels) > 2 and len(labels[-2]) <= 3 else labels[-2:]
