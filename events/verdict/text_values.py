"""Judges one text by the values' table: the first row that applies. Pure.

Nearly all texts have no fault, and most repeat in each event of a site: ``PLAIN`` remembers those that have
none in any place. A text that is new goes through one cheap test before the rules are asked.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from events.verdict.encoding import encoding_fault
from events.verdict.faults import Fault
from events.verdict.personal_values import personal_fault
from events.verdict.placeholders import filler_fault, placeholder_fault
from events.verdict.places import STRICTEST, Place

#: Characters of a text that is judged: an event with a longer one is larger than the vendor accepts.
LONGEST_JUDGED: Final = 32_768
_MOST_CACHED: Final = 4_096  # texts with a fault, which repeat, too
_LONGEST_CACHED: Final = 500  # characters
_LONGEST_KNOWN: Final = 4_096  # characters of a text that is remembered
_MOST_KNOWN: Final = 8_192  # texts that are remembered at most
_MOST_CHARACTERS: Final = 1_000_000  # of all texts that are remembered
#: Signs that are in no placeholder, entity, e-mail address or JSON, with no blank at an end.
_HARMLESS = re.compile(r"[A-Za-z0-9#+](?:[A-Za-z0-9 ._/:,+\-#'!()|*?=;~^]*+(?<=[A-Za-z0-9.!)?/+*_=~]))?\Z")
#: What such signs may still spell: placeholders, numbers of cards, IBANs, secrets in a URL.
_SPELT = re.compile(
    r"undefined|null|nan|[0-9](?:[ \-]?[0-9]){13}|(?<![^\W_])[a-z]{2}[0-9]{2}(?:[ \-]?[a-z0-9]){11}|=",
    re.IGNORECASE,
)


def text_fault(text: str, place: Place) -> Fault | None:
    """The fault of ``text`` in ``place`` by the values' table, hashes and formats left out; None for none."""
    if text in PLAIN.known or len(text) > LONGEST_JUDGED:
        return None
    if text not in PLAIN.refused and _is_harmless(text):
        PLAIN.remember(text)
        return None
    return (_cached_fault if len(text) < _LONGEST_CACHED else _fault)(text, place)


def _fault(text: str, place: Place) -> Fault | None:
    return (
        placeholder_fault(text, place)
        or filler_fault(text)
        or personal_fault(text, place)
        or encoding_fault(text, place)
    )


class FineTexts:
    """Texts that ``check`` passed, and those that it did not. Look into ``known`` before you call ``learn``.

    Both sets are bounded by number and length, and are emptied when they are full. Threads may share them.
    """

    __slots__ = ("_characters", "_check", "known", "refused")

    def __init__(self, check: Callable[[str], bool]) -> None:
        self._check = check
        self._characters = 0
        self.known: set[str] = set()
        self.refused: set[str] = set()

    def learn(self, text: str) -> bool:
        """Whether ``text`` is fine; remembers it then."""
        if text in self.refused:
            return False
        if self._check(text):
            self.remember(text)
            return True
        if len(text) < _LONGEST_CACHED:
            if len(self.refused) >= _MOST_CACHED:
                self.refused.clear()
            self.refused.add(text)
        return False

    def remember(self, text: str) -> None:
        """Remember ``text``, which is fine."""
        if len(text) <= _LONGEST_KNOWN:
            self._characters += len(text)
            if len(self.known) >= _MOST_KNOWN or self._characters > _MOST_CHARACTERS:
                self.known.clear()
                self._characters = len(text)
            self.known.add(text)


def _is_plain(text: str) -> bool:
    if len(text) > LONGEST_JUDGED:
        return True
    return _is_harmless(text) or (bool(text) and text_fault(text, STRICTEST) is None)


def _is_harmless(text: str) -> bool:
    """The cheap test: true only for texts without a fault, and for nearly all of them in ASCII."""
    return bool(_HARMLESS.match(text)) and not _SPELT.search(text) and filler_fault(text) is None


_cached_fault = lru_cache(_MOST_CACHED)(_fault)


#: Texts that are not empty, and have no fault in any place.
PLAIN: Final = FineTexts(_is_plain)
