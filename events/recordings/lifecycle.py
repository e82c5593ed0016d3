"""Making, finding and changing recordings, and what can be said about one without reading its events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from events import reference
from events.db.compiled_queries import CompiledQuery
from events.models import Recording, Tally, capture_digest, new_capture_key
from events.recordings.owners import NOBODY, Person, one_line
from events.recordings.owners import person as named
from events.store.wakeups import announce
from events.verdict import Verdict

VERDICTS: tuple[Verdict, ...] = ("invalid", "warning", "valid")
_LONGEST_NAME: Final = 200
_LONGEST_TAG: Final = 40


def create_recording(name: str = "", person: Person = NOBODY) -> Recording:
    """A new, empty recording of ``person``; without a name it is called after its time."""
    capture_key = new_capture_key()
    return Recording.objects.create(
        name=_name(name) or f"Recording of {_now()}",
        capture_key=capture_key,
        capture_digest=capture_digest(capture_key),
        edition=reference.LATEST,
        person=person.name,
        colour=person.colour,
    )


def start_over(before: Recording, person: Person = NOBODY) -> Recording:
    """A clean recording to go on with instead of ``before``: of the same site, with the same tags."""
    recording = create_recording(f"{before.site}, {_now()}" if before.site else "", person)
    if before.tags != "[]":
        Recording.objects.filter(pk=recording.pk).update(tags=before.tags)
    return recording


def give_new_name(before: Person, after: Person) -> None:
    """Whoever called themselves ``before`` is ``after`` now: their recordings say so too."""
    Recording.objects.filter(person=before.name).update(person=after.name, colour=after.colour)


def person_called(name: str) -> Person:
    """The person of this name, in the colour that their latest recording has."""
    found = Recording.objects.filter(person=named(name).name).order_by("-created_at")
    return named(name, found.values_list("colour", flat=True).first() or "")


def get_recording(key: str) -> Recording:
    """The one gate to a recording by the key in its address. Raises Http404."""
    # PostgreSQL takes no NUL, not even to look for it.
    recording = Recording.objects.filter(key=key).first() if "\0" not in key else None
    if recording is None:
        raise Http404("There is no such recording.")
    return recording


def newest_recording(person: Person = NOBODY) -> Recording:
    """The recording made last, of ``person`` where they have one; the first one is made here."""
    newest = Recording.objects.order_by(F("archived_at").asc(nulls_first=True), "-created_at")
    own = newest.filter(person=person.name, archived_at=None).first() if person.name else None
    return own or newest.first() or create_recording(person=person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to become of a recording; None leaves it as it is."""

    name: str | None = None
    tags: Iterable[str] | None = None
    person: Person | None = None
    pinned: bool | None = None
    stopped: bool | None = None
    archived: bool | None = None


def change_recording(recording: Recording, wanted: Changes) -> Recording:
    """Change what ``wanted`` says, tell its viewers, and give the recording as it is then.

    It counts as a change of the recording, so that no viewer misses it. An empty name changes nothing.
    """
    columns: dict[str, object] = {}
    if wanted.name is not None and (name := _name(wanted.name)):
        columns["name"] = name
    if wanted.tags is not None:
        columns["tags"] = orjson.dumps(clean_tags(wanted.tags)).decode()
    if wanted.person is not None:
        columns["person"], columns["colour"] = wanted.person
    if wanted.pinned is not None:
        columns["pinned"] = wanted.pinned
    for column, asked in (("stopped_at", wanted.stopped), ("archived_at", wanted.archived)):
        if asked is not None:
            columns[column] = _since(column) if asked else None
    if columns:
        Recording.objects.filter(pk=recording.pk).update(**columns, last_change=F("last_change") + 1)
        announce(recording.pk)
    return get_recording(recording.key)


def clean_tags(tags: Iterable[str]) -> list[str]:
    """The tags as they are kept: in lower case, each once, in their order, without commas and quotes."""
    found: dict[str, None] = {}
    for tag in tags:
        clean = one_line(tag.lower().translate(_NO_TAG)).strip("# ")[:_LONGEST_TAG].strip()
        if clean:
            found[clean] = None
    return list(found)[: settings.MAX_TAGS]


_NO_TAG: Final = str.maketrans(dict.fromkeys(',"\\', " "))


@dataclass(frozen=True, slots=True)
class Counts:
    """Tallies of one recording: by verdict, and by event name and verdict; ``missing`` never arrived."""

    verdicts: dict[str, int]
    names: dict[str, dict[str, int]]
    sent: int
    received: int

    @property
    def missing(self) -> int:
        """How many events the pages numbered that are not here."""
        return max(self.sent - self.received, 0)


_BY_ID: Final = CompiledQuery(Recording, lambda recording: Recording.objects.filter(pk=recording))


def read_recording(recording: int) -> Recording:
    """The recording with this id, freshly read. Raises Recording.DoesNotExist."""
    found = _BY_ID.models(recording)
    if not found:
        raise Recording.DoesNotExist
    return found[0]


_TALLIES: Final = CompiledQuery(
    Tally,
    lambda recording: (
        Tally.objects.filter(recording=recording).order_by("name").values_list("name", "verdict", "count")
    ),
)


def counts(recording: Recording) -> Counts:
    """The recording's tallies as they stand; one query, whatever the number of events."""
    verdicts: dict[str, int] = dict.fromkeys(VERDICTS, 0)
    names: dict[str, dict[str, int]] = {}
    for name, verdict, count in _TALLIES.rows(recording.pk):
        verdicts[verdict] += count
        names.setdefault(name, dict.fromkeys(VERDICTS, 0))[verdict] += count
    return Counts(verdicts, names, recording.sent, recording.received)


def _name(text: str) -> str:
    return one_line(text)[:_LONGEST_NAME].strip()


def _now() -> str:
    """For a name, which says the same to everybody: it names its zone."""
    return f"{timezone.now():%-d %B, %H:%M} UTC"


def _since(column: str) -> Coalesce:
    """Now, or the moment since when it has been so."""
    now: datetime = timezone.now()
    return Coalesce(F(column), Value(now))
