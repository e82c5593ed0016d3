"""``manage.py prune``: delete expired recordings, as the server does each hour, and free disk space."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from events.db.disk import can_shrink, database_bytes, give_back, make_shrinkable
from events.recordings.retention import delete_expired


class Command(BaseCommand):
    """Delete recordings without a new event for RETENTION_DAYS, or for --days."""

    help = "Delete recordings without a new event for RETENTION_DAYS, or for --days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=None, help="instead of RETENTION_DAYS")
        parser.add_argument(
            "--vacuum",
            action="store_true",
            help="rewrite an SQLite file so that it shrinks, now and later; nothing is stored meanwhile",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        before = database_bytes()
        count = delete_expired(timezone.now(), options["days"])
        self.stdout.write(f"{count} recording{'' if count == 1 else 's'} deleted.")
        if options["vacuum"]:
            make_shrinkable()
        else:
            give_back()
        if not can_shrink():
            self.stdout.write("The database file keeps its size: --vacuum makes it one that shrinks.")
        elif before > database_bytes():
            self.stdout.write(f"{(before - database_bytes()) / 1e6:.1f} MB given back to the disk.")
