"""Matches the paths of findings and of pages against patterns. Pure; in time linear in pattern times path."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from events.query.folding import glob
from events.query.tree import Value
from events.verdict.pointer import tokens_of
from events.wire.addresses import host_of, split_address

_ONE: Final = "*"
_ANY: Final = "**"
#: In a path with dots a list's element need not be named: at this place there may be a number.
_PERHAPS: Final = "\0index"
_DOTTED: Final = re.compile(r"([^.\[\]]+)|\[([0-9*]*)\]")

Tokens = tuple[str, ...]


def finding_pattern(value: Value) -> Tokens | None:
    """The pattern of a finding's path; None for a path in quotes, which is compared as it is."""
    text = value.text
    if value.quoted:
        return None
    if text.startswith("/"):
        return tuple(tokens_of(text))
    tokens: list[str] = []
    for name, index in _DOTTED.findall(text):
        if name:
            tokens += (name, _PERHAPS)
        else:
            tokens[-1:] = [index or _ONE, _PERHAPS]
    return tuple(tokens)


def finding_matcher(value: Value) -> Callable[[str], bool]:
    """A test of a finding's path."""
    pattern = finding_pattern(value)
    if pattern is None:
        return lambda path: path == value.text
    return lambda path: _matches(pattern, tokens_of(path))


def literal_pointer(value: Value) -> str | None:
    """The only path that the value matches; None where it may match several."""
    if value.quoted:
        return value.text
    pattern = finding_pattern(value) or ()
    if not value.text.startswith("/") or any("*" in token for token in pattern):
        return None
    return "".join(f"/{token.replace('~', '~0').replace('/', '~1')}" for token in pattern)


def literal_tokens(value: Value) -> list[str]:
    """The steps that each path has that the value matches."""
    return [token for token in finding_pattern(value) or () if "*" not in token and token != _PERHAPS]


def _matches(pattern: Sequence[str], tokens: Sequence[str], *, below: bool = False) -> bool:
    """Walks all ways through the pattern at once: a set of places in it for each token."""
    places = _closed({0}, pattern)
    for token in tokens:
        places = _closed(
            {
                place if pattern[place] == _ANY else place + 1
                for place in places
                if place < len(pattern) and _takes(pattern[place], token)
            },
            pattern,
        )
        if below and len(pattern) in places:
            return True
        if not places:
            return False
    return len(pattern) in places


def _closed(places: set[int], pattern: Sequence[str]) -> set[int]:
    """The places, with those after steps that need not be there."""
    found, waiting = set(places), list(places)
    while waiting:
        place = waiting.pop()
        if place < len(pattern) and pattern[place] in (_ANY, _PERHAPS) and place + 1 not in found:
            found.add(place + 1)
            waiting.append(place + 1)
    return found


def _takes(step: str, token: str) -> bool:
    if step in (_ONE, _ANY):
        return True
    if step == _PERHAPS:
        return token.isascii() and token.isdecimal()
    return glob(step, token)


def page_matcher(value: Value) -> Callable[[str], bool]:
    """A test of a page's address against a pattern of paths, which begins with ``/``.

    A segment ``*`` is any one segment, ``**`` any number of them; in a segment ``*`` stands for any
    characters, at the end of the pattern also for further segments.
    """
    text = value.text.rstrip("/") if not value.quoted else value.text
    if value.quoted:
        return lambda url: page_path(url) == (text.rstrip("/") or "/")
    pattern = tuple(text.split("/")[1:])
    below = bool(pattern) and pattern[-1].endswith("*") and pattern[-1] not in (_ONE, _ANY)
    return lambda url: bool(path := page_path(url)) and _matches(pattern, _segments(path), below=below)


def _segments(path: str) -> list[str]:
    return path.split("/")[1:] if path != "/" else []


def page_path(url: str) -> str:
    """The path of a page's address without a slash at its end, such as ``/cart``; "" where it has none."""
    parts = split_address(url)
    return "" if parts is None or not parts.netloc else parts.path.rstrip("/") or "/"


def site_of(url: str) -> str:
    """The host of a page's address in small letters, with its port; "" where it has none."""
    return host_of(url).lower()
