"""``manage.py prune``: delete recordings that have expired, as the server does every hour."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from events.retention import delete_expired


class Command(BaseCommand):
    """Delete recordings without a new event for RETENTION_DAYS, or for --days."""

    help = "Delete recordings without a new event for RETENTION_DAYS, or for --days."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--days``: another number of days."""
        parser.add_argument("--days", type=int, default=None, help="instead of RETENTION_DAYS")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many."""
        count = delete_expired(timezone.now(), options["days"])
        self.stdout.write(f"{count} recording{'' if count == 1 else 's'} deleted.")
