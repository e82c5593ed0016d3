"""``manage.py import FILE``: a recording from an export, a HAR, or a text with events."""  # noqa: N999

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
from events.store.writer import Busy, StoreUnavailable

_SHOWN = 50  # lines that are named; all are counted


class Command(BaseCommand):
    """Make a recording from FILE; ends with 1 where some of it was not read, unless that is accepted."""

    help = "Make a recording from FILE: exported NDJSON or HTML, a HAR, or a text with events."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, its recording's name, and whether what cannot be read is accepted."""
        parser.add_argument("file", help="the file; - for standard input")
        parser.add_argument("--name", default="", help="the recording's name, else the file's own")
        parser.add_argument("--lenient", action="store_true", help="end with 0 even where lines were refused")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, say what became of it, and end with 1 where not all of it was read."""
        name = options["file"]
        try:
            with _opened(name) as file:
                done = import_file(file, name=options["name"], file_name="" if name == "-" else name)
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}") from None
        except (Unimportable, NotAccepted) as error:
            raise CommandError(f"{name}: {error}") from None
        except (Busy, StoreUnavailable):
            raise CommandError("The database did not answer: try again.") from None
        self._tell(done)
        if done.refusals.count and not options["lenient"]:
            raise CommandError(f"{done.refusals.count:,} not read; --lenient accepts that.")

    def _tell(self, done: Imported) -> None:
        for line, reason in done.refused[:_SHOWN]:
            self.stderr.write(f"line {line}: {reason}")
        for remark in done.remarks:
            self.stderr.write(remark)
        again = f", {done.duplicates:,} were there twice" if done.duplicates else ""
        self.stdout.write(f"{done.kept:,} events kept{again}: /recordings/{done.recording.key}/")


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    """The file, or all of standard input in a temporary one: reading jumps about in it."""
    if name != "-":
        with Path(name).open("rb") as file:
            yield file
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.seek(0)
        yield copy
