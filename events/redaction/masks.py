"""What stands in place of a personal value: its kind, a label, its length class. Pure.

A mask looks like ``‹e-mail kzmt, 16–31 characters›``. Equal values of one recording have equal labels, so
that a person still sees "the same visitor"; a label is a keyed hash of four consonants, which nobody can turn
back. A mask has no character that means something in an address.
"""

import hashlib
import hmac
import re
from typing import Final

#: Every kind that can be masked, with the word that stands in its masks.
WORDS: Final[dict[str, str]] = {
    "user_ids": "user id",
    "emails": "e-mail",
    "phones": "phone",
    "names": "name",
    "addresses": "address",
    "birth_dates": "birth date",
    "genders": "gender",
    "hashes": "hash",
    "cookies": "cookie",
    "secrets": "secret",
    "ip_addresses": "IP address",
    "user_properties": "user property",
}

KINDS: Final = tuple(WORDS)

_CONSONANTS: Final = "bcdfghjklmnpqrstvwxz"  # no vowels: a label is nobody's name
_LABEL_LENGTH: Final = 4
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{32,}\Z")

#: Exactly our own masks: what merely looks like one is masked as everything else.
MASK: Final = re.compile(
    rf"‹(?:{'|'.join(WORDS.values())}) [{_CONSONANTS}]{{{_LABEL_LENGTH}}}, "
    r"(?:number of )?[0-9]{1,6}(?:–[0-9]{1,6})? (?:hexadecimal )?(?:characters?|digits?)›"
)
_OF_A_NUMBER: Final = ", number of "


def mask(kind: str, value: str, key: bytes, *, number: bool = False) -> str:
    """The mask of ``value``; ``key`` is the recording's secret for labels."""
    shown = _length_class(value, number)
    return f"‹{WORDS[kind]} {_label(value, key)}, {shown}›"


def masks_a_number(text: str) -> bool:
    """True for the mask of a value that was a number."""
    return _OF_A_NUMBER in text and MASK.fullmatch(text) is not None


def _label(value: str, key: bytes) -> str:
    digest = hmac.new(key, value.lower().encode(errors="replace"), hashlib.sha256).digest()
    rest = int.from_bytes(digest[:8])
    letters = []
    for _ in range(_LABEL_LENGTH):
        rest, place = divmod(rest, len(_CONSONANTS))
        letters.append(_CONSONANTS[place])
    return "".join(letters)


def _length_class(value: str, number: bool) -> str:
    """How long it is, in powers of two; exactly where that says which kind of hash it is."""
    if number:
        digits = max(sum(character.isdigit() for character in value), 1)
        return f"number of {_range(digits)} {'digit' if digits == 1 else 'digits'}"
    if _HEXADECIMAL.match(value):
        return f"{len(value)} hexadecimal characters"
    return f"{_range(len(value))} {'character' if len(value) == 1 else 'characters'}"


def _range(length: int) -> str:
    if length <= 1:
        return "1"
    low = 1 << (length.bit_length() - 1)
    return f"{low}–{2 * low - 1}"
