"""The personal values that a recording is known to hold, and finding them again in any text. Pure.

Found without case, as the substring of anything; very short ones only as whole words, since they are in
everything. Bounded: the values learnt first go when there are too many.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from threading import RLock
from typing import Any, Final

from events.redaction.looks import Span, pairs
from events.redaction.masks import MASK
from events.redaction.places import values
from events.redaction.views import plain, views
from events.verdict.rules import PLACEHOLDERS

_MOST: Final = 50_000  # values of one recording
_LONGEST: Final = 1_000  # characters of a value that is looked for
_HEAD: Final = 4  # characters by which values are looked up; shorter ones are found as whole words
_SHORTEST: Final = 2  # one letter is nobody's secret
_WHOLE_DIGITS: Final = 5  # numbers up to this long are found as whole numbers
_WORD = re.compile(r"\w+")
_ENUMERATED = re.compile(r"[a-z_]{1,20}\Z")
_CODES: Final = ("state", "country", "region", "countrycode", "statecode")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")
_NO_DIGIT = re.compile(r"\D")


class Identities:
    """A growing set of personal values. Safe to share between threads."""

    def __init__(self, known: Iterable[tuple[str, Any]] = ()) -> None:
        self.version = 0
        self._known: dict[tuple[str, str], None] = {}
        self._heads: dict[str, dict[int, dict[str, tuple[str, str]]]] = {}
        self._short: dict[str, tuple[str, str]] = {}
        self._lock = RLock()
        for kind, value in known:
            self.add(kind, value)

    def learn(self, *payloads: Any) -> None:
        """Take in what stands in the personal places of ``payloads``."""
        for payload in payloads:
            for kind, value, name in values(payload):
                self.add(kind, value, name)

    def learn_address(self, url: str) -> None:
        """Take in what stands in the personal places of an address."""
        if "=" in url:
            for view in views(MASK.sub("", url)):
                for span in pairs(view.text):
                    self.add(span.kind, plain(span.value.replace("+", " ")))

    def add(self, kind: str, value: Any, name: str = "", *, certain: bool = False) -> None:
        """Take in one value, unless it says nothing about a person: codes, words of a list.

        ``certain``: whatever it looks like, as a key of ours may look like a word.
        """
        text = value.strip() if isinstance(value, str) else str(value)
        if (kind, text) in self._known or not (certain or _tells(kind, text, name)):
            return
        with self._lock:
            while len(self._known) >= _MOST:
                self._forget(next(iter(self._known)))
            self._known[kind, text] = None
            for variant in _variants(kind, text):
                self._enter(variant, (kind, text))
            self.version += 1

    def find(self, text: str) -> Iterator[Span]:
        """Every stretch of ``text`` that one of the values stands in."""
        text = _fold(text)
        heads = self._heads
        for start in range(len(text) - _HEAD + 1):
            lengths = heads.get(text[start : start + _HEAD])
            if lengths is None:
                continue
            for length, entries in sorted(lengths.items(), reverse=True):
                found = entries.get(text[start : start + length])
                if found is not None and _stands_alone(text, start, start + length):
                    yield Span(start, start + length, *found)
                    break
        if self._short:
            for match in _WORD.finditer(text):
                found = self._short.get(match[0])
                if found is not None:
                    yield Span(match.start(), match.end(), *found)

    def _enter(self, variant: str, entry: tuple[str, str]) -> None:
        if len(variant) < _HEAD:
            self._short.setdefault(variant, entry)
        else:
            lengths = self._heads.setdefault(variant[:_HEAD], {})
            lengths.setdefault(len(variant), {}).setdefault(variant, entry)

    def _forget(self, entry: tuple[str, str]) -> None:
        del self._known[entry]
        for variant in _variants(*entry):
            if self._short.get(variant) == entry:
                del self._short[variant]
            entries = self._heads.get(variant[:_HEAD], {}).get(len(variant), {})
            if entries.get(variant) == entry:
                del entries[variant]


def _tells(kind: str, text: str, name: str) -> bool:
    if (
        not _SHORTEST <= len(text) <= _LONGEST
        or text in PLACEHOLDERS
        or kind == "genders"
        or MASK.fullmatch(text)
    ):
        return False
    if kind == "addresses" and name.endswith(_CODES) and len(text) < _HEAD:
        return False
    if kind in ("user_properties", "cookies", "secrets") and _ENUMERATED.match(text):
        return False
    return not (kind == "birth_dates" and len(text) < _HEAD)


def _variants(kind: str, text: str) -> set[str]:
    """The forms under which the value is looked for, folded."""
    forms = {text, plain(text), text.upper(), text.lower(), text.casefold(), text.upper().lower()}
    if not text.isascii():
        for form in ("NFC", "NFD", "NFKC"):
            forms.add(unicodedata.normalize(form, text))
        bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        forms.add(bare)
    if kind == "names":
        forms |= {word for word in _WORD.findall(text) if len(word) >= _HEAD}
    if kind == "phones":
        digits = _NO_DIGIT.sub("", text)
        forms |= {digits, digits[-9:]} if len(digits) >= 9 else set()
    if kind == "birth_dates" and (match := _DATE.match(text)):
        year, month, day = match.groups()
        forms |= {
            f"{year}{month}{day}",
            *(s.join(p) for s in "/.-" for p in ((day, month, year), (month, day, year))),
        }
    return {_fold(form) for form in forms if len(form) >= _SHORTEST}


def _fold(text: str) -> str:
    """Lower case with the same length, so that places stay the same."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """False for a short number inside a longer one."""
    if end - start > _WHOLE_DIGITS or not text[start:end].isdigit():
        return True
    return not (text[start - 1 : start].isdigit() or text[end : end + 1].isdigit())
