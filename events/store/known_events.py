"""Finds which events of a batch a recording holds already: those of the same id with equal content.

Reads by the index of event ids alone, at most three of its entries for each event of the batch, however many
stored events share one id.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from events.db.compiled_queries import padded
from events.models import Event
from events.store.payloads import digest_of_content

#: What identifies an event in its recording: its id, and the digest of its content.
Identity = tuple[str, int]

_MOST_VALUES: Final = 256  # of one statement: few statements, and each far below the limits of the databases
_TABLE: Final = Event._meta.db_table


def stored_seqs(recording: int, identities: Sequence[Identity]) -> tuple[dict[Identity, int], set[str]]:
    """The sequence numbers of those of ``identities`` that the recording holds; which ids it holds at all.

    Raises DatabaseError.
    """
    first = _first_occurrences(recording, list({event_id for event_id, _ in identities}))
    if not first:
        return {}, set()
    asked = {identity for identity in identities if identity[0] in first}
    older = [event_id for event_id, occurrence in first.items() if occurrence == 0]
    return _exact(recording, list(asked)) | _older(recording, older, asked), set(first)


def ids_of_one_event(recording: int, event_ids: list[str]) -> list[str]:
    """Those of ``event_ids`` that exactly one event of the recording has. Raises DatabaseError."""
    first = _first_occurrences(recording, event_ids)
    last = _first_occurrences(recording, list(first), "MAX")
    return [event_id for event_id in first if first[event_id] == last[event_id]]


def _first_occurrences(recording: int, event_ids: list[str], which: str = "MIN") -> dict[str, int]:
    """The lowest ``occurrence`` of each of the ids that the recording holds; with MAX the highest."""
    outermost = (
        f"SELECT {which}(occurrence) FROM {_TABLE} WHERE recording_id = %s AND event_id = asked.event_id"  # noqa: S608  # our own table
    )
    rows = _rows("event_id", [(event_id,) for event_id in event_ids], outermost, [recording])
    return {event_id: occurrence for event_id, occurrence in rows if occurrence is not None}


def _exact(recording: int, identities: list[Identity]) -> dict[Identity, int]:
    """The sequence numbers of the stored events with these ids and digests."""
    same = (
        f"SELECT seq FROM {_TABLE} WHERE recording_id = %s "  # noqa: S608  # our own table
        "AND event_id = asked.event_id AND occurrence = asked.occurrence"
    )
    rows = _rows("event_id, occurrence", identities, same, [recording])
    return {(event_id, occurrence): seq for event_id, occurrence, seq in rows if seq is not None}


def _older(recording: int, event_ids: list[str], asked: set[Identity]) -> dict[Identity, int]:
    """The sequence numbers of those of ``asked`` that were stored without a digest (``occurrence`` 0).

    Their digests are computed here. There is one such event of an id at most.
    """
    if not event_ids:
        return {}
    stored = Event.objects.filter(recording=recording, occurrence=0, event_id__in=event_ids)
    seqs = {(event.event_id, digest_of_content(event)): event.seq for event in stored}
    return {identity: seq for identity, seq in seqs.items() if identity in asked}


def _rows(
    columns: str, asked: Sequence[tuple[Any, ...]], query: str, values: list[Any]
) -> list[tuple[Any, ...]]:
    """Each row of ``asked``, with columns called ``columns``, and the answer of ``query`` to it."""
    found: list[tuple[Any, ...]] = []
    place = f"({', '.join(['%s'] * len(columns.split(',')))})"
    with connection.cursor() as cursor:
        for first in range(0, len(asked), _MOST_VALUES):
            part = padded(tuple(asked[first : first + _MOST_VALUES]))
            table = f"WITH asked({columns}) AS (VALUES {', '.join([place] * len(part))})"
            given = [value for row in part for value in row]
            cursor.execute(f"{table} SELECT asked.*, ({query}) FROM asked", given + values)  # noqa: S608  # our own
            found += cursor.fetchall()
    return found
