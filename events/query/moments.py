"""Reads the times and numbers that a query contains. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?")
_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_LONGEST_NUMBER: Final = 400  # characters of a text that is read as a number
_EXACT_DIGITS: Final = 19


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as it was written: a clock time, an ISO time (naive: in the reader's zone), an event's number.

    ``precision`` is the length of what the clock time leaves open: a minute, a second, a part of one.
    """

    kind: Literal["clock", "iso", "number"]
    at: time | datetime | int
    precision: timedelta = timedelta(0)


def moment_of(text: str) -> Moment | None:
    """The time in ``text``; None where it is none."""
    if text[:1] == "#" and text[1:].isascii() and text[1:].isdecimal():
        return Moment("number", number_of(text[1:]))
    if found := clock_of(text):
        return found
    moment = iso_of(text)
    return None if moment is None else Moment("iso", moment)


def clock_of(text: str) -> Moment | None:
    """The time of day in ``text``: ``14:02``, ``14:02:11``, ``14:02:11.204``; None where it is none."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute, second, part = found.groups()
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        return None
    micro = int((part or "").ljust(6, "0"))
    if part:
        precision = timedelta(microseconds=10 ** (6 - len(part)))
    else:
        precision = timedelta(seconds=1) if second else timedelta(minutes=1)
    return Moment("clock", time(int(hour), int(minute), int(second or 0), micro), precision)


def iso_of(text: str) -> datetime | None:
    """The ISO date or time in ``text``; None where it is none. Without a zone it has none."""
    if len(text) > 40 or not _ISO.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def instant(moment: datetime, zone: tzinfo = UTC) -> datetime:
    """The time in UTC; one without a zone is a time in ``zone``."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    try:
        return aware.astimezone(UTC)
    except OverflowError:
        return aware.replace(tzinfo=UTC)


def on_day(day: date, clock: time, zone: tzinfo) -> datetime:
    """The moment of the clock time on a day in ``zone``, in UTC."""
    return instant(datetime.combine(day, clock), zone)


def as_number(text: str) -> int | float | None:
    """The number that ``text`` is written as; None where it is none. Never infinite."""
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return None
    if len(text) <= _EXACT_DIGITS and text.lstrip("+-").isdecimal():
        return int(text)
    number = float(text)
    return None if number in (float("inf"), float("-inf")) else number


def number_of(digits: str) -> int:
    """The number of at most 2,000 digits; beyond 18 digits any number above all sequence numbers."""
    return int(digits) if len(digits) <= 18 else 2**62
