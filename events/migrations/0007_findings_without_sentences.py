from django.db import OperationalError, migrations, models

_EVENT = '"events_event"'
_ONCE = ', CONSTRAINT "event_once" UNIQUE ("recording_id", "event_id")'
_OLD_INDEX = 'CREATE UNIQUE INDEX "event_once" ON "events_event" ("recording_id", "event_id")'
_INDEX = 'CREATE UNIQUE INDEX "event_once" ON "events_event" ("recording_id", "event_id", "occurrence")'


def _column(model: str, name: str, field: models.SmallIntegerField) -> migrations.SeparateDatabaseAndState:
    """Add a column whose default the database has. Django would copy the whole table on SQLite."""
    table, default = f'"events_{model}"', field.db_default
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f'ALTER TABLE {table} ADD COLUMN "{name}" smallint DEFAULT {default} NOT NULL',
                f'ALTER TABLE {table} DROP COLUMN "{name}"',
            )
        ],
        state_operations=[migrations.AddField(model, name, field)],
    )


def _release_event_id(apps, schema_editor) -> None:
    """Let an event id stand several times in a recording, as long as its occurrences differ."""
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.execute(f'ALTER TABLE {_EVENT} DROP CONSTRAINT "event_once"')
        columns = '"recording_id", "event_id", "occurrence"'
        schema_editor.execute(f'ALTER TABLE {_EVENT} ADD CONSTRAINT "event_once" UNIQUE ({columns})')
        return
    try:
        _make_constraint_an_index(schema_editor.connection)
    except OperationalError:  # an SQLite that lets nobody write its schema, or a table made in another way
        constraint = models.UniqueConstraint(fields=["recording", "event_id"], name="event_once")
        schema_editor.remove_constraint(apps.get_model("events", "Event"), constraint)
    else:
        schema_editor.execute('DROP INDEX "event_once"')
    schema_editor.execute(_INDEX)


def _make_constraint_an_index(connection) -> None:
    """Name the index behind the table's constraint as an index of its own, which can be dropped.

    SQLite drops no constraint, and the usual way, a copy of the table, takes minutes for a million events. An
    index has the same content whether a constraint or a statement made it. As the constraint is the table's
    last, no other automatic index changes its number. The schema's version makes other connections read the
    schema anew. Raises OperationalError, with nothing changed, where that is not possible.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'events_event'")
        (table,) = cursor.fetchone()
        cursor.execute("SELECT name FROM pragma_index_list('events_event') WHERE origin = 'u' ORDER BY name DESC")
        automatic = cursor.fetchone()
        if automatic is None or not table.endswith(f"{_ONCE})"):
            raise OperationalError("the constraint is not the last one of the table")
        cursor.execute("PRAGMA schema_version")
        (version,) = cursor.fetchone()
        cursor.execute("PRAGMA writable_schema = ON")
        cursor.execute(
            "UPDATE sqlite_master SET sql = %s WHERE type = 'table' AND name = 'events_event'",
            [f"{table.removesuffix(f'{_ONCE})')})"],
        )
        cursor.execute(
            "UPDATE sqlite_master SET name = 'event_once', sql = %s WHERE type = 'index' AND name = %s",
            [_OLD_INDEX, *automatic],
        )
        cursor.execute(f"PRAGMA schema_version = {version + 1}")
        cursor.execute("PRAGMA writable_schema = RESET")


class Migration(migrations.Migration):
    """Findings are stored without sentences, and there is room for events that share an event id.

    No row is written: those with sentences are read as they are until ``events.recordings.restatement`` has
    written them anew.
    """

    dependencies = [("events", "0006_filters_have_indexes")]

    operations = [
        _column("recording", "findings_version", models.SmallIntegerField(db_default=1, default=2)),
        _column("event", "occurrence", models.SmallIntegerField(db_default=0, default=0)),
        _column("event", "gravest", models.SmallIntegerField(db_default=-1, default=-1)),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(_release_event_id)],
            state_operations=[
                migrations.RemoveConstraint("event", "event_once"),
                migrations.AddConstraint(
                    "event",
                    models.UniqueConstraint(
                        fields=["recording", "event_id", "occurrence"], name="event_once"
                    ),
                ),
            ],
        ),
    ]
