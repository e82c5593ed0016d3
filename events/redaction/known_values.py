"""Index of a recording's known personal values, and the search for them in any text. Pure.

The search ignores case and finds substrings; a value of two or three characters must be a whole word. The
index is bounded: when it is full, the oldest values are removed.
"""

import re
from collections.abc import Iterable, Iterator
from threading import RLock
from typing import Any, Final

from events.redaction.masks import MASK
from events.redaction.nested_values import nested_values
from events.redaction.parameters import texts, values
from events.redaction.patterns import BETWEEN_DIGITS, Span
from events.redaction.spellings import SHORTEST, fold, forms_of, phone_end
from events.verdict.rules import PLACEHOLDERS
from events.wire import NOT_READ

_MOST: Final = 50_000  # values of one recording
_LONGEST: Final = 1_000  # characters of a value that is searched
_HEAD: Final = 4  # characters of the index's keys; a shorter value must be a whole word
_WHOLE_DIGITS: Final = 5  # digits up to which a number must be a whole number
_MOST_TEXTS: Final = 10_000  # hashes of texts that were already read
_WORD = re.compile(r"\w+")
_SPACELESS = re.compile(r"[\u0900-\uffff]")  # scripts without spaces between words, or with combining marks
_SPACED = re.compile(rf"[0-9](?:{BETWEEN_DIGITS}[0-9]){{7,14}}(?![0-9])")
_ENUMERATED = re.compile(r"[a-z_]{1,20}\Z")
_CODES: Final = ("state", "country", "region", "countrycode", "statecode")

#: The kind of a value, and the value.
Entry = tuple[str, str]


class KnownValues:
    """A growing set of personal values. ``version`` rises with each new value. Thread-safe."""

    def __init__(self, known: Iterable[tuple[str, Any]] = ()) -> None:
        self.version = 0
        self._known: dict[Entry, None] = {}
        self._heads: dict[str, dict[int, dict[str, list[Entry]]]] = {}
        self._words: dict[str, list[Entry]] = {}
        self._anywhere: dict[str, list[Entry]] = {}
        self._phones: dict[str, list[Entry]] = {}
        self._texts_read: set[int] = set()
        self._lock = RLock()
        for kind, value in known:
            self.add(kind, value)

    def learn(self, *payloads: Any) -> None:
        """Add the values of personal parameters in ``payloads``, and in the texts inside them."""
        for payload in payloads:
            for kind, value, name in values(payload):
                self.add(kind, value, name)
            self.learn_texts(texts(payload))

    def learn_texts(self, given: Iterable[str]) -> None:
        """Add the values of personal parameters inside texts: URLs, form data, JSON."""
        for text in given:
            digest = hash(text)
            if digest in self._texts_read:
                continue
            for kind, value, name in nested_values(text):
                self.add(kind, value, name)
            with self._lock:
                if len(self._texts_read) >= _MOST_TEXTS:
                    self._texts_read.clear()
                self._texts_read.add(digest)

    def add(self, kind: str, value: Any, name: str = "", *, certain: bool = False) -> None:
        """Add one value of parameter ``name``, unless it identifies no person: codes, words of a list.

        ``certain`` skips that check: a recording's key may look like a word of a list.
        """
        text = _written(value)
        if (kind, text) in self._known or not (certain or _identifies(kind, text, name)):
            return
        with self._lock:
            while len(self._known) >= _MOST:
                self._forget(next(iter(self._known)))
            self._known[kind, text] = None
            for entries, form in self._index_keys(kind, text):
                entries.setdefault(form, []).append((kind, text))
            self.version += 1

    def find(self, text: str) -> Iterator[Span]:
        """Yield the span of each occurrence of a known value in ``text``; spans may overlap."""
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
            yield from self._short_values(text)
        if self._phones:
            for match in _SPACED.finditer(text):
                yield from _spans(match.start(), match.end(), self._phones.get(phone_end(match[0]), ()))

    def _short_values(self, text: str) -> Iterator[Span]:
        for length in range(SHORTEST, _HEAD):
            for start in range(len(text) - length + 1):
                entries = self._anywhere.get(text[start : start + length])
                if entries and (_SPACELESS.search(entries[0][1]) or _is_apart(text, start, start + length)):
                    yield from _spans(start, start + length, entries)

    def _index_keys(self, kind: str, text: str) -> Iterator[tuple[dict[str, list[Entry]], str]]:
        """Yield each index that holds the value, with the value's key in that index."""
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
        for entries, form in self._index_keys(*entry):
            left = [other for other in entries.get(form, ()) if other != entry]
            if left:
                entries[form] = left
            else:
                entries.pop(form, None)


def _longest(lengths: dict[int, dict[str, list[Entry]]], text: str, start: int) -> Iterator[Span]:
    """Yield the spans of the longest values that begin at ``start``."""
    for length, entries in sorted(lengths.items(), reverse=True):
        found = entries.get(text[start : start + length])
        if found is not None and _stands_alone(text, start, start + length):
            yield from _spans(start, start + length, found)
            return


def _spans(start: int, end: int, entries: Iterable[Entry]) -> Iterator[Span]:
    for entry in entries:
        yield Span(start, end, *entry)


def _written(value: Any) -> str:
    """The value as a text: a whole float without its fraction, since some servers write an id as 845454.0."""
    if isinstance(value, str):
        return value.strip()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _identifies(kind: str, text: str, name: str) -> bool:
    """Whether the value can identify a person: no placeholder, mask, gender, short code or word of a list."""
    if (
        not SHORTEST <= len(text) <= _LONGEST
        or text in PLACEHOLDERS
        or text in NOT_READ
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
    """Whether the range is anything but a short number inside a longer number."""
    if end - start > _WHOLE_DIGITS or not text[start:end].isdigit():
        return True
    return not (text[start - 1 : start].isdigit() or text[end : end + 1].isdigit())


def _is_apart(text: str, start: int, end: int) -> bool:
    """Whether neither neighbour of the range is a letter or a digit."""
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
