"""Masks replace personal values: a mask holds the value's kind, a label and a length class. Pure.

A mask looks like ``‹e-mail kzmt, 16–31 characters›``. Equal values of one recording have equal labels, so
that a reader still recognises one visitor; a label is a keyed hash of four consonants and cannot be reversed.
A mask holds no character that is special in a URL.
"""

import hashlib
import hmac
import re
from typing import Final

#: Every kind of personal value that can be masked, with the word for it in a mask.
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

_CONSONANTS: Final = "bcdfghjklmnpqrstvwxz"  # no vowels: a label never equals a person's name
_LABEL_LENGTH: Final = 4
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{32,}\Z")

#: Matches exactly the masks that ``mask`` makes: any other text in ``‹›`` is masked like every text.
MASK: Final = re.compile(
    rf"‹(?:{'|'.join(WORDS.values())}) [{_CONSONANTS}]{{{_LABEL_LENGTH}}}, "
    r"(?:number of )?[0-9]{1,6}(?:–[0-9]{1,6})? (?:hexadecimal )?(?:characters?|digits?)›"
)
_OF_A_NUMBER: Final = ", number of "


def mask(kind: str, value: str, key: bytes, *, number: bool = False) -> str:
    """The mask of ``value``; ``key`` is the recording's secret for labels; ``number``: it was a number."""
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
        rest, index = divmod(rest, len(_CONSONANTS))
        letters.append(_CONSONANTS[index])
    return "".join(letters)


def _length_class(value: str, number: bool) -> str:
    """The length as a range between powers of two; of a hexadecimal hash, whose length is public, exactly."""
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
