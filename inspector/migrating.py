"""Bringing the database up to date, as far as it is used."""

from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

_RECORDINGS = "events"


def migrate_if_needed(*, accounts: bool) -> None:
    """Apply what is new. Without ``accounts`` their tables are left out: on loopback nobody needs them.

    Looking for names costs a tenth of what Django's own plan does, at every start.
    """
    labels = [config.label for config in apps.get_app_configs()] if accounts else [_RECORDINGS]
    wanted = {(label, name) for label in labels for name in _names(label)}
    if wanted <= set(MigrationRecorder(connection).applied_migrations()):
        return
    only = () if accounts else (_RECORDINGS,)
    call_command("migrate", *only, verbosity=0, interactive=False)


def _names(label: str) -> list[str]:
    folder = Path(apps.get_app_config(label).path) / "migrations"
    return [file.stem for file in folder.glob("*.py") if not file.name.startswith("_")]
