"""``manage.py token NAME --label …``: make an API token for an account, as the account's page does."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from inspector.auth.api_tokens import TooManyTokens, make_token
from inspector.serving.migrate import migrate_if_needed


class Command(BaseCommand):
    """Print a new token alone on a line, for scripts."""

    help = "Make an API token for an account, and print it: this once, as only its hash is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the account that it belongs to")
        parser.add_argument("--label", default="made by manage.py token", help="what it is for")

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_if_needed(accounts=True)
        owner = User.objects.filter(username=options["name"], is_active=True).first()
        if owner is None:
            raise CommandError(
                f"There is no account {options['name']!r}: ./manage.py createsuperuser makes one."
            )
        try:
            self.stdout.write(make_token(owner, options["label"]))
        except TooManyTokens:
            raise CommandError("This account has too many tokens: revoke one on its page first.") from None
