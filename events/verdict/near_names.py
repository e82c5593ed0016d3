"""Finds the standard name that a misspelt name stands for: ``page_view`` for ``pageview``."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

_ONE_EDIT_FROM = 4  # characters: in shorter names one edit makes another word (id, ip)
_TWO_EDITS_FROM = 8
_CACHED_NAMES = 1024  # a site's own properties repeat in every event; each is a short string


def fold(name: str) -> str:
    """``name`` in lower case without underscores, hyphens, dots and spaces: camelCase equals snake_case."""
    return "".join(character for character in name.lower() if character.isalnum())


class NearNames:
    """Finds the standard name that a misspelt name probably stands for.

    ``aliases`` map names of other vendors' vocabularies to standard names; they take precedence over
    similarity. ``spoken`` maps what people call a thing to its standard name, in any spelling.
    """

    def __init__(
        self,
        standard: Iterable[str],
        aliases: Mapping[str, str] | None = None,
        spoken: Mapping[str, str] | None = None,
    ) -> None:
        self._folded = {fold(name): meant for name, meant in (spoken or {}).items()}
        self._folded |= {fold(name): name for name in standard}
        self._aliases = dict(aliases or {})
        self._longest = max(map(len, self._folded), default=0)
        self._cached_find = lru_cache(_CACHED_NAMES)(self._find)

    def find(self, name: str) -> str | None:
        """The standard name that ``name`` is close to, or None. ``name`` itself must not be standard."""
        if name in self._aliases:
            return self._aliases[name]
        if len(name) > 2 * self._longest:  # also limits the cost of a hostile name of a megabyte
            return None
        return self._cached_find(name)

    def _find(self, name: str) -> str | None:
        folded = fold(name)
        if folded in self._folded:
            return self._folded[folded]
        return self._by_likeness(folded)

    def _by_likeness(self, folded: str) -> str | None:
        if folded.rstrip("0123456789") in self._folded:
            return None  # email2, value2: a second property of the site's own, not a misspelling
        match = extractOne(folded, self._folded.keys(), scorer=OSA.distance, score_cutoff=2)
        if match is None:
            return None
        likely, distance = str(match[0]), match[1]
        shortest = min(len(likely), len(folded))
        allowed = 0 if shortest < _ONE_EDIT_FROM else 1 if shortest < _TWO_EDITS_FROM else 2
        return self._folded[likely] if distance <= allowed else None
