"""Finds and decodes base64 values inside a text: trackers encode e-mail addresses and payloads so. Pure."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

_RUN = re.compile(r"[A-Za-z0-9+/_-]{8,}+={0,2}")
#: ``/``, ``-`` and ``_`` are letters of base64, and separators of the words of a URL.
_SEPARATOR = re.compile(r"[/_-]")
_PARTS: Final = tuple(re.compile(rf"[A-Za-z0-9+{letters}]{{8,}}+={{0,2}}") for letters in ("_-", "/", ""))
_MOST_FOLDERS: Final = 8  # before base64 in an address: each costs another try at decoding the rest
_CAPITAL = re.compile(r"[A-Z]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def decoded_values(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and decoded text of each base64 value in ``text``; the ranges may overlap.

    Only base64 of readable text is yielded. ``start`` and ``end`` are indexes into ``text``.
    """
    for run in _RUN.finditer(text):
        if not _CAPITAL.search(run[0]):
            continue  # base64 of a text always holds a capital letter
        ranges = {run.span()}
        if _SEPARATOR.search(run[0]):
            ranges |= {part.span() for parts in _PARTS for part in parts.finditer(text, *run.span())}
            ranges |= set(_behind_folders(run))
        for start, end in sorted(ranges):
            inner = _decoded(text[start:end])
            if inner:
                yield start, end, inner


def _behind_folders(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Where base64 that has slashes of its own may stand in an address: behind each of the first folders."""
    for count, slash in enumerate(re.finditer("/", run[0])):
        if count == _MOST_FOLDERS:
            return
        yield run.start() + slash.end(), run.end()


def _decoded(token: str) -> str:
    bare = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        raw = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        return ""
    inner = _text(raw)
    return "" if _CONTROL.search(inner) else inner


def _text(raw: bytes) -> str:
    """Decode UTF-8, or else Latin-1, which a browser's ``btoa`` encodes."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
