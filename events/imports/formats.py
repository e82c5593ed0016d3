"""What a file is, from its content: names and content types say anything. Pure."""

import re
from typing import Final, Literal

from events.wire import BYTE_ORDER_MARK

Format = Literal["ndjson", "html", "har", "text"]

#: As much of a file as is looked at.
HEAD_BYTES: Final = 64_000

_OURS: Final = re.compile(rb'\{\s*"format"\s*:\s*"cact-inspector-recording"')
#: A HAR; before its log there may be plain values, where the log then begins like that of a HAR.
_HAR: Final = re.compile(
    rb"""\{\s*+(?:"log"\s*+:\s*+\{
    |(?:(?!"event(?:_name)?")"(?:[^"\\]++|\\.)*+"\s*+:\s*+(?:"(?:[^"\\]++|\\.)*+"|[\w.+-]++)\s*+,\s*+)++
    "log"\s*+:\s*+\{\s*+"(?:_\w*+|version|creator|browser|pages|entries|comment)"\s*+:)""",
    re.DOTALL | re.VERBOSE,
)
_SPACE: Final = b" \t\r\n\f\v"


def format_of(head: bytes) -> Format:
    """The format of the file that begins with ``head``; ``text`` is anything that a person may paste."""
    start = head.removeprefix(BYTE_ORDER_MARK).lstrip(_SPACE)
    if _OURS.match(start):
        return "ndjson"
    if _HAR.match(start):
        return "har"
    if start[:9].lower() == b"<!doctype" or start[:5].lower() in (b"<html", b"<head"):
        return "html"
    return "text"
