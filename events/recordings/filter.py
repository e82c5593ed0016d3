"""Selects a recording's events: by a query, and by the older parameters as a part of the same query.

``events.recordings.filter_parameters`` reads filters from query strings. ``names``, ``verdicts`` and ``text``
are translated into the tree of the query: what an event must be to match is defined in ``events.query``.
The page in an exported HTML file knows the older parameters only (``static/export/filter.js``).
``ScopeData`` in ``events.exports.schema`` describes how a file states its filter.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import QueryDict

from events.judging.edition import edition_of
from events.models import Event, Recording
from events.query import Node, printed
from events.query.context import Context
from events.query.moments import clock_of
from events.query.plain import Plain, plain_of, with_plain
from events.query.predicate import QueriedEvent
from events.query.reader import Search, Term
from events.query.tree import Field as FieldTerm
from events.query.tree import Number, Text, Value, all_of, leaves
from events.recordings import VERDICTS
from events.recordings.muting import Muting, muting_of
from events.redaction import NOT_SHOWN
from events.verdict import Verdict


class Cell(NamedTuple):
    """The events of one name and one stored verdict, and with one shown verdict. None: of any.

    The shown verdict differs from the stored one where groups of findings are muted.
    """

    name: str | None
    verdict: Verdict
    shown: Verdict | None = None

    def within(self, other: "Cell") -> "Cell | None":
        """The events that are in both cells; None where no event can be in both."""
        if self.verdict != other.verdict:
            return None
        if _differ(self.name, other.name) or _differ(self.shown, other.shown):
            return None
        name = self.name if other.name is None else other.name
        return Cell(name, self.verdict, self.shown or other.shown)

    def condition(self, muting: Muting) -> Q:
        """The cell as a condition on rows of the table of events."""
        verdict = muting.condition(self.shown, self.verdict) if self.shown else Q(verdict=self.verdict)
        return verdict if self.name is None else Q(name=self.name) & verdict


@dataclass(frozen=True)
class Filter:
    """Selects events by a query, and by the older parameters. An empty field selects all events.

    ``names``, ``verdicts`` and ``text`` are the older parameters, ``query`` is the tree of the query, in
    which clock times are times in ``zone``. ``seq`` selects one event by its sequence number; ``within`` is
    another filter that events must match as well. A query string can contain neither.
    """

    names: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    text: str = ""
    query: Node | None = None
    zone: str = "UTC"
    seq: int | None = None
    within: "Filter | None" = None

    @cached_property
    def tree(self) -> Node | None:
        """All of the filter but ``within`` as the tree of one query."""
        names = tuple(Value(name, quoted=True) for name in self.names)
        return all_of(
            None if self.seq is None else Number(self.seq, self.seq),
            FieldTerm("name", names) if names else None,
            FieldTerm("verdict", tuple(map(Value, self.verdicts))) if self.verdicts else None,
            Text(self.text) if self.text else None,
            self.query,
        )

    @property
    def written(self) -> str:
        """The filter as a query in the language, such as the search box shows it."""
        return printed(self.tree)

    @cached_property
    def plain(self) -> Plain:
        """The names and verdicts that the filter's plain terms name."""
        return plain_of(self.tree)

    @cached_property
    def ticked(self) -> Plain:
        """The names and verdicts that tick boxes show, and change: of plain terms outside of brackets."""
        return plain_of(self.tree, brackets=False)

    def with_ticks(self) -> "Filter":
        """The filter in which ``names`` and ``verdicts`` are in the query, in place of its plain terms."""
        return Filter(query=with_plain(self.query, self.names, self.verdicts), zone=self.zone)

    @property
    def tells_time(self) -> bool:
        """True where the filter contains a clock time, whose meaning depends on ``zone``."""
        return any(
            clock_of(text) is not None
            for leaf in (leaves(self.tree) if self.tree else ())
            for text in _times(leaf)
        )

    def search(
        self,
        recording: Recording,
        shown: Callable[[str], str] | None = None,
        show: Callable[[Event], QueriedEvent] | None = None,
    ) -> Search:
        """The search for the filter's events.

        Where values are masked, ``shown`` masks an event's name and ``show`` an event; the filter then is
        about the masked events, and ``within`` about the stored ones.
        """
        own = self.term(recording, shown)
        stored: list[Term] = []
        outer = self.within
        while outer is not None:
            stored += [term] if (term := outer.term(recording)) else []
            outer = outer.within
        if shown is None or own is None:
            return Search(recording, [*([own] if own else []), *stored])
        return Search(recording, stored, own, show)

    def term(self, recording: Recording, shown: Callable[[str], str] | None = None) -> Term | None:
        """The filter without ``within`` as a term of a search; None where it selects all events."""
        tree = self.tree
        if tree is None:
            return None
        muted, condition = recording.muted, muting_of(recording).condition
        edition, zone = edition_of(recording), ZoneInfo(self.zone)
        return Term(tree, Context(recording, edition, zone, shown, muted, condition))

    def cells(self, muting: Muting) -> list[Cell] | None:
        """The filter as cells; None where the filter has other terms than names and verdicts as well.

        An index holds the events of a cell in the order of ``seq``. An empty list selects no event.
        """
        plain = self.plain
        if not plain.whole:
            return None
        names: Iterable[str | None] = (None,) if plain.names is None else plain.names
        own = {Cell(name, *cell): None for name in names for cell in _verdict_cells(plain.verdicts, muting)}
        if not self.within:
            return list(own)
        outer = self.within.cells(muting)
        if outer is None:
            return None
        return list({both: None for one in own for other in outer if (both := one.within(other))})

    @property
    def by_kind(self) -> bool:
        """True where the filter depends on nothing but an event's name and its shown verdict."""
        return self.plain.whole and (self.within is None or self.within.by_kind)

    def selects(self, name: str, verdict: str) -> bool:
        """True where a filter ``by_kind`` selects the events with this name and shown verdict."""
        plain = self.plain
        return (
            (plain.names is None or name in plain.names)
            and (plain.verdicts is None or verdict in plain.verdicts)
            and (self.within is None or self.within.selects(name, verdict))
        )

    def on_stored(self, names: Iterable[str], shown: Callable[[str], str]) -> "Filter | None":
        """The filter on masked events as a filter on stored ones; None where it reads other values as well.

        ``names`` are the recording's event names, ``shown`` masks one.
        """
        plain = self.plain
        if not plain.whole:
            return None
        verdicts = plain.verdicts or ()
        if plain.names is None and verdicts:
            return Filter(verdicts=verdicts, within=self.within)
        stored = tuple(name for name in names if shown(name) in (plain.names or ()))
        if not stored or plain.verdicts == ():
            return Filter(seq=0, within=self.within)  # selects no event
        return Filter(names=stored, verdicts=verdicts, within=self.within)

    def parameters(self) -> list[tuple[str, str]]:
        """The filter as parameters (name, value) of a query string, which ``parse_filter`` reads."""
        others = [("q", self.text)] if self.text else []
        if self.query is not None:
            others.append(("query", printed(self.query)))
        if self.zone != "UTC":
            others.append(("zone", self.zone))
        return [("name", name) for name in self.names] + [("verdict", one) for one in self.verdicts] + others

    def query_string(self) -> str:
        """The filter as a query string; "" for all events."""
        query = QueryDict(mutable=True)
        for name, value in self.parameters():
            query.appendlist(name, value)
        return query.urlencode()

    def words(self) -> list[str]:
        """The filter for people: a text for each value that it contains."""
        event = [f"event #{self.seq}"] if self.seq is not None else []
        text = [f"“{self.text}”"] if self.text else []
        query = [printed(self.query)] if self.query is not None else []
        return [*event, *self.verdicts, *(name or "(no name)" for name in self.names), *text, *query]

    def as_exported(self, mask: Callable[[str], str], *, masked: bool) -> dict[str, Any]:
        """The filter for the head of an exported file.

        ``mask`` masks a text; ``masked``: the file masks some kinds of personal values. The text of the
        filter and the query may contain a part of a masked value, which no pattern can recognise: then
        NOT_SHOWN replaces them.
        """
        query = printed(self.query)
        said = {
            "names": [mask(name) for name in self.names],
            "verdicts": list(self.verdicts),
            "text": self.text and (NOT_SHOWN if masked else self.text),
        }
        return said | {"query": NOT_SHOWN if masked else query} if query else said

    def __bool__(self) -> bool:
        return self.tree is not None or bool(self.within)


#: The filter that selects every event.
EVERYTHING: Final = Filter()


def _verdict_cells(
    verdicts: tuple[Verdict, ...] | None, muting: Muting
) -> list[tuple[Verdict, Verdict | None]]:
    """The stored verdicts of events with these shown ones, each with the shown one that it requires."""
    if verdicts is None or not muting.groups or len(verdicts) == len(VERDICTS):
        return [(verdict, None) for verdict in (VERDICTS if verdicts is None else verdicts)]
    return [
        (stored, None if stored == "valid" else shown)
        for shown in verdicts
        for stored in muting.stored(shown)
    ]


def _times(leaf: Any) -> Iterable[str]:
    """What of a term may be a clock time."""
    if isinstance(leaf, Text):
        return (leaf.text,)
    if isinstance(leaf, FieldTerm) and leaf.name in ("after", "before"):
        return (value.text for value in leaf.values)
    return ()


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other
