from django.db import migrations, models


def _findings(group: str) -> migrations.AddField:
    return migrations.AddField("tally", f"{group}_findings", models.BigIntegerField(db_default=0, default=0))


class Migration(migrations.Migration):
    """Groups of findings can be muted: events are filtered and counted by their gravest severity by group.

    No event is written: those without ``gravest`` are read by their findings until
    ``events.recordings.restatement`` has computed it. Indexes of events hold ``gravest`` as well, so that a
    filter by verdict under muted groups reads the index alone. Tallies are few: SQLite copies their table.
    """

    dependencies = [("events", "0009_occurrence_is_a_digest")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    'ALTER TABLE "events_recording" ADD COLUMN "muted" smallint DEFAULT 0 NOT NULL',
                    'ALTER TABLE "events_recording" DROP COLUMN "muted"',
                )
            ],
            state_operations=[
                migrations.AddField("recording", "muted", models.SmallIntegerField(db_default=0, default=0)),
                migrations.AlterField(
                    "recording", "findings_version", models.SmallIntegerField(db_default=1, default=3)
                ),
            ],
        ),
        migrations.RemoveConstraint("tally", "tally_once"),
        migrations.AddField("tally", "gravest", models.SmallIntegerField(db_default=-1, default=-1)),
        _findings("required"),
        _findings("format"),
        _findings("values"),
        _findings("across"),
        migrations.AddConstraint(
            "tally",
            models.UniqueConstraint(fields=["recording", "name", "verdict", "gravest"], name="tally_once"),
        ),
        migrations.RemoveIndex("event", "event_verdict_seq"),
        migrations.RemoveIndex("event", "event_name_seq"),
        migrations.AddIndex(
            "event", models.Index(fields=["recording", "verdict", "seq", "gravest"], name="event_verdict")
        ),
        migrations.AddIndex(
            "event", models.Index(fields=["recording", "name", "verdict", "seq", "gravest"], name="event_name")
        ),
    ]
