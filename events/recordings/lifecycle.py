"""Creates, finds and changes recordings."""

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

from events.db.compiled_queries import CompiledQuery
from events.models import Recording, capture_digest, new_capture_key
from events.recordings.owners import NOBODY, Person, one_line
from events.recordings.owners import person as named
from events.recordings.settling import settle_ends
from events.store.wakeups import announce
from events.verdict.muting import ALL_MUTED, muted_bits

_LONGEST_NAME: Final = 200
_LONGEST_TAG: Final = 40


def create_recording(name: str = "", person: Person = NOBODY, edition: str = "") -> Recording:
    """Create an empty recording of ``person``; without a name it is named after the current time.

    Its events are judged by ``edition``, which must be installed; without one by the default edition.
    """
    capture_key = new_capture_key()
    return Recording.objects.create(
        name=_name(name) or f"Recording of {_now()}",
        capture_key=capture_key,
        capture_digest=capture_digest(capture_key),
        edition=edition or settings.EDITION,
        person=person.name,
        colour=person.colour,
    )


def start_over(before: Recording, person: Person = NOBODY) -> Recording:
    """Create an empty recording to replace ``before``: its tags, its edition, named after its site."""
    name = f"{before.site}, {_now()}" if before.site else ""
    recording = create_recording(name, person, before.edition)
    if before.tags != "[]":
        Recording.objects.filter(pk=recording.pk).update(tags=before.tags)
    return recording


def give_new_name(before: Person, after: Person) -> None:
    """Rename the owner of all recordings of ``before`` to ``after``, with the colour of ``after``."""
    Recording.objects.filter(person=before.name).update(person=after.name, colour=after.colour)


def person_called(name: str) -> Person:
    """The person of this name, with the colour of the person's latest recording."""
    found = Recording.objects.filter(person=named(name).name).order_by("-created_at")
    return named(name, found.values_list("colour", flat=True).first() or "")


def get_recording(key: str) -> Recording:
    """The recording with this key, which all addresses contain. Raises Http404."""
    # PostgreSQL accepts no NUL, not even in a condition.
    recording = Recording.objects.filter(key=key).first() if "\0" not in key else None
    if recording is None:
        raise Http404("There is no such recording.")
    return recording


def newest_recording(person: Person = NOBODY) -> Recording:
    """The newest recording of ``person``, else the newest of all; created where there is none."""
    newest = Recording.objects.order_by(F("archived_at").asc(nulls_first=True), "-created_at")
    own = newest.filter(person=person.name, archived_at=None).first() if person.name else None
    return own or newest.first() or create_recording(person=person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """New values for a recording's settings; None leaves a setting unchanged.

    ``mute`` and ``unmute`` are groups of findings to hide and to show again; the others stay as they are.
    """

    name: str | None = None
    tags: Iterable[str] | None = None
    person: Person | None = None
    pinned: bool | None = None
    stopped: bool | None = None
    archived: bool | None = None
    mute: Iterable[str] = ()
    unmute: Iterable[str] = ()


def change_recording(recording: Recording, wanted: Changes) -> Recording:
    """Apply the changes ``wanted``, wake the recording's viewers, and return the recording freshly read.

    Increments ``last_change``, so that no viewer misses the change. An empty name changes nothing.
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
    hide, show = muted_bits(wanted.mute), muted_bits(wanted.unmute)
    if hide or show:
        columns["muted"] = F("muted").bitor(hide).bitand(ALL_MUTED & ~show)
    if columns:
        Recording.objects.filter(pk=recording.pk).update(**columns, last_change=F("last_change") + 1)
        if wanted.stopped is not None:
            settle_ends(recording.pk)
        announce(recording.pk)
    return get_recording(recording.key)


def clean_tags(tags: Iterable[str]) -> list[str]:
    """The tags as they are stored: in lower case, each once, in their order, without commas and quotes."""
    found: dict[str, None] = {}
    for tag in tags:
        clean = one_line(tag.lower().translate(_NO_TAG)).strip("# ")[:_LONGEST_TAG].strip()
        if clean:
            found[clean] = None
    return list(found)[: settings.MAX_TAGS]


_NO_TAG: Final = str.maketrans(dict.fromkeys(',"\\', " "))


_BY_ID: Final = CompiledQuery(Recording, lambda recording: Recording.objects.filter(pk=recording))


def read_recording(recording: int) -> Recording:
    """Read the recording with this primary key. Raises Recording.DoesNotExist."""
    found = _BY_ID.models(recording)
    if not found:
        raise Recording.DoesNotExist
    return found[0]


def _name(text: str) -> str:
    return one_line(text)[:_LONGEST_NAME].strip()


def _now() -> str:
    """The current time for a recording's name, with its time zone, since readers may be in other zones."""
    return f"{timezone.now():%-d %B, %H:%M} UTC"


def _since(column: str) -> Coalesce:
    """The value of ``column`` where it is set already, else the current time."""
    now: datetime = timezone.now()
    return Coalesce(F(column), Value(now))
