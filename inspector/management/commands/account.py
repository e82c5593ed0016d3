"""``manage.py account [NAME]``: list, close or reopen accounts. Django has commands for the rest."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from inspector.serving.migrate import migrate_if_needed


class Command(BaseCommand):
    """List the accounts; close or reopen one."""

    help = "List the accounts, or close or reopen one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="the account; without it all are listed")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--close", action="store_true", help="log it out and let it in no more, tokens too")
        what.add_argument("--reopen", action="store_true", help="let it in again")

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_if_needed(accounts=True)
        if not options["name"]:
            for each in User.objects.order_by("username"):
                self._print(each)
            return
        person = User.objects.filter(username=options["name"]).first()
        if person is None:
            raise CommandError(f"There is no account {options['name']!r}.")
        if options["close"]:
            person.tokens.all().delete()
        if options["close"] or options["reopen"]:
            person.is_active = options["reopen"]
            person.save(update_fields=["is_active"])
        self._print(person)

    def _print(self, person: User) -> None:
        last = f"last login {person.last_login:%Y-%m-%d}" if person.last_login else "never logged in"
        self.stdout.write(f"{person.username}: {'open' if person.is_active else 'closed'}, {last}")
