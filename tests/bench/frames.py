"""Parses a socket's frames: rows of the product's live view, or bodies of a bare consumer."""

import json
import re
import time
from typing import Final, Protocol

_DAY_MILLISECONDS: Final = 86_400_000
_ROW: Final = re.compile(r'id="event-(\d+)"')
_CURSOR: Final = re.compile(r"&quot;cursor&quot;:(\d+)")
_FRAME: Final = re.compile(r' data-frame="(\d+)"')
#: The event's time in its row: the load generator sets it to the time of the post.
_MOMENT: Final = re.compile(r'<time datetime="[^"]*">(\d\d):(\d\d):(\d\d)\.(\d{3})</time> <span class="name"')
_AT: Final = re.compile(r'"at":(\d+)')


class Frames(Protocol):
    """Parses one socket's frames. ``cursor``: all events up to this number were received."""

    opening: str
    cursor: int
    numbers: list[int]
    late: list[float]

    def take(self, text: str) -> str:
        """Parse a frame; returns the answer to send, "" for none."""


class RowFrames:
    """The product's frames with timeline rows; each one is acknowledged."""

    opening = json.dumps({"follow": {"after": 0, "query": "", "epoch": 1}})

    def __init__(self) -> None:
        self.cursor = 0
        self.numbers: list[int] = []
        self.late: list[float] = []

    def take(self, text: str) -> str:
        self.numbers += map(int, _ROW.findall(text))
        for hours, minutes, seconds, part in _MOMENT.findall(text):
            posted = ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(part)
            self.late.append(_since(posted))
        self.cursor = _number(_CURSOR, text)
        return json.dumps({"ack": _number(_FRAME, text)})


class BodyFrames:
    """A bare consumer's frames: a body with one event each; counted, since they have no sequence number."""

    opening = ""

    def __init__(self) -> None:
        self.cursor = 0
        self.numbers: list[int] = []
        self.late: list[float] = []

    def take(self, text: str) -> str:
        for posted in _AT.findall(text):
            self.late.append(_since(int(posted)))
            self.cursor += 1
            self.numbers.append(self.cursor)
        return ""


def _since(posted: int) -> float:
    """Milliseconds from a wall-clock time until now."""
    return (time.time() * 1000 - posted) % _DAY_MILLISECONDS


def _number(pattern: "re.Pattern[str]", text: str) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0
