"""What a socket's frames hold: rows of the product's live page, or a bare consumer's bodies."""

import json
import re
import time
from typing import Final, Protocol

_DAY_MILLISECONDS: Final = 86_400_000
_ROW: Final = re.compile(r'id="event-(\d+)"')
_CURSOR: Final = re.compile(r"&quot;cursor&quot;:(\d+)")
_FRAME: Final = re.compile(r' data-frame="(\d+)"')
#: An event's own moment, as its row shows it: the load writes the time of posting there.
_MOMENT: Final = re.compile(r'<time datetime="[^"]*">(\d\d):(\d\d):(\d\d)\.(\d{3})</time> <span class="name"')
_AT: Final = re.compile(r'"at":(\d+)')


class Frames(Protocol):
    """Reads one socket's frames. ``cursor``: everything up to this event number has been received."""

    opening: str
    cursor: int
    numbers: list[int]
    late: list[float]

    def take(self, text: str) -> str:
        """Read a frame; gives what is to be answered, or "" for nothing."""


class RowFrames:
    """The product's: rows of the timeline. Each frame is acknowledged."""

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
    """A bare consumer's: one body with one event each. They have no numbers, so they are counted."""

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
    """Milliseconds from a moment, of which the time of day is known, until now."""
    return (time.time() * 1000 - posted) % _DAY_MILLISECONDS


def _number(pattern: "re.Pattern[str]", text: str) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0
