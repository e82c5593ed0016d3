"""Reads and saves a recording's counters: all columns that the writer's transaction changes, no others."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from events.db.bulk_statements import update
from events.models import Recording


@dataclass(slots=True)
class Counters:
    """The counters of one locked recording.

    ``recording`` is its primary key, ``bytes`` the approximate size of its events in the database.
    Every function of the transaction is given these counters in place of the recording, so that none can
    change a column that ``save`` does not write.
    """

    recording: int
    last_seq: int
    last_change: int
    sent: int
    received: int
    last_event_at: datetime | None
    bytes: int
    site: str

    @classmethod
    def of(cls, recording: Recording) -> "Counters":
        """The counters of ``recording``, which must be freshly read and locked."""
        return cls(recording.pk, *_values(recording))

    def save(self) -> None:
        """Write all counters. Raises DatabaseError."""
        update(Recording, _COLUMNS, [(*_values(self), self.recording)])


_COLUMNS: Final = tuple(field.name for field in fields(Counters) if field.name != "recording")
_values: Final[Callable[[Any], tuple[Any, ...]]] = attrgetter(*_COLUMNS)
