"""Updates the tallies of a recording: the events of each name, verdict and gravest severities by group."""

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from events.models import Event, Tally
from events.verdict import StoredFinding
from events.verdict.groups import GROUPS, numbers_of

#: The columns with the number of findings of each group, in the order of ``GROUPS``.
FINDINGS_COLUMNS: Final = tuple(f"{group}_findings" for group in GROUPS)
_SUMMED: Final = ("count", *FINDINGS_COLUMNS)


class TallyChanges:
    """What a transaction changes in a recording's tallies, as one row for each tally."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, int], list[int]] = {}

    def add(
        self, name: str, verdict: str, gravest: int, findings: Sequence[StoredFinding], by: int = 1
    ) -> None:
        """Count ``by`` events with these values; the findings of an event without gravest do not count."""
        row = self._rows.setdefault((name, verdict, gravest), [0] * len(_SUMMED))
        row[0] += by
        if gravest > 0:
            for place, number in enumerate(numbers_of(findings), 1):
                row[place] += by * number

    def remove(self, event: Event, findings: Sequence[StoredFinding]) -> None:
        """Count the stored ``event``, which has ``findings``, no more: before its columns are changed."""
        self.add(event.name, event.verdict, event.gravest, findings, -1)

    def save(self, recording: int) -> None:
        """Add the changes to the tallies of the recording with this primary key. Raises DatabaseError.

        One upsert each, the same SQL on both databases.
        """
        changed = [(key, sums) for key, sums in self._rows.items() if any(sums)]
        rows: list[tuple[Any, ...]] = [(recording, *key, *sums) for key, sums in changed]
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(_UPSERT, rows)


_TABLE: Final = Tally._meta.db_table
_COLUMNS: Final = ("recording_id", "name", "verdict", "gravest", *_SUMMED)
_UPSERT: Final = (
    f"INSERT INTO {_TABLE} ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))}) "  # noqa: S608  # our own model's table
    f"ON CONFLICT (recording_id, name, verdict, gravest) DO UPDATE SET "
    + ", ".join(f"{column} = {_TABLE}.{column} + excluded.{column}" for column in _SUMMED)
)
