"""Finds what a recording holds that only a newer edition of the reference knows: events and properties.

Events are found by their names, which the recording's tallies list. Properties are found in the findings of
events: the recording's edition does not know the property, or requires it under its former name.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.urls import reverse

from events.judging.edition import edition_of
from events.models import Event
from events.reference import Reference, editions, load
from events.verdict import read_findings
from events.verdict.pointer import dotted
from events.verdict.spec import specs
from inspector.live.visible_recording import VisibleRecording

_SHOWN: Final = 3  # names in the line; the others are counted
_READ: Final = 500  # events at the end of a recording whose findings the first paint reads
#: Parts of the text of findings that may be about a property which a newer edition knows.
_CODES: Final = ('"unknown_property"', '"misspelt_property"', '"missing_required"')


@dataclass(frozen=True, slots=True)
class NewerEdition:
    """The newest ``edition`` and names that it alone knows: events, or ``event.property``.

    ``judged_by`` is the recording's edition, ``address`` leads to the page that judges it again.
    """

    edition: str
    names: tuple[str, ...]
    judged_by: str
    address: str

    @property
    def shown(self) -> tuple[str, ...]:
        """The first names."""
        return self.names[:_SHOWN]

    @property
    def more(self) -> int:
        """How many names ``shown`` leaves out."""
        return len(self.names) - len(self.shown)


def newer_edition(
    visible: VisibleRecording, names: Iterable[str], events: Iterable[tuple[str, str]]
) -> NewerEdition | None:
    """What only the newest edition knows of ``names`` and of ``events``, as (name, text of findings).

    Properties are named where no event is. None where there is nothing, for a share, and where the recording
    is judged by the newest edition.
    """
    edition = edition_of(visible.recording)
    if visible.shown.shared or edition.edition == editions()[-1]:
        return None
    newest = load(editions()[-1])
    there = set(names)
    found = tuple(name for name in _new_events(edition, newest) if name in there)
    if not found:
        properties = (each for name, findings in events for each in _new_properties(name, findings, newest))
        found = tuple(dict.fromkeys(properties))
    if not found:
        return None
    address = reverse("judge", args=[visible.recording.key])
    return NewerEdition(newest.edition, found, edition.edition, f"{address}?edition={newest.edition}")


def last_events(visible: VisibleRecording) -> Iterator[tuple[str, str]]:
    """Name and findings' text of the recording's last events, a bounded number."""
    recording = visible.recording
    last = Event.objects.filter(recording=recording, seq__gt=recording.last_seq - _READ)
    yield from last.order_by("seq").values_list("name", "findings")


@cache
def _new_events(edition: Reference, newest: Reference) -> tuple[str, ...]:
    return tuple(name for name in newest.events if name not in edition.events)


def _new_properties(event: str, findings: str, newest: Reference) -> Iterator[str]:
    """The properties of the findings that ``newest`` alone knows, as ``event.property``."""
    if event not in newest.events or not any(code in findings for code in _CODES):
        return
    prepared = specs(newest)
    for finding in read_findings(findings):
        path = finding["path"]
        if finding["code"] in ("unknown_property", "misspelt_property"):
            if prepared.parameter(event, path) is not None:
                yield f"{event}.{dotted(path)}"
        elif finding["code"] == "missing_required":
            renamed = _renamed(newest, event).get(path)
            if renamed is not None:
                yield f"{event}.{renamed}"


@cache
def _renamed(newest: Reference, event: str) -> dict[str, str]:
    """The path of each former name -> the name that the newest edition requires in its place."""
    rows = newest.events[event].parameters
    return {f"/{row.formerly.name}": row.name for row in rows if row.formerly is not None}
