"""Detects a file's format by its content, since names and content types are unreliable. Pure."""

import re
from typing import Final, Literal

from events.wire import BYTE_ORDER_MARK

Format = Literal["ndjson", "html", "har", "text"]

#: Bytes at a file's beginning that the detection reads.
HEAD_BYTES: Final = 64_000

_OURS: Final = re.compile(rb'\{\s*"format"\s*:\s*"cact-inspector-recording"')
#: A HAR: an object with ``log``. Plain values may precede ``log``, which must then begin as in a HAR.
_HAR: Final = re.compile(
    rb"""\{\s*+(?:"log"\s*+:\s*+\{
    |(?:(?!"event(?:_name)?")"(?:[^"\\]++|\\.)*+"\s*+:\s*+(?:"(?:[^"\\]++|\\.)*+"|[\w.+-]++)\s*+,\s*+)++
    "log"\s*+:\s*+\{\s*+"(?:_\w*+|version|creator|browser|pages|entries|comment)"\s*+:)""",
    re.DOTALL | re.VERBOSE,
)
_SPACE: Final = b" \t\r\n\f\v"


def format_of(head: bytes) -> Format:
    """The format of the file that begins with ``head``; ``text`` for any other file, such as pasted text."""
    start = head.removeprefix(BYTE_ORDER_MARK).lstrip(_SPACE)
    if _OURS.match(start):
        return "ndjson"
    if _HAR.match(start):
        return "har"
    if start[:9].lower() == b"<!doctype" or start[:5].lower() in (b"<html", b"<head"):
        return "html"
    return "text"
