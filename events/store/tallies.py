"""Keeping the tallies of a recording: how many events of each name and verdict."""

from collections.abc import Mapping

from django.db import connection

from events.models import Recording, Tally


def tally(recording: Recording, counts: Mapping[tuple[str, str], int]) -> None:
    """Add ``counts`` by name and verdict: one upsert each, the same SQL on both databases."""
    table = Tally._meta.db_table
    statement = (
        f"INSERT INTO {table} (recording_id, name, verdict, count) VALUES (%s, %s, %s, %s) "  # noqa: S608  # our own model's table
        f"ON CONFLICT (recording_id, name, verdict) DO UPDATE SET count = {table}.count + excluded.count"
    )
    rows = [(recording.pk, name, verdict, count) for (name, verdict), count in counts.items()]
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
