from django.db import migrations, models


class Migration(migrations.Migration):
    """An event tells which of its values pasted code does not tell.

    Django would copy the whole table on SQLite; both databases add a column with a constant default without
    writing any row.
    """

    dependencies = [("events", "0010_findings_in_groups")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    'ALTER TABLE "events_event" ADD COLUMN "unknown" text DEFAULT \'\' NOT NULL',
                    'ALTER TABLE "events_event" DROP COLUMN "unknown"',
                )
            ],
            state_operations=[
                migrations.AddField("event", "unknown", models.TextField(db_default="", default=""))
            ],
        )
    ]
