import django.db.models.deletion
from django.db import migrations, models


def _without_index(name: str, index: str, column: str, field: models.Field) -> migrations.SeparateDatabaseAndState:
    """Drop a foreign key's own index. SQLite would copy the whole table to the same end."""
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f'DROP INDEX IF EXISTS "{index}"', f'CREATE INDEX "{index}" ON "events_event" ("{column}")'
            )
        ],
        state_operations=[migrations.AlterField("event", name, field)],
    )


class Migration(migrations.Migration):
    """Filtered events are found by an index; two indexes that others begin with go for it."""

    dependencies = [("events", "0005_strip_text")]

    operations = [
        _without_index(
            "page_load",
            "events_event_page_load_id_ac864d76",
            "page_load_id",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="events.pageload",
            ),
        ),
        _without_index(
            "recording",
            "events_event_recording_id_03f64e88",
            "recording_id",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="events.recording",
            ),
        ),
        migrations.AddIndex(
            "event", models.Index(fields=["recording", "verdict", "seq"], name="event_verdict_seq")
        ),
        migrations.AddIndex(
            "event", models.Index(fields=["recording", "name", "verdict", "seq"], name="event_name_seq")
        ),
        migrations.AddIndex(
            "pageload",
            models.Index(
                fields=["recording", "change"],
                name="page_load_change",
                condition=models.Q(tail_after__isnull=False),
            ),
        ),
    ]
