"""Recordings hold personal data: what nobody has written to for a while goes."""

import logging
import threading
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from events.models import Event, Recording

_SLICE: Final = 5_000  # events in one transaction: a large recording must not keep the writer waiting
_EVERY_SECONDS: Final = 3_600

logger = logging.getLogger(__name__)


def delete_expired(now: datetime, days: int | None = None) -> int:
    """Delete each recording without a new event for ``days`` (default: RETENTION_DAYS); return how many."""
    limit = now - timedelta(days=settings.RETENTION_DAYS if days is None else days)
    expired = Recording.objects.filter(
        Q(last_event_at__lt=limit) | Q(last_event_at__isnull=True, created_at__lt=limit)
    )
    keys = list(expired.values_list("pk", flat=True))
    for pk in keys:
        _delete(pk)
    return len(keys)


def keep_tidy() -> None:
    """Delete what has expired, now and then every hour, in a thread of its own that ends with the process."""
    threading.Thread(target=_tidy_for_ever, name="retention", daemon=True).start()


def _delete(recording: int) -> None:
    """Delete a recording slice by slice, the newest events first, and at last itself with what is left."""
    events = Event.objects.filter(recording_id=recording).order_by("-seq")
    while (lowest := events.values_list("seq", flat=True)[_SLICE - 1 : _SLICE].first()) is not None:
        Event.objects.filter(recording_id=recording, seq__gte=lowest).delete()
    Recording.objects.filter(pk=recording).delete()


def _tidy_for_ever() -> None:
    pause = threading.Event()
    while True:
        try:
            delete_expired(timezone.now())
        except DatabaseError as error:
            logger.warning("deleting expired recordings failed: %s", type(error).__name__)
        connection.close()
        pause.wait(_EVERY_SECONDS)
