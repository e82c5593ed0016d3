from django.db import migrations, models


class Migration(migrations.Migration):
    """An event tells whether its call was seen as it was made, or read from the queue afterwards.

    Django would copy the whole table on SQLite; both databases add a column with a constant default without
    writing any row.
    """

    dependencies = [("events", "0007_findings_without_sentences")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    'ALTER TABLE "events_event" ADD COLUMN "seen" varchar(8) DEFAULT \'\' NOT NULL',
                    'ALTER TABLE "events_event" DROP COLUMN "seen"',
                )
            ],
            state_operations=[
                migrations.AddField("event", "seen", models.CharField(db_default="", default="", max_length=8))
            ],
        )
    ]
