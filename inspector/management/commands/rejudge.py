"""``manage.py rejudge KEY``: show what judging a recording again would change; ``--apply`` changes it."""

from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.http import Http404

from events import reference
from events.recordings import VERDICTS, get_recording
from events.recordings.rejudge import Preview, Superseded, preview, rejudge
from events.verdict.muting import groups_in
from events.verdict.pointer import dotted

DIFFERENT: Final = 1
NOT_JUDGED: Final = 2


class Command(BaseCommand):
    """Judge a recording again: 0 nothing changes (or it was applied), 1 something would, 2 not possible."""

    help = "Judge a recording again. Exit code 0: nothing changes, or applied, 1: something would, 2: failed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="the recording's key")
        parser.add_argument(
            "--edition", help="by this edition of the reference; without it by the recording's own"
        )
        parser.add_argument("--apply", action="store_true", help="write it; without it nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            recording = get_recording(options["key"])
            edition = options["edition"] or recording.edition
            found = preview(recording, edition)
            self.stdout.write(_words(found, recording.edition))
            if options["apply"]:
                self.stdout.write(f"{_events(rejudge(recording, edition))} judged anew by edition {edition}.")
                return
        except Http404:
            raise CommandError(f"There is no recording {options['key']!r}.", returncode=NOT_JUDGED) from None
        except reference.BrokenReference as error:
            raise CommandError(str(error), returncode=NOT_JUDGED) from None
        except Superseded:
            raise CommandError(
                "Somebody had it judged by another edition meanwhile, or deleted it.", returncode=NOT_JUDGED
            ) from None
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {error}", returncode=NOT_JUDGED) from None
        if found.changed:
            raise SystemExit(DIFFERENT)


def _words(found: Preview, now: str) -> str:
    """The preview as plain text."""
    lines = [f"{found.changed:,} of {_events(found.events)} change from edition {now} to {found.edition}."]
    if found.muted:
        lines.append(f"  Muted, and not counted here: {', '.join(groups_in(found.muted))}.")
    if found.changed:
        lines += [f"  {verdict}: {found.before[verdict]} → {found.after[verdict]}" for verdict in VERDICTS]
    for (name, before, after), count in sorted(found.turns.items()):
        turn = f"{before} → {after}" if before != after else f"{before}, with other findings"
        lines.append(f"  {name or '(no name)'} ×{count}: {turn}")
    for one in found.shown:
        lines.append(f"  #{one.event.seq} {one.event.name}")
        lines += [f"    + {key.severity} {key.code} {dotted(key.path)}".rstrip() for key in one.gained]
        lines += [f"    − {key.severity} {key.code} {dotted(key.path)}".rstrip() for key in one.lost]
    if found.changed > len(found.shown):
        lines.append(f"  and {found.changed - len(found.shown):,} more")
    return "\n".join(lines)


def _events(count: int) -> str:
    return f"{count:,} event{'' if count == 1 else 's'}"
