"""``manage.py export KEY``: write a recording as a file; the exit code serves pipelines."""

import sys
from pathlib import Path
from typing import IO, Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import Http404

from events.exports.formats import FORMATS
from events.exports.scope import UNMASKED, RecordingGone, Scope, redactor_of
from events.recordings import get_recording
from events.recordings.filter_parameters import PARAMETERS, FilterParameters, InvalidFilter, filter_from
from events.recordings.muting import under
from events.verdict.muting import MUTE_HELP, read_muted

_FAILED: Final = 1  # --fail-on found an event
_WRONG: Final = 2  # the export failed
#: Options that are not called as the filter's parameter is.
_OPTIONS: Final = {"q": "search"}


class Command(BaseCommand):
    """Write a recording in one of the formats; exit with 1 for what --fail-on finds, with 2 for an error."""

    help = "Write a recording as a file. Exits with 1 where --fail-on finds something, with 2 for an error."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="the recording's key, as in its dashboard's address")
        parser.add_argument("--format", choices=FORMATS, default="ndjson", help="default: ndjson")
        parser.add_argument("--output", type=Path, help="the file to write; without it to standard output")
        masked = "mask these kinds of personal values; without a kind all, which is the default"
        parser.add_argument("--redact", nargs="?", const="", default="", metavar="KIND,KIND", help=masked)
        parser.add_argument(
            "--no-redact", dest="redact", action="store_const", const=UNMASKED, help="mask nothing"
        )
        for name, field in FilterParameters.model_fields.items():
            option = f"--{_OPTIONS.get(name, name)}"
            parser.add_argument(option, dest=name, action="append", help=field.description)
        parser.add_argument("--mute", metavar="GROUP,GROUP", help=MUTE_HELP)
        parser.add_argument("--fail-on", choices=("error", "warning"), help="exit with 1 where there is one")

    def handle(self, *args: Any, **options: Any) -> None:
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
        counts = ", ".join(f"{count} {verdict}" for verdict, count in found.items())
        muted = f"; {words}" if (words := scope.muted_words()) else ""
        self.stderr.write(f"{sum(found.values())} events: {counts}{muted}", self.style.SUCCESS)
        if options["fail_on"] and any(found[verdict] for verdict in scope.failing):
            sys.exit(_FAILED)


def _scope(options: dict[str, Any]) -> Scope:
    """The export's scope from the command's options. Raises CommandError."""
    try:
        asked = options["mute"]
        recording = under(get_recording(options["key"]), None if asked is None else read_muted(asked))
        redactor = redactor_of(recording, [kind for kind in options["redact"].split(",") if kind])
        wanted = filter_from({name: options[name] or [] for name in PARAMETERS})
    except (Http404, ValueError, InvalidFilter) as error:
        raise CommandError(str(error), returncode=_WRONG) from None
    return Scope(recording, wanted, redactor, options["fail_on"] or "error")


def _write(file: IO[bytes], scope: Scope, extension: str) -> None:
    for piece in FORMATS[extension].write(scope):
        file.write(piece)
    file.flush()


def _write_whole(path: Path, scope: Scope, extension: str) -> None:
    """Write a temporary file beside ``path`` and rename it, so that ``path`` never holds a partial file."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            _write(file, scope, extension)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
