"""Searches the manual: titles first, then headings, then codes and settings, then running text."""

from functools import lru_cache
from html.parser import HTMLParser
from typing import Final, NamedTuple

from inspector.presenters.manual import articles

MOST: Final = 12  # results of one search
_AROUND: Final = 70  # characters on each side of a match in running text
_NO_TEXT: Final = {"h2", "button"}
_SEPARATE: Final = {"p", "li", "td", "th", "pre", "dt", "dd"}


class Result(NamedTuple):
    """One place in the manual: its address, what it is called, and the text around the match."""

    address: str
    title: str
    excerpt: str


class _Place(NamedTuple):
    """One part of a topic or one row of a table, with its text. A lower ``rank`` is shown first."""

    address: str
    title: str
    text: str
    rank: int


def search(wanted: str) -> list[Result]:
    """At most ``MOST`` places that hold every word of ``wanted``, titles before text."""
    words = wanted.lower().split()
    found = [
        (not all(word in place.title.lower() for word in words), place.rank, place)
        for place in _places()
        if words and all(word in f"{place.title} {place.text}".lower() for word in words)
    ]
    best = sorted(found, key=lambda match: match[:2])[:MOST]
    return [Result(place.address, place.title, _excerpt(place.text, words[0])) for _, _, place in best]


@lru_cache(maxsize=1)
def _places() -> list[_Place]:
    """Every place of the manual; its text is the same as long as the process lives."""
    places: list[_Place] = []
    for topic, article in articles(""):
        reader = _Reader()
        reader.feed(article.html)
        places.append(_Place(topic.address, topic.title, f"{topic.summary} {reader.texts.pop('', '')}", 0))
        titles = {part.id: part.title for part in article.parts}
        for anchor, text in reader.texts.items():
            title, rank = (f"{topic.title}: {titles[anchor]}", 1) if anchor in titles else (anchor, 2)
            places.append(_Place(f"{topic.address}#{anchor}", title, " ".join(text.split()), rank))
    return places


class _Reader(HTMLParser):
    """Collects an article's text by the nearest anchor before it: a part's, or a table row's."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self._part = self._anchor = ""
        self._passed_over = False  # inside an unsearched element: a heading, which is the title, or a button

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._passed_over = tag in _NO_TEXT or self._passed_over
        anchor = dict(attrs).get("id") or ""
        if tag == "h2":
            self._part = self._anchor = anchor
        elif tag == "tr":
            self._anchor = anchor or self._part
        if tag in _SEPARATE:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        self._passed_over = self._passed_over and tag not in _NO_TEXT
        if tag == "table":
            self._anchor = self._part

    def handle_data(self, data: str) -> None:
        if not self._passed_over:
            self.texts[self._anchor] = self.texts.get(self._anchor, "") + data


def _excerpt(text: str, word: str) -> str:
    """The text around the first ``word``, or its beginning where only the title holds it."""
    at = max(text.lower().find(word), 0)
    start, end = max(at - _AROUND, 0), at + len(word) + _AROUND
    return ("…" if start else "") + text[start:end].strip() + ("…" if end < len(text) else "")
