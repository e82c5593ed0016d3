"""Reads a recording's events from a cursor, optionally filtered, for page, push, poll and API alike."""

from dataclasses import dataclass
from functools import cache
from typing import Final, Generic, NamedTuple, TypeVar

from django.db.models import BigIntegerField, Func, Q

from events.db.bulk_statements import all_of
from events.db.compiled_queries import CompiledQuery
from events.models import Event, Recording
from events.query.reader import Found, Search, with_page_loads
from events.recordings import VERDICTS
from events.recordings.filter import EVERYTHING, Cell, Filter
from events.recordings.muting import muting_of

#: A zero as a literal in the statement: SQLite uses a partial index only where it can prove, before values
#: are bound, that the condition lies in the indexed part of the table.
_ZERO: Final = Func(template="0", output_field=BigIntegerField())
#: No limit of a search's time.
FOREVER: Final = float("inf")
_MOST_CELLS: Final = 400  # of one statement; SQLite takes 500


#: The type of a slice's events: stored or shown ones.
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """Consecutive events of a read, in the order of ``seq``.

    ``cursor`` is the sequence number up to which events have been read or filtered out; ``more``: further
    events follow in the direction of reading, or may follow. ``stopped_at`` is the number down to which
    events were looked at where the time was over before the recording's first event; else None.
    """

    events: list[Row]
    cursor: int
    more: bool
    stopped_at: int | None = None


def read_after(
    recording: Recording,
    after: int,
    limit: int,
    wanted: Filter = EVERYTHING,
    search: Search | None = None,
    seconds: float = FOREVER,
) -> Slice[Event]:
    """The first ``limit`` events that ``wanted`` selects with a sequence number above ``after``.

    ``recording`` must be freshly read: its ``last_seq`` is the cursor where there are no more events.
    ``search`` is the search for ``wanted`` where that is not the filter's own. Where ``seconds`` are over,
    the cursor is the number up to which events were looked at.
    """
    if not wanted:
        # The upper bound prevents that the cursor skips an event stored during this read.
        events = with_page_loads(_after(limit + 1).models(recording.pk, after, recording.last_seq))
    elif (cells := _cells(recording, wanted, search)) is not None:
        between = Q(seq__gt=after, seq__lte=recording.last_seq)
        events = _read(recording, cells, between, "seq", limit + 1)
    else:
        found = (search or wanted.search(recording)).on(after, limit, seconds)
        if found.stopped_at is not None:
            return Slice(found.events, found.stopped_at, True)
        cursor = found.events[-1].seq if found.more else max(recording.last_seq, after)
        return Slice(found.events, cursor, found.more)
    if len(events) > limit:
        return Slice(events[:limit], events[limit - 1].seq, True)
    return Slice(events, max(recording.last_seq, after), False)


def read_changed(recording: Recording, after: int, limit: int) -> tuple[list[Event], int]:
    """The first ``limit`` events that changed after the change number ``after``, in the order of changes.

    Also returns the number of the last change read, the next ``after``. ``recording`` must be freshly read.
    """
    if recording.last_change <= after:
        return [], after
    between = Q(change__gt=after, change__lte=recording.last_change)
    query = Event.objects.filter(between, recording=recording, change__gt=_ZERO)
    events = list(query.select_related("page_load").order_by("change")[:limit])
    return events, events[-1].change if len(events) == limit else recording.last_change


def count_after(recording: Recording, after: int, wanted: Filter) -> int:
    """The number of events that ``wanted`` selects after ``after``, up to the recording's ``last_seq``."""
    if after >= recording.last_seq:
        return 0
    search = wanted.search(recording)
    if not search.exact:
        return sum(1 for _ in search.matches(after))
    between = Q(seq__gt=after, seq__lte=recording.last_seq)
    # The condition on all verdicts lets the databases use the index on name, verdict and seq.
    verdicts = Q(verdict__in=VERDICTS) if wanted.plain.names else Q()
    return Event.objects.filter(between, verdicts, search.condition, recording=recording).count()


def read_before(
    recording: Recording,
    before: int,
    limit: int,
    wanted: Filter = EVERYTHING,
    search: Search | None = None,
    seconds: float = FOREVER,
) -> Slice[Event]:
    """The last ``limit`` events that ``wanted`` selects with a ``seq`` below ``before``, oldest first.

    ``search`` and ``seconds`` as for ``read_after``.
    """
    cells = _cells(recording, wanted, search)
    if wanted and cells is None:
        found: Found = (search or wanted.search(recording)).back(before, limit, seconds)
        return Slice(found.events[::-1], recording.last_seq, found.more, found.stopped_at)
    between = Q(seq__lt=min(before, recording.last_seq + 1))
    events = _read(recording, cells, between, "-seq", limit + 1)
    return Slice(events[:limit][::-1], recording.last_seq, len(events) > limit)


class Neighbour(NamedTuple):
    """The position of an event: its sequence number and the primary key of its page load."""

    seq: int
    page_load_id: int | None


def read_neighbour(recording: Recording, before: int) -> Neighbour | None:
    """The position of the last event with a sequence number below ``before``; None where there is none."""
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


@cache
def _after(limit: int) -> CompiledQuery[Event]:
    """The query of the first ``limit`` events of a recording after one sequence number, up to another."""
    return CompiledQuery(
        Event,
        lambda recording, after, last: Event.objects.filter(
            recording=recording, seq__gt=after, seq__lte=last
        ).order_by("seq")[:limit],
    )


def _cells(recording: Recording, wanted: Filter, search: Search | None) -> list[Cell] | None:
    """The cells by which an index finds the events; None where a search must."""
    cells = wanted.cells(muting_of(recording)) if wanted and search is None else None
    return cells if cells is not None and len(cells) <= _MOST_CELLS else None


def _read(recording: Recording, cells: list[Cell] | None, between: Q, order: str, limit: int) -> list[Event]:
    """The first ``limit`` events of ``cells`` (None: of any) and ``between``, sorted by ``order``."""
    shown = Event.objects.filter(recording=recording).select_related("page_load").order_by(order)
    found = Event.objects.filter(between, recording=recording).order_by(order)
    if cells is None:
        return list(shown.filter(between)[:limit])
    muting = muting_of(recording)
    if len(cells) == 1 and not muting.groups:
        return list(shown.filter(between, cells[0].condition(muting))[:limit])
    # One query per cell reads an index in order, and of rows with another verdict under muting the index
    # alone; one query for all cells would sort all matching events.
    parts = [found.filter(cell.condition(muting)).values_list("seq", flat=True)[:limit] for cell in cells]
    seqs = sorted(all_of(parts), reverse=order.startswith("-"))[:limit] if parts else []
    return list(shown.filter(seq__in=seqs))
