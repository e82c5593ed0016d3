"""``manage.py import FILE``: make a recording from an export, a HAR, or a text with events."""  # noqa: N999

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.imports.import_file import Imported, import_file
from events.imports.ingest import NotAccepted
from events.imports.refusals import Unimportable
from events.reference import editions
from events.store.writer import Busy, StoreUnavailable

_SHOWN = 50  # refusals that are listed; all are counted


class Command(BaseCommand):
    """Make a recording from FILE; exit with 1 where a part of it was not read, unless with --lenient."""

    help = "Make a recording from FILE: exported NDJSON or HTML, a HAR, or a text with events."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file; - for standard input")
        parser.add_argument("--name", default="", help="the recording's name, else the file's own")
        parser.add_argument(
            "--edition", default="", choices=editions(), help="judge by this edition, else by the default one"
        )
        parser.add_argument("--lenient", action="store_true", help="end with 0 even where lines were refused")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["file"]
        try:
            with _opened(name) as file:
                done = import_file(
                    file,
                    name=options["name"],
                    file_name="" if name == "-" else name,
                    edition=options["edition"],
                )
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}") from None
        except (Unimportable, NotAccepted) as error:
            raise CommandError(f"{name}: {error}") from None
        except (Busy, StoreUnavailable):
            raise CommandError("The database did not answer: try again.") from None
        self._print(done)
        if done.refusals.count and not options["lenient"]:
            raise CommandError(f"{done.refusals.count:,} not read; --lenient accepts that.")

    def _print(self, done: Imported) -> None:
        for line, reason in done.refused[:_SHOWN]:
            self.stderr.write(f"line {line}: {reason}")
        for remark in done.remarks:
            self.stderr.write(remark)
        again = f", {done.duplicates:,} were there twice" if done.duplicates else ""
        self.stdout.write(f"{done.kept:,} events kept{again}: /recordings/{done.recording.key}/")


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    """Open the file, or copy standard input to a temporary file, since the import seeks."""
    if name != "-":
        with Path(name).open("rb") as file:
            yield file
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.seek(0)
        yield copy
