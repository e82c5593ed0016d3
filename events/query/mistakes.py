"""The error of a query that cannot be read, and the sentences that explain it. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA

from events.query.tree import Span

_SHORTEST_NEAR: Final = 3  # characters: in shorter words one edit makes another word
_LONGEST_NEAR: Final = 40  # characters: longer words are near to none, and would cost time
_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[()]', re.DOTALL)


class QueryError(ValueError):
    """A query cannot be read: a sentence for people, and the word that it is about."""

    def __init__(self, sentence: str, start: int, end: int) -> None:
        super().__init__(sentence)
        self.sentence, self.start, self.end = sentence, start, end


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that ``word`` was probably meant to be; None where there is none."""
    if not _SHORTEST_NEAR <= len(word) <= _LONGEST_NEAR:
        return None
    word = word.lower()
    most = 1 if len(word) < 6 else 2
    rated = [(_distance(word, name), len(name), name) for name in names]
    distance, _, name = min(rated, default=(most + 1, 0, ""))
    return name if distance <= most else None


def _distance(word: str, name: str) -> int:
    """The edits from ``word`` to ``name``, or to the beginning of a longer ``name`` up to a word's end."""
    ends = [place for place, character in enumerate(name) if character == "_"]
    return min(OSA.distance(word, part) for part in (name, *(name[:end] for end in ends)))


def misplaced(text: str, at: int) -> QueryError:
    """The error of a text of which the parser understands nothing from the position ``at`` on."""
    opened: list[int] = []
    for found in _BRACKETS.finditer(text, 0, at):
        if found[0] == "(":
            opened.append(found.start())
        elif found[0] == ")" and opened:
            opened.pop()
    before = text[:at].rstrip()
    word = re.search(r"[^\s()]*\Z", before)
    begins = word.start() if word else at
    if word and word[0].lower() == "or":
        return QueryError("or needs a term after it.", begins, len(before))
    if word and word[0].endswith("-"):
        return QueryError("- needs a term right after it.", len(before) - 1, len(before))
    if text[at : at + 1] == ")" and opened:
        return QueryError("There is nothing between ( and ).", opened[-1], at + 1)
    if text[at : at + 1] == ")":
        return QueryError("There is no ( for this ).", at, at + 1)
    if opened:
        return QueryError("A ) is missing.", opened[-1], opened[-1] + 1)
    return QueryError("This cannot be read here.", at, max(at + 1, min(len(text), at + 1)))


def deepest(text: str) -> tuple[int, int]:
    """How deep brackets nest in the text, and where the deepest one opens."""
    depth, most, place = 0, 0, 0
    for found in _BRACKETS.finditer(text):
        if found[0] == "(":
            depth += 1
            if depth > most:
                most, place = depth, found.start()
        elif found[0] == ")":
            depth -= 1
    return most, place


def listing(words: Iterable[str]) -> str:
    """The words as a choice: ``invalid, warning or valid``."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def unknown_word(field: str, words: Iterable[str], value: str, span: Span) -> QueryError:
    """The error of a value that is none of the field's ``words``."""
    found = nearest(value, words)
    if field != "is":
        return QueryError(f"{field} is {listing(words)}.", *span)
    hint = f"Did you mean {found}?" if found else f"There is {listing(words)}."
    return QueryError(f"There is no is:{value}. {hint}", *span)
