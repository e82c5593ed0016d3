"""Reads the events that a query selects, in slices from one end, and says how far it looked.

A slice is a range of sequence numbers, so that the database reads it by the index of these and sorts no more
than a slice, whatever it believes about the table. Slices grow while little is found. In a slice SQL selects
the rows that may match; where its condition is not exact, the predicate decides, on rows of the columns that
it reads.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet

from events.db.compiled_queries import CompiledQuery, by_key
from events.models import Event, PageLoad, Recording
from events.query.bounds import all_bounds, as_q
from events.query.condition import bounds
from events.query.context import Context
from events.query.predicate import QueriedEvent, predicate
from events.query.tree import Compare, Field, Leaf, Node, Text, leaves

_FIRST_SLICE: Final = 500  # sequence numbers
_LARGEST_SLICE: Final = 20_000  # some 30 ms for a text in SQLite
_GROWTH: Final = 4
_MOST_CANDIDATES: Final = 1_000  # in memory at once: at most some 30 MB
_FOREVER: Final = float("inf")
_PAYLOAD: Final = ("called", "sent", "automatic", "permanent", "unknown", "source")
#: The columns that the predicate of a field reads, besides those of ``Match``.
_COLUMNS: Final = {
    **dict.fromkeys(("page", "site"), ("page_url",)),
    **dict.fromkeys(("has", "automatic"), _PAYLOAD),
    **dict.fromkeys(("after", "before"), ("fired_at",)),
    "source": ("source",),
    "container": ("container",),
    "call": ("call_site",),
}
_PAGE_LOADS: Final = CompiledQuery(PageLoad, lambda ids: PageLoad.objects.filter(pk__in=ids))


class Found(NamedTuple):
    """What was found, in the order of reading; ``more``: further events may follow.

    ``stopped_at`` is the number up to which events were looked at (included), where the time was over before
    the end of the recording; None where as many were found as were asked for, or all events were looked at.
    """

    events: list[Event]
    more: bool
    stopped_at: int | None


class Match(NamedTuple):
    """An event that a query selects: what counts need of it."""

    seq: int
    name: str
    verdict: str
    findings: str
    page_load_id: int | None


class Counted(NamedTuple):
    """A number of events, and the sequence number up to which they were counted."""

    number: int
    upto: int


@dataclass(frozen=True, slots=True)
class Term:
    """A query, and what its meaning depends on."""

    node: Node
    context: Context


class Search:
    """The events that all of some queries select, as one reader sees them.

    The queries ``stored`` are about events as they are stored. The query ``shown`` is about events as
    ``show`` shows them, which masks values; None where nothing is masked.
    """

    def __init__(
        self,
        recording: Recording,
        stored: Iterable[Term],
        shown: Term | None = None,
        show: Callable[[Event], QueriedEvent] | None = None,
    ) -> None:
        self.recording = recording
        terms = list(stored)
        own = all_bounds(bounds(term.node, term.context) for term in terms)
        outer = all_bounds([own, bounds(shown.node, shown.context)]) if shown else own
        #: Selects every event of the queries, and perhaps more.
        self.condition: Q = as_q(outer.may)
        #: True where ``condition`` selects exactly the events of the queries.
        self.exact: bool = outer.exact
        self._on_stored = [predicate(term.node, term.context) for term in terms]
        self._on_shown = predicate(shown.node, shown.context) if shown else None
        self._show = show
        self._needs_whole = shown is not None or any(_reads_page_load(term.node) for term in terms)
        read = (column for term in terms for leaf in leaves(term.node) for column in _columns_of(leaf))
        self._columns = tuple(dict.fromkeys((*Match._fields, *read)))

    def accepts(self, event: Event) -> bool:
        """True where the queries select the event, which must have its page load."""
        if not all(test(event) for test in self._on_stored):
            return False
        return self._on_shown is None or self._show is None or self._on_shown(self._show(event))

    def back(self, before: int, limit: int, seconds: float = _FOREVER) -> Found:
        """The last ``limit`` events below ``before``, the newest first, as far as ``seconds`` allow."""
        last = min(before, self.recording.last_seq + 1)
        return self._read(self._slices(last, -1, limit + 1), limit, seconds, last=1)

    def on(self, after: int, limit: int, seconds: float = _FOREVER) -> Found:
        """The first ``limit`` events above ``after`` up to the recording's ``last_seq``, the oldest first."""
        return self._read(self._slices(after, 1, limit + 1), limit, seconds, last=self.recording.last_seq)

    def count(self, after: int, seconds: float) -> Counted:
        """How many events above ``after`` are selected, counted from there on as far as ``seconds`` allow."""
        end, at, count = time.monotonic() + seconds, after, 0
        last = self.recording.last_seq
        if not self.exact:
            for accepted, at in self._slices(after, 1, _MOST_CANDIDATES):
                count += len(accepted)
                if time.monotonic() > end:
                    return Counted(count, at)
            return Counted(count, max(last, after))
        while at < last and time.monotonic() <= end:
            first, at = _range(at, _LARGEST_SLICE, 1, last)
            count += self._events().filter(self.condition, seq__gte=first, seq__lte=at).count()
        return Counted(count, max(at, after))

    def matches(self, after: int = 0, within: Q | None = None) -> Iterator[Match]:
        """Every event above ``after`` up to ``last_seq``, ``within`` a condition, in the order of ``seq``."""
        if self.exact:
            between = Q(seq__gt=after, seq__lte=self.recording.last_seq)
            found = self._events().filter(between, within or Q(), self.condition).order_by("seq")
            yield from map(Match._make, found.values_list(*Match._fields).iterator(2_000))
            return
        for accepted, _ in self._slices(after, 1, _MOST_CANDIDATES, within):
            for event in accepted:
                yield Match(event.seq, event.name, event.verdict, event.findings, event.page_load_id)

    def _read(
        self, slices: Iterator[tuple[list[Any], int]], limit: int, seconds: float, *, last: int
    ) -> Found:
        end = time.monotonic() + seconds
        found: list[Any] = []
        at = last
        for accepted, at in slices:
            found += accepted
            if len(found) > limit:
                return Found(self._whole(found[:limit]), True, None)
            if time.monotonic() > end and at != last:
                return Found(self._whole(found), True, at)
        return Found(self._whole(found), False, None)

    def _slices(
        self, start: int, direction: int, most: int, within: Q | None = None
    ) -> Iterator[tuple[list[Any], int]]:
        """The selected events of each slice beyond ``start``, and the last number that was looked at."""
        events = self._events().filter(within) if within else self._events()
        at, size, end = start, max(_FIRST_SLICE, most), 1 if direction < 0 else self.recording.last_seq
        while (at > end) if direction < 0 else (at < end):
            first, to = _range(at, size, direction, end)
            most_rows = most if self.exact else _MOST_CANDIDATES
            part = events.filter(self.condition, seq__gte=min(first, to), seq__lte=max(first, to))
            rows = self._candidates(part.order_by("seq" if direction > 0 else "-seq")[:most_rows])
            accepted = rows if self.exact else [row for row in rows if self._accepts_row(row)]
            at = rows[-1].seq if len(rows) == most_rows else to
            yield accepted, at
            if len(accepted) * _GROWTH < most:
                size = min(size * _GROWTH, _LARGEST_SLICE)

    def _candidates(self, part: QuerySet[Event]) -> list[Any]:
        """The rows of a slice: whole events, or their columns where these decide about many rows."""
        if self.exact:
            return list(part)
        if self._needs_whole:
            return with_page_loads(list(part))
        return list(part.values_list(*self._columns, named=True))

    def _accepts_row(self, row: Any) -> bool:
        if self._needs_whole:
            return self.accepts(row)
        return all(test(row) for test in self._on_stored)

    def _whole(self, rows: list[Any]) -> list[Event]:
        if self.exact:
            return with_page_loads(rows)
        if self._needs_whole or not rows:
            return rows
        events = {event.seq: event for event in self._events().filter(seq__in=[row.seq for row in rows])}
        return with_page_loads([events[row.seq] for row in rows if row.seq in events])

    def _events(self) -> QuerySet[Event]:
        return Event.objects.filter(recording=self.recording)


def _range(at: int, size: int, direction: int, end: int) -> tuple[int, int]:
    """The first and the last number of the next slice."""
    if direction < 0:
        return at - 1, max(at - size, end)
    return at + 1, min(at + size, end)


def _columns_of(leaf: Leaf) -> tuple[str, ...]:
    """The columns that decide about a term, besides those of ``Match`` and of the page load."""
    if isinstance(leaf, Compare):
        return _PAYLOAD
    return _COLUMNS.get(leaf.name, ()) if isinstance(leaf, Field) else ()


def _reads_page_load(node: Node) -> bool:
    """True where the query reads titles, frames or ids of page loads, which only whole events have."""
    return any(
        isinstance(leaf, Text) or (isinstance(leaf, Field) and leaf.name in ("is", "load"))
        for leaf in leaves(node)
    )


def with_page_loads(events: list[Event]) -> list[Event]:
    """Set the page load of each event, by one query for all; return ``events``."""
    ids = {event.page_load_id for event in events if event.page_load_id is not None}
    page_loads = by_key(_PAGE_LOADS.models(tuple(ids))) if ids else {}
    for event in events:
        event.page_load = page_loads.get(event.page_load_id or 0)
    return events
