"""``manage.py createsuperuser``: Django's own, on a database that may be new."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from inspector.serving.migrate import migrate_if_needed


class Command(createsuperuser.Command):
    """Make an account; all accounts may do the same."""

    requires_migrations_checks = False  # nothing to tell: they are applied

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_if_needed(accounts=True)
        super().handle(*args, **options)
