"""Reading a recording's events from a cursor, perhaps filtered: the one read for page, push, poll and API."""

from dataclasses import dataclass
from functools import cache
from typing import Final, Generic, NamedTuple, TypeVar

from django.db.models import BigIntegerField, Func, Q

from events.db.bulk_statements import all_of
from events.db.compiled_queries import CompiledQuery, by_key
from events.models import Event, PageLoad, Recording
from events.recordings import VERDICTS
from events.recordings.filter import EVERYTHING, Filter

#: A zero that the statement itself holds: SQLite takes an index over a part of a table only where it can see,
#: before any value is bound, that what is asked for lies in that part.
_ZERO: Final = Func(template="0", output_field=BigIntegerField())
_MOST_CELLS: Final = 400  # of one statement; SQLite takes 500


#: Events as they are stored, or as they are shown.
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """Some events in their order. ``cursor``: everything up to this sequence number has been looked at.

    ``more`` says that there is more of it in the direction of reading.
    """

    events: list[Row]
    cursor: int
    more: bool


def read_after(recording: Recording, after: int, limit: int, wanted: Filter = EVERYTHING) -> Slice[Event]:
    """The first ``limit`` wanted events with a sequence number above ``after``.

    ``recording`` must be freshly read: its last_seq is how far this read has looked when it finds no more.
    """
    # Bounded above, so that an event stored during this read is not skipped by the cursor.
    between = Q(seq__gt=after, seq__lte=recording.last_seq)
    if wanted:
        events = _read(recording, wanted, between, "seq", limit + 1)
    else:
        events = _with_page_loads(_after(limit + 1).models(recording.pk, after, recording.last_seq))
    if len(events) > limit:
        return Slice(events[:limit], events[limit - 1].seq, True)
    return Slice(events, max(recording.last_seq, after), False)


def read_changed(recording: Recording, after: int, limit: int) -> tuple[list[Event], int]:
    """The first ``limit`` events of which more became known after the change ``after``.

    Also the change that was looked at last. ``recording`` must be freshly read.
    """
    if recording.last_change <= after:
        return [], after
    between = Q(change__gt=after, change__lte=recording.last_change)
    query = Event.objects.filter(between, recording=recording, change__gt=_ZERO)
    events = list(query.select_related("page_load").order_by("change")[:limit])
    return events, events[-1].change if len(events) == limit else recording.last_change


def count_after(recording: Recording, after: int, wanted: Filter) -> int:
    """How many wanted events lie after ``after``, up to the recording's last one."""
    if after >= recording.last_seq:
        return 0
    between = Q(seq__gt=after, seq__lte=recording.last_seq)
    # All verdicts by name: an index that begins with names and verdicts then leads to the numbers.
    verdicts = Q(verdict__in=VERDICTS) if wanted.names else Q()
    return Event.objects.filter(between, verdicts, wanted.condition(), recording=recording).count()


def read_before(recording: Recording, before: int, limit: int, wanted: Filter = EVERYTHING) -> Slice[Event]:
    """The last ``limit`` wanted events with a sequence number below ``before``, oldest first."""
    events = _read(recording, wanted, Q(seq__lt=min(before, recording.last_seq + 1)), "-seq", limit + 1)
    return Slice(events[:limit][::-1], recording.last_seq, len(events) > limit)


class Neighbour(NamedTuple):
    """Where an event stands: its number and its page load."""

    seq: int
    page_load_id: int | None


def read_neighbour(recording: Recording, before: int) -> Neighbour | None:
    """Where the last event with a sequence number below ``before`` stands; None where there is none."""
    found = _NEIGHBOUR.rows(recording.pk, before)
    return Neighbour(*found[0]) if found else None


_NEIGHBOUR: Final = CompiledQuery(
    Event,
    lambda recording, before: (
        Event.objects.filter(recording=recording, seq__lt=before)
        .order_by("-seq")
        .values_list("seq", "page_load")[:1]
    ),
)
_PAGE_LOADS: Final = CompiledQuery(PageLoad, lambda ids: PageLoad.objects.filter(pk__in=ids))


@cache
def _after(limit: int) -> CompiledQuery[Event]:
    """The first events of a recording after a number, up to another."""
    return CompiledQuery(
        Event,
        lambda recording, after, last: Event.objects.filter(
            recording=recording, seq__gt=after, seq__lte=last
        ).order_by("seq")[:limit],
    )


def _with_page_loads(events: list[Event]) -> list[Event]:
    """The same events, each with its page load: one query for all."""
    ids = {event.page_load_id for event in events if event.page_load_id is not None}
    page_loads = by_key(_PAGE_LOADS.models(tuple(ids))) if ids else {}
    for event in events:
        event.page_load = page_loads.get(event.page_load_id or 0)
    return events


def _read(recording: Recording, wanted: Filter, between: Q, order: str, limit: int) -> list[Event]:
    """The first ``limit`` wanted events ``between``, by ``order``."""
    shown = Event.objects.filter(recording=recording).select_related("page_load").order_by(order)
    found = Event.objects.filter(between, recording=recording).order_by(order)
    cells = wanted.cells() if wanted else None
    if cells is None or len(cells) > _MOST_CELLS:
        return list(shown.filter(between, wanted.condition())[:limit])
    if len(cells) == 1:
        return list(shown.filter(between, cells[0].condition())[:limit])
    # Each cell is read in its order, where all of them in one would be found first, then sorted.
    parts = [found.filter(cell.condition()).values_list("seq", flat=True)[:limit] for cell in cells]
    seqs = sorted(all_of(parts), reverse=order.startswith("-"))[:limit] if parts else []
    return list(shown.filter(seq__in=seqs))
