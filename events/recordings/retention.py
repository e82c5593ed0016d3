"""Deletes expired and deleted recordings, in slices. Recordings contain personal data, so they expire.

A deleted recording is invisible at once; its rows are deleted later in slices, so that the writer never waits
for long, and the disk space is released. The next process continues an interrupted deletion.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from events.db.disk import give_back
from events.db.slices import SliceSize
from events.models import Recording
from events.store.chains import delete_first
from events.store.wakeups import announce

_FIRST_SLICE: Final = 500  # rows
_SMALLEST_SLICE: Final = 10
_LARGEST_SLICE: Final = 5_000
_EVERY_SECONDS: Final = 3_600

logger = logging.getLogger(__name__)


def expired(now: datetime, days: int | None = None) -> QuerySet[Recording]:
    """The recordings, not pinned, that were created and last written to more than ``days`` days ago.

    Without ``days``, RETENTION_DAYS.
    """
    limit = now - timedelta(days=settings.RETENTION_DAYS if days is None else days)
    # Both times count, since an imported recording is new although its events are old.
    unused = Q(last_event_at=None) | Q(last_event_at__lt=limit)
    return Recording.objects.filter(unused, created_at__lt=limit, pinned=False)


def expires_at(recording: Recording) -> datetime | None:
    """The time at which the recording expires unless events are written to it; None for a pinned one."""
    if recording.pinned:
        return None
    used = max(recording.created_at, recording.last_event_at or recording.created_at)
    return used + timedelta(days=settings.RETENTION_DAYS)


def delete_expired(now: datetime, days: int | None = None) -> int:
    """Delete expired recordings and finish earlier deletions; return the number of expired recordings."""
    count = mark_deleted(expired(now, days))
    finish_deleting()
    return count


def delete_recording(recording: Recording) -> None:
    """Delete the recording: invisible when this function returns, its rows deleted later by ``tidying``."""
    mark_deleted(Recording.objects.filter(pk=recording.pk))
    announce(recording.pk)
    tidying.wake()


def mark_deleted(recordings: QuerySet[Recording]) -> int:
    """Make the recordings invisible without deleting their rows; return the number of recordings."""
    return recordings.update(deleted_at=timezone.now())


def finish_deleting() -> int:
    """Delete the rows of deleted recordings, then release the disk space; return the number of rows."""
    rows = 0
    for recording in Recording.everything.exclude(deleted_at=None).order_by("pk"):
        rows += _delete_rows(recording)
    if rows:
        give_back(rows)
    return rows


def _delete_rows(recording: Recording) -> int:
    """Delete the recording's related rows in slices, then the recording; return the number of rows.

    Events are deleted before the page loads, to which they refer.
    """
    parts: tuple[QuerySet[Any], ...] = (
        recording.events.order_by("seq"),
        recording.strip_parts.order_by("pk"),
        recording.page_loads.order_by("pk"),
        recording.tallies.order_by("pk"),
        recording.reports.order_by("pk"),
        recording.shares.order_by("pk"),
    )
    rows = sum(_delete_in_slices(part) for part in parts) + _delete_chains(recording.pk)
    Recording.everything.filter(pk=recording.pk).delete()
    return rows + 1


def _delete_in_slices(rows: QuerySet[Model]) -> int:
    """Delete ``rows`` in their order, in slices sized to the intended duration; return the number of rows.

    After each slice follows a pause as long as the slice took: SQLite's lock has no queue, and a waiting
    writer polls it.
    """
    model: Any = rows.model
    total, size = 0, SliceSize(_FIRST_SLICE, _SMALLEST_SLICE, _LARGEST_SLICE)
    while slice_ := list(rows.values_list("pk", flat=True)[: size.rows]):
        with size.adapted():
            model.objects.filter(pk__in=slice_).delete()
        total += len(slice_)
    return total


def _delete_chains(recording: int) -> int:
    """Delete the recording's chains in slices, in the order of their index; return the number of rows."""
    total, size = 0, SliceSize(_FIRST_SLICE, _SMALLEST_SLICE, _LARGEST_SLICE)
    while deleted := _delete_slice(recording, size):
        total += deleted
    return total


def _delete_slice(recording: int, size: SliceSize) -> int:
    with size.adapted():
        return delete_first(recording, size.rows)


class Tidying:
    """A daemon thread that calls ``work`` when ``wake`` is called, and every hour.

    ``name`` is the name of the thread; ``failed`` is the log message where ``work`` raises.
    """

    def __init__(self, work: Callable[[], object], name: str, failed: str) -> None:
        self._work = work
        self._name, self._failed = name, failed
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Let the thread call ``work`` soon; starts the thread where it is not running yet."""
        self._wanted.set()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._wanted.clear()
            try:
                self._work()
            except DatabaseError as error:
                logger.warning("%s: %s", self._failed, type(error).__name__)
            except Exception:  # an error of one run must not end the thread
                logger.exception(self._failed)
            connection.close()
            self._wanted.wait(_EVERY_SECONDS)


#: The thread that deletes expired and deleted recordings.
tidying = Tidying(lambda: delete_expired(timezone.now()), "retention", "deleting recordings failed")
