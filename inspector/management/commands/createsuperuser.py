"""``manage.py createsuperuser``: Django's command, which here migrates the database first."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from inspector.serving.migrate import migrate_if_needed


class Command(createsuperuser.Command):
    """Make an account; all accounts have the same rights."""

    requires_migrations_checks = False  # handle() applies all migrations

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_if_needed(accounts=True)
        super().handle(*args, **options)
