from django.db import migrations, models

_COLUMNS = (
    (
        "event",
        "sent_id",
        "varchar(64) DEFAULT '' NOT NULL",
        models.CharField(db_default="", default="", max_length=64),
    ),
    ("pageload", "site", "bigint NULL", models.BigIntegerField(null=True)),
    ("pageload", "opened_at", None, models.DateTimeField(null=True)),
    ("pageload", "opened_n", "bigint DEFAULT 0 NOT NULL", models.BigIntegerField(db_default=0, default=0)),
    ("pageload", "first_seq", "bigint DEFAULT 0 NOT NULL", models.BigIntegerField(db_default=0, default=0)),
    (
        "pageload",
        "viewed",
        "bool DEFAULT false NOT NULL",
        models.BooleanField(db_default=False, default=False),
    ),
    ("recording", "unsettled", "bigint DEFAULT 0 NOT NULL", models.BigIntegerField(db_default=0, default=0)),
)


def _add(model, name, sql, field):
    """Add a column without writing any row; Django would copy the whole table on SQLite."""
    if sql is None:
        sql = "%s NULL"

    def forwards(apps, schema_editor):
        kind = "timestamp with time zone" if schema_editor.connection.vendor == "postgresql" else "datetime"
        text = sql % kind if "%s" in sql else sql
        schema_editor.execute(f'ALTER TABLE "events_{model}" ADD COLUMN "{name}" {text}')

    def backwards(apps, schema_editor):
        schema_editor.execute(f'ALTER TABLE "events_{model}" DROP COLUMN "{name}"')

    return migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RunPython(forwards, backwards)],
        state_operations=[migrations.AddField(model, name, field)],
    )


def _create(apps, schema_editor) -> None:
    """On SQLite without row ids: the table is the index of its primary key."""
    end = " WITHOUT ROWID" if schema_editor.connection.vendor == "sqlite" else ""
    numbers = ", ".join(
        f'"{name}" bigint NOT NULL' for name in ("recording", "key", "at", "tie", "rest", "seq")
    )
    schema_editor.execute(
        f'CREATE TABLE "events_chainentry" ({numbers}, "value" integer NOT NULL, '
        f'PRIMARY KEY ("recording", "key", "at", "tie", "rest")){end}'
    )


def _drop(apps, schema_editor) -> None:
    schema_editor.execute('DROP TABLE "events_chainentry"')


class Migration(migrations.Migration):
    """Rules about several events of a recording find them by chains, and page loads by their site."""

    dependencies = [("events", "0011_values_may_be_unknown")]

    operations = [
        *(_add(*column) for column in _COLUMNS),
        migrations.AddIndex(
            "pageload",
            models.Index(
                condition=models.Q(site__isnull=False),
                fields=["recording", "site", "opened_at", "page_id"],
                name="page_load_site",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(_create, _drop)],
            state_operations=[
                migrations.CreateModel(
                    "ChainEntry",
                    [
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "recording",
                                "key",
                                "at",
                                "tie",
                                "rest",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        *(
                            (name, models.BigIntegerField())
                            for name in ("recording", "key", "at", "tie", "rest", "seq")
                        ),
                        ("value", models.IntegerField()),
                    ],
                )
            ],
        ),
    ]
