"""Updates the tallies of a recording: the number of events of each name and verdict."""

from collections.abc import Mapping

from django.db import connection

from events.models import Tally


def tally(recording: int, counts: Mapping[tuple[str, str], int]) -> None:
    """Add ``counts`` by name and verdict to the tallies of the recording with this primary key.

    One upsert each, the same SQL on both databases. Raises DatabaseError.
    """
    table = Tally._meta.db_table
    statement = (
        f"INSERT INTO {table} (recording_id, name, verdict, count) VALUES (%s, %s, %s, %s) "  # noqa: S608  # our own model's table
        f"ON CONFLICT (recording_id, name, verdict) DO UPDATE SET count = {table}.count + excluded.count"
    )
    rows = [(recording, name, verdict, count) for (name, verdict), count in counts.items()]
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
