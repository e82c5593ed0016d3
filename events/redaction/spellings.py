"""Spellings of a personal value under which it is searched: other cases, notations, encodings. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from events.redaction.decoding import plain

SHORTEST: Final = 2  # characters of a value that is masked; one letter identifies no person
_SHORTEST_WORD: Final = 3  # letters of a word of a name that is searched by itself
_WORD = re.compile(r"\w+")
#: Words in and before names that occur in every text.
_PARTICLES: Final = frozenset(
    {"van", "von", "der", "den", "del", "dos", "das", "des", "les", "las", "los", "ter", "ten", "zum", "zur"}
    | {"della", "the", "and", "und", "mrs", "mme", "mlle"}
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:\D.*)?\Z", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z", re.ASCII)
_NO_DIGIT = re.compile(r"\D")
_NATIONAL: Final = (9, 8)  # digits of a telephone number without its country
_SPACES: Final = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))
_LETTERS: Final = {
    "ø": "o",
    "æ": "ae",
    "œ": "oe",
    "ß": "ss",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
}
_PLAIN: Final = str.maketrans(_LETTERS)
_GERMAN: Final = str.maketrans(_LETTERS | {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})


def forms_of(kind: str, text: str) -> set[str]:
    """All spellings of the value ``text``, folded, the value included."""
    forms = {text, plain(text), text.lower(), text.upper(), text.casefold(), text.upper().lower()}
    if not text.isascii():
        forms |= set(_other_letters(text))
    if kind == "names":
        forms |= {word for form in list(forms) for word in _WORD.findall(form) if _is_a_name(word)}
    if kind in ("names", "addresses"):
        forms |= {joint.join(form.split()) for form in list(forms) if " " in form for joint in " -_+"}
    if kind == "phones" and phone_end(text):
        digits = _NO_DIGIT.sub("", text)
        forms |= {digits, *(digits[-most:] for most in _NATIONAL)}
    if kind == "birth_dates":
        forms |= set(_dates(text))
    return {fold(form) for form in forms if len(form) >= SHORTEST}


def fold(text: str) -> str:
    """Lower case with plain spaces. The length stays the same, so that offsets stay valid."""
    text = text.translate(_SPACES) if not text.isascii() else text
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def phone_end(text: str) -> str:
    """The last digits of a telephone number, the same in each notation; "" where it has too few digits."""
    digits = _NO_DIGIT.sub("", text)
    return digits[-_NATIONAL[-1] :] if len(digits) >= _NATIONAL[-1] else ""


def _other_letters(text: str) -> Iterator[str]:
    """Yield other Unicode forms of ``text``, the text without accents, and decoded with a wrong encoding."""
    for form in ("NFC", "NFD", "NFKC"):
        yield unicodedata.normalize(form, text)
    for letters in (_PLAIN, _GERMAN):
        bare = unicodedata.normalize("NFC", text.lower()).translate(letters)
        yield unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode()
    for wrong in ("cp1252", "latin-1"):
        yield text.encode().decode(wrong, "replace")


def _is_a_name(word: str) -> bool:
    return len(word) >= _SHORTEST_WORD and word.lower() not in _PARTICLES


def _dates(text: str) -> Iterator[str]:
    """Yield other notations of a date. The order of day and month is unknown: both are yielded."""
    if match := _YEAR_FIRST.match(text):
        year, _, month, day = match.groups()
    elif match := _YEAR_LAST.match(text):
        day, month, year = match.groups()
        day, month = day.zfill(2), month.zfill(2)
    else:
        return
    for first, second in ((month, day), (day, month)):
        yield f"{year}{first}{second}"
        for joint in "-/.":
            yield joint.join((year, first, second))
            yield joint.join((first, second, year))
