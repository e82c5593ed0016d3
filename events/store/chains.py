"""Reads and writes chains: events with one key in the order of their positions (``events.verdict.across``).

Every statement reads the table's primary key alone, which is its only index, and for each entry asked about a
bounded number of rows: the predecessor, the successor, the first. No ORM: the rows are numbers, and many.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from django.db import connection

from events.models import ChainEntry
from events.verdict.across import Position

_TABLE: Final = ChainEntry._meta.db_table
_MOST_ROWS: Final = 100  # of one statement: SQLite parses each row
_VALUE_BITS: Final = 24
_MASK: Final = (1 << _VALUE_BITS) - 1
_HERE: Final = f"FROM {_TABLE} e WHERE e.recording = %s AND e.key = asked.key"
_PLACE: Final = "(e.at, e.tie, e.rest)"
_BACK: Final = "ORDER BY e.at DESC, e.tie DESC, e.rest DESC LIMIT 1"
_ON: Final = "ORDER BY e.at, e.tie, e.rest LIMIT 1"


class Row(NamedTuple):
    """A row of a chain."""

    key: int
    position: Position
    seq: int
    value: int


class Neighbour(NamedTuple):
    """The event beside another one in a chain."""

    seq: int
    value: int


def insert_rows(recording: int, rows: Iterable[Row]) -> None:
    """Insert rows; one that is there stays. Raises DatabaseError."""
    numbers = [
        (recording, row.key, row.position.at, row.position.tie, row.position.rest, row.seq, row.value)
        for row in rows
    ]
    columns = "recording, key, at, tie, rest, seq, value"
    with connection.cursor() as cursor:
        for first in range(0, len(numbers), _MOST_ROWS):
            # Numbers of our own making, written into the statement: binding 700 values took half of the time.
            values = ",".join(map(_tuple, numbers[first : first + _MOST_ROWS]))
            cursor.execute(f"INSERT INTO {_TABLE} ({columns}) VALUES {values} ON CONFLICT DO NOTHING")  # noqa: S608  # our own


def delete_rows(recording: int, rows: Iterable[tuple[int, Position]]) -> None:
    """Delete the rows with these keys and positions. Raises DatabaseError."""
    where = "recording = %s AND key = %s AND at = %s AND tie = %s AND rest = %s"
    with connection.cursor() as cursor:
        for key, position in rows:
            cursor.execute(f"DELETE FROM {_TABLE} WHERE {where}", [recording, key, *position])  # noqa: S608  # our own


def delete_first(recording: int, count: int) -> int:
    """Delete the first ``count`` rows of the recording; return how many there were. Raises DatabaseError."""
    with connection.cursor() as cursor:
        order = "ORDER BY key, at, tie, rest"
        rows = f"FROM {_TABLE} WHERE recording = %s"
        cursor.execute(f"SELECT key, at, tie, rest {rows} {order} LIMIT 1 OFFSET %s", [recording, count - 1])
        last = cursor.fetchone()
        upto = " AND (key, at, tie, rest) <= (%s, %s, %s, %s)" if last else ""
        cursor.execute(f"DELETE {rows}{upto}", [recording, *(last or ())])
        return int(cursor.rowcount)


def predecessors(recording: int, asked: Sequence[tuple[int, Position]]) -> list[Neighbour | None]:
    """The event before each of these places in its chain; None where there is none."""
    return _beside(recording, asked, f"{_HERE} AND {_PLACE} < (asked.at, asked.tie, asked.rest) {_BACK}")


def successors(recording: int, asked: Sequence[tuple[int, Position]]) -> list[Neighbour | None]:
    """The event after each of these places in its chain; None where there is none."""
    return _beside(recording, asked, f"{_HERE} AND {_PLACE} > (asked.at, asked.tie, asked.rest) {_ON}")


def first_of(recording: int, key: int) -> Row | None:
    """The first row of a chain."""
    return next(iter(rows_of(recording, key, None, 1)), None)


def rows_of(
    recording: int, key: int, after: Position | None, limit: int, until: Position | None = None
) -> list[Row]:
    """The first rows of a chain, after one position and before another, in order."""
    where, values = "recording = %s AND key = %s", [recording, key]
    if after is not None:
        where, values = f"{where} AND (at, tie, rest) > (%s, %s, %s)", [*values, *after]
    if until is not None:
        where, values = f"{where} AND (at, tie, rest) < (%s, %s, %s)", [*values, *until]
    with connection.cursor() as cursor:
        columns = "key, at, tie, rest, seq, value"
        order = "ORDER BY at, tie, rest LIMIT %s"
        cursor.execute(f"SELECT {columns} FROM {_TABLE} WHERE {where} {order}", [*values, limit])  # noqa: S608  # our own
        return [
            Row(found, Position(at, tie, rest), seq, value)
            for found, at, tie, rest, seq, value in cursor.fetchall()
        ]


def any_between(recording: int, first: int, last: int) -> bool:
    """Whether a chain whose key is in this range has an event."""
    with connection.cursor() as cursor:
        where = "recording = %s AND key BETWEEN %s AND %s LIMIT 1"
        cursor.execute(f"SELECT 1 FROM {_TABLE} WHERE {where}", [recording, first, last])  # noqa: S608  # our own
        return cursor.fetchone() is not None


def _beside(recording: int, asked: Sequence[tuple[int, Position]], where: str) -> list[Neighbour | None]:
    found: list[Neighbour | None] = []
    with connection.cursor() as cursor:
        for first in range(0, len(asked), _MOST_ROWS):
            part = asked[first : first + _MOST_ROWS]
            values = ",".join(_tuple((place, key, *position)) for place, (key, position) in enumerate(part))
            one = f"SELECT e.seq * {_MASK + 1} + e.value {where}"
            cursor.execute(
                f"WITH asked(place, key, at, tie, rest) AS (VALUES {values}) "  # noqa: S608  # our own numbers
                f"SELECT ({one}) FROM asked ORDER BY asked.place",
                [recording],
            )
            found += [_neighbour(packed) for (packed,) in cursor.fetchall()]
    return found


def _neighbour(packed: int | None) -> Neighbour | None:
    return None if packed is None else Neighbour(packed >> _VALUE_BITS, packed & _MASK)


def _tuple(numbers: tuple[int, ...]) -> str:
    return f"({','.join(map(str, map(int, numbers)))})"
