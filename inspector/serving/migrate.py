"""Applies missing migrations at the start, by one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

_RECORDINGS = "events"
_LOCK = 0x63616374  # the advisory lock's number; it must be unique in this database


def migrate_if_needed(*, accounts: bool) -> None:
    """Apply the migrations that the database lacks; without ``accounts`` those of ``events`` alone.

    Accounts are not used on loopback. Comparing names takes a tenth of the time of Django's own plan.
    """
    labels = [config.label for config in apps.get_app_configs()] if accounts else [_RECORDINGS]
    wanted = {(label, name) for label in labels for name in _names(label)}
    if _applied(wanted):
        return
    only = () if accounts else (_RECORDINGS,)
    with _exclusive():
        if not _applied(wanted):
            call_command("migrate", *only, verbosity=0, interactive=False)


def _applied(wanted: set[tuple[str, str]]) -> bool:
    return wanted <= set(MigrationRecorder(connection).applied_migrations())


@contextmanager
def _exclusive() -> Iterator[None]:
    """Hold an advisory lock on PostgreSQL, so that processes that start together migrate one by one."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _names(label: str) -> list[str]:
    """The names of the app's migrations, read from its files."""
    folder = Path(apps.get_app_config(label).path) / "migrations"
    return [file.stem for file in folder.glob("*.py") if not file.name.startswith("_")]
