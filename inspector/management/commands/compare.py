"""``manage.py compare A B``: write the difference between two recordings; the exit code tells if any."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.http import Http404

from events.comparison import BadRule, Difference, Rule, Side, compare
from events.comparison.as_json import as_dict
from events.comparison.as_text import markdown, text
from events.comparison.difference import KINDS
from events.comparison.from_file import side_of_file
from events.comparison.from_recording import side_of
from events.comparison.masking import masked, masked_names
from events.comparison.rules import parse_rules
from events.imports.refusals import Unimportable
from events.recordings import get_recording
from events.recordings.filter import Filter
from events.recordings.filter_parameters import InvalidFilter, filter_from
from events.redaction import Redactor
from events.verdict.muting import MUTE_HELP, read_muted

DIFFERENT: Final = 1
NOT_COMPARED: Final = 2
_FORMATS: Final[dict[str, Callable[[Difference, Side, Side], str]]] = {
    "text": lambda found, a, b: f"A {a.name}\nB {b.name}\n\n{text(found)}",
    "json": lambda found, _a, _b: orjson.dumps(as_dict(found), option=orjson.OPT_INDENT_2).decode() + "\n",
    "markdown": lambda found, a, b: markdown(found, a.name, b.name),
}


class Command(BaseCommand):
    """Compare two recordings: 0 nothing differs, 1 something does, 2 they could not be compared."""

    help = "Compare two recordings. Exit code 0: nothing differs, 1: something does, 2: not compared."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("a", help="the recording before: its key, or a file it was exported to")
        parser.add_argument("b", help="the recording after, likewise")
        parser.add_argument(
            "--ignore", action="append", default=[], metavar="RULE", help="[kind:][event]/path, may repeat"
        )
        parser.add_argument("--query", default="", help="compare the events of this query alone")
        parser.add_argument("--zone", default="UTC", help="the time zone of clock times in the query")
        parser.add_argument("--rules", metavar="FILE", help="a file with a rule on each line")
        parser.add_argument(
            "--no-auto", action="store_true", help="do not obey the rules that suggest themselves"
        )
        parser.add_argument("--redact", action="store_true", help="mask personal values in what is written")
        parser.add_argument("--mute", metavar="GROUP,GROUP", help=MUTE_HELP)
        parser.add_argument("--format", choices=sorted(_FORMATS), default="text", help="default: text")
        parser.add_argument(
            "--fail-on",
            action="append",
            choices=["any", "pages", *KINDS],
            help="what makes the exit code 1, may repeat; without it anything that differs",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rules = _rules(options["ignore"], options["rules"])
        wanted = _wanted(options["query"], options["zone"])
        sources = _source(options["a"], wanted), _source(options["b"], wanted)
        a, b = (_under(source.side, options["mute"]) for source in sources)
        found = compare(a, b, rules, automatic=not options["no_auto"])
        if options["redact"]:
            masks = _mask(sources[0]), _mask(sources[1])
            found = masked(found, *masks)
            names = masked_names(a.name, b.name, *masks)
            a, b = replace(a, name=names[0]), replace(b, name=names[1])
        self.stdout.write(_FORMATS[options["format"]](found, a, b), ending="")
        if _fails(found, options["fail_on"] or ["any"]):
            raise SystemExit(DIFFERENT)


class _Source(NamedTuple):
    """One side of the comparison, and its stored recording's keys, which are masked."""

    side: Side
    keys: tuple[str, ...] = ()


def _wanted(query: str, zone: str) -> Filter:
    """The filter of the events to compare. Raises CommandError."""
    try:
        return filter_from({"query": [query], "zone": [zone]})
    except InvalidFilter as error:
        raise CommandError(str(error), returncode=NOT_COMPARED) from None


def _source(name: str, wanted: Filter) -> _Source:
    """Read the recording with the key ``name``, or the exported file ``name``. Raises CommandError."""
    try:
        recording = get_recording(name)
        return _Source(side_of(recording, wanted), (recording.key, recording.capture_key))
    except Http404:
        pass
    except DatabaseError as error:
        raise CommandError(f"The database does not answer: {error}", returncode=NOT_COMPARED) from None
    if wanted:
        reason = "--query needs stored recordings: import the file first."
        raise CommandError(f"{name!r}: {reason}", returncode=NOT_COMPARED)
    try:
        with Path(name).open("rb") as file:
            return _Source(side_of_file(file))
    except FileNotFoundError:
        reason = "There is no such recording, and no such file."
    except (Unimportable, OSError, ValueError) as error:
        reason = str(error)
    raise CommandError(f"{name!r}: {reason}", returncode=NOT_COMPARED)


def _under(side: Side, asked: str | None) -> Side:
    """The side with the muted groups that ``--mute`` asks for. Raises CommandError."""
    if asked is None:
        return side
    try:
        return replace(side, muted=read_muted(asked))
    except ValueError as error:
        raise CommandError(str(error), returncode=NOT_COMPARED) from None


def _mask(source: _Source) -> Redactor:
    """A redactor that has learnt the personal values of the side's events."""
    redactor = Redactor(always=source.keys)
    for event in source.side.events:
        redactor.learn(dict(event))
    return redactor


def _rules(written: list[str], file: str | None) -> list[Rule]:
    try:
        return parse_rules([Path(file).read_text(encoding="utf-8"), *written] if file else written)
    except BadRule as error:
        raise CommandError(str(error), returncode=NOT_COMPARED) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The rules cannot be read: {error}", returncode=NOT_COMPARED) from None


def _fails(found: Difference, kinds: list[str]) -> bool:
    if "any" in kinds:
        return not found.same
    if "pages" in kinds and any(page.state != "same" for page in found.pages):
        return True
    return any(kind in kinds for row in found.rows() for kind in row.kinds)
