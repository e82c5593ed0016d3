"""Giving back to the disk what deleted recordings took.

SQLite keeps the pages of what was deleted, unless its file was made to shrink (``auto_vacuum``): then they
are given back bit by bit. PostgreSQL fills the room again with what comes next; a plain VACUUM sees to that
at once, and its files get smaller only where their end is free.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.db import connection

from events.models import Event, PageLoad, Recording, Report, Share, StripPart, Tally

_PAGES: Final = 400  # given back in one transaction: some 1.6 MB, a few milliseconds
_PAUSE_SECONDS: Final = 0.02  # between two of them, so that the writer gets its turn
_WAIT_MS: Final = 100  # for others, while nobody can write
_CHECKPOINT_TRIES: Final = 20
_MANY_ROWS: Final = 10_000  # fewer are not worth a VACUUM: PostgreSQL does it by itself soon
_TABLES: Final = (Event, PageLoad, StripPart, Recording, Tally, Report, Share)
#: A file up to this size is made one that can shrink when the server starts: that takes a second at most.
SMALL_FILE_BYTES: Final = 100_000_000


def give_back(rows: int = _MANY_ROWS) -> None:
    """Give back what is free after ``rows`` were deleted. Others may go on reading and writing meanwhile."""
    if connection.vendor == "sqlite":
        if can_shrink():
            _shrink()
        _empty_log()
    elif rows >= _MANY_ROWS:
        _execute("VACUUM " + ", ".join(table._meta.db_table for table in _TABLES))


def can_shrink() -> bool:
    """Whether the database file gets smaller when something is deleted."""
    return connection.vendor != "sqlite" or _number("PRAGMA auto_vacuum") == 2


def make_shrinkable() -> None:
    """Rewrite an SQLite file as one that can shrink, without its free pages; nobody can write meanwhile.

    Raises django.db.OperationalError where somebody does, or the disk has no room for a second copy.
    """
    if connection.vendor == "sqlite":
        _execute("PRAGMA auto_vacuum=INCREMENTAL")
        with _impatient():
            _execute("VACUUM")
        _empty_log()
    else:
        give_back()


def database_bytes() -> int:
    """How much the SQLite file takes, its log included; 0 for other databases."""
    if connection.vendor != "sqlite":
        return 0
    path = str(connection.settings_dict["NAME"])
    return sum(Path(path + end).stat().st_size for end in ("", "-wal") if Path(path + end).exists())


def _shrink() -> None:
    while (free := _number("PRAGMA freelist_count")) > 0:
        # As a script: each step gives one page back, and a cursor takes but one where no row comes of it.
        connection.connection.executescript(f"PRAGMA incremental_vacuum({_PAGES})")
        if _number("PRAGMA freelist_count") >= free:
            return  # what is free stands where nothing can be cut off
        time.sleep(_PAUSE_SECONDS)  # lets those write who wait for the file


def _empty_log() -> None:
    """Write the log into the file and cut it off: tried a few times, as somebody may be reading from it."""
    with _impatient():
        for _ in range(_CHECKPOINT_TRIES):
            if _number("PRAGMA wal_checkpoint(TRUNCATE)") == 0:
                return
            time.sleep(_PAUSE_SECONDS)  # SQLite tells nobody when a reader has finished


@contextmanager
def _impatient() -> Iterator[None]:
    before = _number("PRAGMA busy_timeout")
    _execute(f"PRAGMA busy_timeout={_WAIT_MS}")
    try:
        yield
    finally:
        _execute(f"PRAGMA busy_timeout={before}")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _number(statement: str) -> int:
    """The first number of the answer."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
