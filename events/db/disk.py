"""Frees disk space after recordings were deleted.

An SQLite file keeps the pages of deleted rows, unless it has ``auto_vacuum``: then free pages are removed in
small transactions. PostgreSQL reuses the space for new rows; a plain VACUUM makes it reusable at once, and
its files shrink only where their end is free.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.db import connection

from events.models import Event, PageLoad, Recording, Report, Share, StripPart, Tally

_PAGES: Final = 400  # removed in one transaction: about 1.6 MB, a few milliseconds
_PAUSE_SECONDS: Final = 0.02  # between two transactions, so that the writer can commit
_WAIT_MS: Final = 100  # to wait for a lock, while all writes are blocked
_CHECKPOINT_TRIES: Final = 20
_MANY_ROWS: Final = 10_000  # deleted rows from which a VACUUM pays; PostgreSQL's autovacuum does the rest
_TABLES: Final = (Event, PageLoad, StripPart, Recording, Tally, Report, Share)
#: A file up to this size gets ``auto_vacuum`` when the server starts, which takes a second at most.
SMALL_FILE_BYTES: Final = 100_000_000


def give_back(rows: int = _MANY_ROWS) -> None:
    """Free the space of ``rows`` deleted rows. Other connections can read and write meanwhile."""
    if connection.vendor == "sqlite":
        if can_shrink():
            _shrink()
        _empty_log()
    elif rows >= _MANY_ROWS:
        _execute("VACUUM " + ", ".join(table._meta.db_table for table in _TABLES))


def can_shrink() -> bool:
    """Whether deleting rows shrinks the database file; True for every database but SQLite."""
    return connection.vendor != "sqlite" or _number("PRAGMA auto_vacuum") == 2


def make_shrinkable() -> None:
    """Rewrite an SQLite file without free pages and with ``auto_vacuum``; all writes are blocked meanwhile.

    Raises django.db.OperationalError where another connection writes, or the disk has no room for a copy.
    """
    if connection.vendor == "sqlite":
        _execute("PRAGMA auto_vacuum=INCREMENTAL")
        with _short_lock_wait():
            _execute("VACUUM")
        _empty_log()
    else:
        give_back()


def database_bytes() -> int:
    """The size of the SQLite file with its write-ahead log, in bytes; 0 for other databases."""
    if connection.vendor != "sqlite":
        return 0
    path = str(connection.settings_dict["NAME"])
    return sum(Path(path + end).stat().st_size for end in ("", "-wal") if Path(path + end).exists())


def _shrink() -> None:
    while (free := _number("PRAGMA freelist_count")) > 0:
        # By executescript: each step frees one page, and a cursor's execute stops after the first step.
        connection.connection.executescript(f"PRAGMA incremental_vacuum({_PAGES})")
        if _number("PRAGMA freelist_count") >= free:
            return  # the rest of the free pages cannot be cut off
        time.sleep(_PAUSE_SECONDS)  # so that waiting writers can commit


def _empty_log() -> None:
    """Checkpoint and truncate the write-ahead log, with retries: a reader may still use it."""
    with _short_lock_wait():
        for _ in range(_CHECKPOINT_TRIES):
            if _number("PRAGMA wal_checkpoint(TRUNCATE)") == 0:
                return
            time.sleep(_PAUSE_SECONDS)  # SQLite gives no notice when a reader has finished


@contextmanager
def _short_lock_wait() -> Iterator[None]:
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
    """The number in the first column of the statement's first row."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
