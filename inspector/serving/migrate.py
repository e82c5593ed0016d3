"""Bringing the database up to date, as far as it is used."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

_RECORDINGS = "events"
_LOCK = 0x63616374  # a number that nobody else uses in this database


def migrate_if_needed(*, accounts: bool) -> None:
    """Apply what is new. Without ``accounts`` their tables are left out: on loopback nobody needs them.

    Looking for names costs a tenth of what Django's own plan does, at every start.
    """
    labels = [config.label for config in apps.get_app_configs()] if accounts else [_RECORDINGS]
    wanted = {(label, name) for label in labels for name in _names(label)}
    if _applied(wanted):
        return
    only = () if accounts else (_RECORDINGS,)
    with _alone():
        if not _applied(wanted):
            call_command("migrate", *only, verbosity=0, interactive=False)


def _applied(wanted: set[tuple[str, str]]) -> bool:
    return wanted <= set(MigrationRecorder(connection).applied_migrations())


@contextmanager
def _alone() -> Iterator[None]:
    """Server processes that start together must not all make the same tables: one does, the others wait."""
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
    folder = Path(apps.get_app_config(label).path) / "migrations"
    return [file.stem for file in folder.glob("*.py") if not file.name.startswith("_")]
