"""Recordings hold personal data: what nobody has written to for a while goes, and what somebody deletes goes.

A deleted recording is gone for everybody at once; its rows follow in slices, so that the writer never waits
for long, and the disk gets its room back. A process that ends meanwhile leaves the rest to the next one.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from events.db.disk import give_back
from events.models import Recording
from events.store.wakeups import announce

_SLICE_SECONDS: Final = 0.05  # what one transaction may take: the writer waits that long at most
_FIRST_SLICE: Final = 500  # rows
_LARGEST_SLICE: Final = 5_000
_EVERY_SECONDS: Final = 3_600

logger = logging.getLogger(__name__)


def expired(now: datetime, days: int | None = None) -> QuerySet[Recording]:
    """What is to go: not pinned, made and written to last more than ``days`` (RETENTION_DAYS) ago."""
    limit = now - timedelta(days=settings.RETENTION_DAYS if days is None else days)
    # Both, since an imported recording is new although its events are old.
    unused = Q(last_event_at=None) | Q(last_event_at__lt=limit)
    return Recording.objects.filter(unused, created_at__lt=limit, pinned=False)


def expires_at(recording: Recording) -> datetime | None:
    """When it will go if nobody writes to it; None for a pinned one."""
    if recording.pinned:
        return None
    used = max(recording.created_at, recording.last_event_at or recording.created_at)
    return used + timedelta(days=settings.RETENTION_DAYS)


def delete_expired(now: datetime, days: int | None = None) -> int:
    """Delete what has expired, and the rest of what was deleted before; return how many expired."""
    count = mark_deleted(expired(now, days))
    finish_deleting()
    return count


def delete_recording(recording: Recording) -> None:
    """Delete it: gone for everybody when this returns, its rows a while later."""
    mark_deleted(Recording.objects.filter(pk=recording.pk))
    announce(recording.pk)
    tidying.wake()


def mark_deleted(recordings: QuerySet[Recording]) -> int:
    """Take these away from everybody; return how many. Their rows are still there."""
    return recordings.update(deleted_at=timezone.now())


def finish_deleting() -> int:
    """Delete the rows of all recordings that are marked so, then give the room back; return how many rows."""
    rows = 0
    for recording in Recording.everything.exclude(deleted_at=None).order_by("pk"):
        rows += _delete_rows(recording)
    if rows:
        give_back(rows)
    return rows


def _delete_rows(recording: Recording) -> int:
    """What hangs on it slice by slice, events first, since they point at page loads; at last itself."""
    parts: tuple[QuerySet[Any], ...] = (
        recording.events.order_by("seq"),
        recording.strip_parts.order_by("pk"),
        recording.page_loads.order_by("pk"),
        recording.tallies.order_by("pk"),
        recording.reports.order_by("pk"),
        recording.shares.order_by("pk"),
    )
    rows = sum(_delete_in_slices(part) for part in parts)
    Recording.everything.filter(pk=recording.pk).delete()
    return rows + 1


def _delete_in_slices(rows: QuerySet[Model]) -> int:
    """Delete ``rows`` in their order, each slice as large as the time for one allows, with a pause after it.

    The pause is as long as the slice took: SQLite's lock knows no queue, and who waits for it looks only now
    and then.
    """
    model: Any = rows.model
    total, size = 0, _FIRST_SLICE
    while slice_ := list(rows.values_list("pk", flat=True)[:size]):
        started = time.monotonic()
        model.objects.filter(pk__in=slice_).delete()
        took = time.monotonic() - started
        total += len(slice_)
        size = max(10, min(_LARGEST_SLICE, int(size * _SLICE_SECONDS / max(took, 0.001))))
        time.sleep(max(took, 0.005))  # half of the time is for those who write
    return total


class Tidying:
    """A thread that does ``work`` when it is woken and every hour, and ends with the process.

    ``name`` is the thread's; ``failed`` is what the log says where the work raises.
    """

    def __init__(self, work: Callable[[], object], name: str, failed: str) -> None:
        self._work = work
        self._name, self._failed = name, failed
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Have the work done soon. Starts the thread, where it does not run yet."""
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
            except Exception:  # the thread must live on
                logger.exception(self._failed)
            connection.close()
            self._wanted.wait(_EVERY_SECONDS)


#: Deletes what somebody deleted, and what has expired.
tidying = Tidying(lambda: delete_expired(timezone.now()), "retention", "deleting recordings failed")
