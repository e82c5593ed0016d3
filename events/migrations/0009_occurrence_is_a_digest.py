from django.db import migrations, models


def _widen(apps, schema_editor) -> None:
    """Give the column 64 bits. SQLite stores any integer in any column, so nothing is to be done there.

    PostgreSQL would rewrite all rows to change a column's type. No version wrote another value than the
    default into this column, so a new one takes its place, whose default needs no row to be written.
    """
    if schema_editor.connection.vendor == "sqlite":
        return
    for statement in (
        'ALTER TABLE "events_event" DROP CONSTRAINT "event_once"',
        'ALTER TABLE "events_event" DROP COLUMN "occurrence"',
        'ALTER TABLE "events_event" ADD COLUMN "occurrence" bigint DEFAULT 0 NOT NULL',
        'ALTER TABLE "events_event" ADD CONSTRAINT "event_once" UNIQUE ("recording_id", "event_id", "occurrence")',
    ):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Widens the column ``occurrence`` to 64 bits, which hold a digest of the event's content."""

    dependencies = [("events", "0008_calls_read_from_the_queue")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(_widen, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField("event", "occurrence", models.BigIntegerField(db_default=0, default=0))
            ],
        )
    ]
