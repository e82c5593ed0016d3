"""The personal values that a recording is known to hold, and finding them again in any text. Pure.

Found without case, as the substring of anything; very short ones only as whole words, since they are in
everything. Bounded: the values learnt first go when there are too many.
"""

import re
from collections.abc import Iterable, Iterator
from threading import RLock
from typing import Any, Final

from events.redaction.carried import carried
from events.redaction.forms import SHORTEST, fold, forms_of, phone_end
from events.redaction.looks import BETWEEN_DIGITS, Span
from events.redaction.masks import MASK
from events.redaction.places import texts, values
from events.verdict.rules import PLACEHOLDERS

_MOST: Final = 50_000  # values of one recording
_LONGEST: Final = 1_000  # characters of a value that is looked for
_HEAD: Final = 4  # characters by which values are looked up; shorter ones are found as whole words
_WHOLE_DIGITS: Final = 5  # numbers up to this long are found as whole numbers
_MOST_TEXTS: Final = 10_000  # that are known to have been read
_WORD = re.compile(r"\w+")
_SPACELESS = re.compile(r"[\u0900-\uffff]")  # scripts whose words stand close together, or hold other marks
_SPACED = re.compile(rf"[0-9](?:{BETWEEN_DIGITS}[0-9]){{7,14}}(?![0-9])")
_ENUMERATED = re.compile(r"[a-z_]{1,20}\Z")
_CODES: Final = ("state", "country", "region", "countrycode", "statecode")

#: A value's kind, and the value.
Entry = tuple[str, str]


class Identities:
    """A growing set of personal values. Safe to share between threads."""

    def __init__(self, known: Iterable[tuple[str, Any]] = ()) -> None:
        self.version = 0
        self._known: dict[Entry, None] = {}
        self._heads: dict[str, dict[int, dict[str, list[Entry]]]] = {}
        self._words: dict[str, list[Entry]] = {}
        self._anywhere: dict[str, list[Entry]] = {}
        self._phones: dict[str, list[Entry]] = {}
        self._read: set[int] = set()
        self._lock = RLock()
        for kind, value in known:
            self.add(kind, value)

    def learn(self, *payloads: Any) -> None:
        """Take in what stands in the personal places of ``payloads``, and of the texts in them."""
        for payload in payloads:
            for kind, value, name in values(payload):
                self.add(kind, value, name)
            self.learn_texts(texts(payload))

    def learn_texts(self, given: Iterable[str]) -> None:
        """Take in what these texts carry: addresses, forms, JSON."""
        for text in given:
            seen = hash(text)
            if seen in self._read:
                continue
            for kind, value, name in carried(text):
                self.add(kind, value, name)
            with self._lock:
                if len(self._read) >= _MOST_TEXTS:
                    self._read.clear()
                self._read.add(seen)

    def add(self, kind: str, value: Any, name: str = "", *, certain: bool = False) -> None:
        """Take in one value, unless it says nothing about a person: codes, words of a list.

        ``certain``: whatever it looks like, as a key of ours may look like a word.
        """
        text = _written(value)
        if (kind, text) in self._known or not (certain or _tells(kind, text, name)):
            return
        with self._lock:
            while len(self._known) >= _MOST:
                self._forget(next(iter(self._known)))
            self._known[kind, text] = None
            for entries, form in self._places(kind, text):
                entries.setdefault(form, []).append((kind, text))
            self.version += 1

    def find(self, text: str) -> Iterator[Span]:
        """Every stretch of ``text`` that one of the values stands in."""
        text = fold(text)
        heads = self._heads
        for start in range(len(text) - _HEAD + 1):
            lengths = heads.get(text[start : start + _HEAD])
            if lengths is not None:
                yield from _longest(lengths, text, start)
        if self._words:
            for match in _WORD.finditer(text):
                yield from _spans(match.start(), match.end(), self._words.get(match[0], ()))
        if self._anywhere:
            yield from self._short_ones(text)
        if self._phones:
            for match in _SPACED.finditer(text):
                yield from _spans(match.start(), match.end(), self._phones.get(phone_end(match[0]), ()))

    def _short_ones(self, text: str) -> Iterator[Span]:
        for length in range(SHORTEST, _HEAD):
            for start in range(len(text) - length + 1):
                entries = self._anywhere.get(text[start : start + length])
                if entries and (_SPACELESS.search(entries[0][1]) or _is_apart(text, start, start + length)):
                    yield from _spans(start, start + length, entries)

    def _places(self, kind: str, text: str) -> Iterator[tuple[dict[str, list[Entry]], str]]:
        """Where the value is looked up, and as what."""
        for form in forms_of(kind, text):
            if len(form) >= _HEAD:
                yield self._heads.setdefault(form[:_HEAD], {}).setdefault(len(form), {}), form
            elif _WORD.fullmatch(form) and not _SPACELESS.search(form):
                yield self._words, form
            else:
                yield self._anywhere, form
        if kind == "phones" and (end := phone_end(text)):
            yield self._phones, end

    def _forget(self, entry: Entry) -> None:
        del self._known[entry]
        for entries, form in self._places(*entry):
            left = [other for other in entries.get(form, ()) if other != entry]
            if left:
                entries[form] = left
            else:
                entries.pop(form, None)


def _longest(lengths: dict[int, dict[str, list[Entry]]], text: str, start: int) -> Iterator[Span]:
    """The longest values that stand at ``start``."""
    for length, entries in sorted(lengths.items(), reverse=True):
        found = entries.get(text[start : start + length])
        if found is not None and _stands_alone(text, start, start + length):
            yield from _spans(start, start + length, found)
            return


def _spans(start: int, end: int, entries: Iterable[Entry]) -> Iterator[Span]:
    for entry in entries:
        yield Span(start, end, *entry)


def _written(value: Any) -> str:
    """The value as a text; some servers write an id as 845454.0."""
    if isinstance(value, str):
        return value.strip()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _tells(kind: str, text: str, name: str) -> bool:
    if (
        not SHORTEST <= len(text) <= _LONGEST
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


def _stands_alone(text: str, start: int, end: int) -> bool:
    """False for a short number inside a longer one."""
    if end - start > _WHOLE_DIGITS or not text[start:end].isdigit():
        return True
    return not (text[start - 1 : start].isdigit() or text[end : end + 1].isdigit())


def _is_apart(text: str, start: int, end: int) -> bool:
    """Whether no word goes on before or after it."""
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
