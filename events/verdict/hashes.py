"""Compares a hash with what it ought to be the hash of. Pure.

A hash is the value of a property called ``<property>_md5`` or ``<property>_sha256``; its plain value is that
of ``<property>`` beside it. The plain value's own hashes are those of its text without blanks around it, as
it is written and in lower case: both are in use, and the reference asks for neither.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from events.verdict.faults import Fault

_DIGESTS: Final[dict[str, Callable[[bytes], Any]]] = {
    "_md5": lambda data: hashlib.md5(data, usedforsecurity=False),
    "_sha256": hashlib.sha256,
}
_LENGTHS: Final = {"_md5": 32, "_sha256": 64}
_HEX = re.compile(r"[0-9a-f]+\Z")
_NOTHING: Final = ("", " ", "null", "undefined", "NaN", "none", "[object Object]")
_LONGEST_PLAIN: Final = 1_000  # characters of a plain value that is hashed for comparison

_EMPTY: Final = Fault("warning", "hash_of_nothing", "the hash of a real value")


def suffix_of(name: str) -> str:
    """The hash suffix of a property's name; "" where it has none, or nothing before it."""
    for suffix in _LENGTHS:
        if name.endswith(suffix) and len(name) > len(suffix):
            return suffix
    return ""


def is_hash(value: Any, suffix: str) -> bool:
    """Whether ``value`` looks like a hash of that algorithm, in either case of letters."""
    return type(value) is str and len(value) == _LENGTHS[suffix] and _HEX.match(value.lower()) is not None


def is_of_nothing(value: Any, name: str) -> bool:
    """Whether ``value`` of the property ``name`` is the hash of an empty text, a placeholder, or zeros."""
    suffix = suffix_of(name)
    return bool(suffix) and type(value) is str and value.lower() in hashes_of_nothing(suffix)


@cache
def hashes_of_nothing(suffix: str) -> frozenset[str]:
    """The hashes, in lower case, that stand for no value."""
    spellings = {word for text in _NOTHING for word in (text, text.lower(), text.upper(), text.capitalize())}
    return frozenset({_digest(text, suffix) for text in spellings} | {"0" * _LENGTHS[suffix]})


def hash_fault(name: str, value: str, siblings: Mapping[str, Any]) -> Fault | None:
    """``hash_of_nothing`` or ``hash_mismatch`` for the text ``value`` of the property ``name``."""
    suffix = suffix_of(name)
    if not suffix or not is_hash(value, suffix):
        return None
    if is_of_nothing(value, name):
        return _EMPTY
    plain = plain_beside(name, siblings)
    found = value.lower()
    if not plain or found in _own(plain, suffix):
        return None
    why = next((why for why, other in _others(plain, suffix) if other == found), "")
    return Fault("warning", "hash_mismatch", f"the hash of {name.removesuffix(suffix)}", why)


def plain_beside(name: str, siblings: Mapping[str, Any]) -> str:
    """The plain value of the hashed property ``name`` as text; "" where there is none to compare with."""
    value = siblings.get(name.removesuffix(suffix_of(name)))
    if type(value) is int:
        value = str(value) if abs(value) < 10**19 else ""
    usable = type(value) is str and value.strip() and len(value) <= _LONGEST_PLAIN
    return str(value) if usable else ""


def _own(plain: str, suffix: str) -> tuple[str, ...]:
    bare = plain.strip()
    return _digest(bare, suffix), _digest(bare.lower(), suffix)


def _others(plain: str, suffix: str) -> Iterator[tuple[str, str]]:
    """Pairs of ``why`` and a hash that is often sent in place of the right one."""
    bare = plain.strip()
    spellings = (bare, bare.lower(), bare.upper(), bare.capitalize(), bare.title())
    yield "untrimmed", _digest(plain, suffix)
    for text in spellings:
        for blanks in (f"{text} ", f" {text}", f" {text} ", f"{text}\n"):
            yield "untrimmed", _digest(blanks, suffix)
    for text in spellings:
        yield "case", _digest(text, suffix)
    for text in spellings:
        for inner in _LENGTHS:
            once = _digest(text, inner)
            yield "twice", _digest(once, suffix)
            yield "twice", _digest(once.upper(), suffix)


def _digest(text: str, suffix: str) -> str:
    digest: str = _DIGESTS[suffix](text.encode(errors="replace")).hexdigest()
    return digest
