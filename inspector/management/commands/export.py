"""``manage.py export KEY``: a recording as a file, and an exit code for pipelines."""

import sys
from pathlib import Path
from typing import IO, Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import Http404

from events.exports.formats import FORMATS
from events.exports.scope import UNMASKED, RecordingGone, Scope, redactor_of
from events.recordings import VERDICTS, get_recording
from events.recordings.filter import Filter

_FAILED: Final = 1  # there is something that --fail-on asks for
_WRONG: Final = 2  # it could not be exported


class Command(BaseCommand):
    """Write a recording in one of the formats; exit with 1 for what --fail-on finds, with 2 for an error."""

    help = "Write a recording as a file. Exits with 1 where --fail-on finds something, with 2 for an error."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which recording, in which format, how much of it, masked or not, to where."""
        parser.add_argument("key", help="the recording's key, as in its dashboard's address")
        parser.add_argument("--format", choices=FORMATS, default="ndjson", help="default: ndjson")
        parser.add_argument("--output", type=Path, help="the file to write; without it to standard output")
        masked = "mask these kinds of personal values; without a kind all, which is the default"
        parser.add_argument("--redact", nargs="?", const="", default="", metavar="KIND,KIND", help=masked)
        parser.add_argument(
            "--no-redact", dest="redact", action="store_const", const=UNMASKED, help="mask nothing"
        )
        parser.add_argument(
            "--name", action="append", default=[], help="only events of this name; repeatable"
        )
        parser.add_argument("--verdict", action="append", default=[], choices=VERDICTS, help="repeatable")
        parser.add_argument("--search", default="", help="only events with this text in them")
        parser.add_argument("--fail-on", choices=("error", "warning"), help="exit with 1 where there is one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, tell the verdicts on standard error, exit."""
        scope = _scope(options)
        try:
            if options["output"]:
                _write_whole(options["output"], scope, options["format"])
            else:
                _write(sys.stdout.buffer, scope, options["format"])
        except (RecordingGone, OSError) as error:
            reason = "the recording was deleted meanwhile" if isinstance(error, RecordingGone) else error
            raise CommandError(f"It could not be written: {reason}.", returncode=_WRONG) from None
        found = scope.verdicts()
        told = ", ".join(f"{count} {verdict}" for verdict, count in found.items())
        self.stderr.write(f"{sum(found.values())} events: {told}", self.style.SUCCESS)
        if options["fail_on"] and any(found[verdict] for verdict in scope.failing):
            sys.exit(_FAILED)


def _scope(options: dict[str, Any]) -> Scope:
    """What is asked for. Raises CommandError."""
    try:
        recording = get_recording(options["key"])
        redactor = redactor_of(recording, [kind for kind in options["redact"].split(",") if kind])
    except (Http404, ValueError) as error:
        raise CommandError(str(error), returncode=_WRONG) from None
    wanted = Filter(tuple(options["name"]), tuple(options["verdict"]), options["search"])
    return Scope(recording, wanted, redactor, options["fail_on"] or "error")


def _write(file: IO[bytes], scope: Scope, extension: str) -> None:
    for piece in FORMATS[extension].write(scope):
        file.write(piece)
    file.flush()


def _write_whole(path: Path, scope: Scope, extension: str) -> None:
    """Write beside it first, so that under its name there is never half a file."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            _write(file, scope, extension)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
