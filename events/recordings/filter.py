"""Filters a recording's events: the parameters of page, socket, share, export, API and command, as one query.

``FilterParameters`` names the parameters of a query string and their limits: the OpenAPI document and the
options of ``manage.py export`` are made from it. ``parse_filter`` reads a query string, ``filter_from``
parameters that are split already. Both return a ``Filter`` or raise ``InvalidFilter``, whose message every
caller shows.

``query`` is a query in the language of ``events.query``. The parameters ``name``, ``verdict`` and ``q``,
which are older, are translated into the same tree: what an event must be to match is defined there alone.
The page in an exported HTML file knows the older parameters only (``static/export/filter.js``).
``ScopeData`` in ``events.exports.schema`` describes how a file states its filter.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import BadRequest, TooManyFieldsSent
from django.db.models import Q
from django.http import QueryDict
from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from events.judging.edition import edition_of
from events.models import Event, Recording
from events.query import Node, QueryError, parse, printed
from events.query.context import Context
from events.query.moments import clock_of
from events.query.parse import LONGEST
from events.query.plain import Plain, plain_of, with_plain
from events.query.predicate import QueriedEvent
from events.query.reader import Search, Term
from events.query.tree import Field as FieldTerm
from events.query.tree import Number, Text, Value, all_of, leaves
from events.recordings import VERDICTS
from events.recordings.muting import Muting, muting_of
from events.redaction import NOT_SHOWN
from events.verdict import Verdict

_MOST_NAMES: Final = 100
_MOST_NAME_CHARACTERS: Final = 20_000  # of all names; more fits into a form, but into no address
_LONGEST_TEXT: Final = 200
#: The type of the error of a query that cannot be read; its context has ``start`` and ``end``.
INVALID_QUERY: Final = "invalid_query"


class InvalidFilter(BadRequest):
    """The filter cannot be read; the message is a sentence for people that ends with a full stop.

    ``position`` is the place (start, end) in the query that the sentence is about, where it is about a query.
    """

    def __init__(self, sentence: str, position: tuple[int, int] | None = None) -> None:
        super().__init__(sentence)
        self.position = position


class QueryParameters(BaseModel):
    """A query, and the time zone of its clock times."""

    query: Annotated[
        str,
        Field(
            max_length=LONGEST, description="Only events that this query selects; see the help topic Query."
        ),
    ] = ""
    zone: Annotated[
        str,
        Field(max_length=64, description="The time zone of clock times in the query, such as Europe/Paris."),
    ] = "UTC"

    @field_validator("query", mode="before")
    @classmethod
    def _readable(cls, query: Any) -> Any:
        if isinstance(query, str):
            try:
                parse(_as_stored(query))
            except QueryError as error:
                place = {"start": error.start, "end": error.end}
                facts = {"sentence": error.sentence, **place}
                raise PydanticCustomError(INVALID_QUERY, "{sentence}", facts) from None
        return query

    @field_validator("zone", mode="before")
    @classmethod
    def _known_zone(cls, zone: Any) -> Any:
        if isinstance(zone, str):
            try:
                ZoneInfo(zone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise _invalid(f"There is no time zone “{zone[:64]}”: write one like Europe/Paris.") from None
        return zone

    def filter(self) -> "Filter":
        """The ``Filter`` with the values of these parameters."""
        return self._with_zone(Filter(query=self._tree))

    @property
    def _tree(self) -> Node | None:
        return parse(_as_stored(self.query))

    def _with_zone(self, made: "Filter") -> "Filter":
        return replace(made, zone=self.zone) if made.tells_time else made


class FilterParameters(QueryParameters):
    """The parameters that choose events: those of a query, of these names, these verdicts, with this text."""

    name: Annotated[
        list[str],
        Field(max_length=_MOST_NAMES, description="Only events of this name; may be repeated."),
    ] = []
    verdict: Annotated[
        list[Verdict], Field(description="Only events with this verdict; may be repeated.")
    ] = []
    q: Annotated[str, Field(max_length=_LONGEST_TEXT, description="Only events with this text in them.")] = ""

    @field_validator("name", mode="before")
    @classmethod
    def _not_too_many_names(cls, names: Any) -> Any:
        if isinstance(names, list) and len(names) > _MOST_NAMES:
            raise _invalid(f"A filter takes {_MOST_NAMES} names at most.")
        if isinstance(names, list) and sum(len(str(name)) for name in names) > _MOST_NAME_CHARACTERS:
            raise _invalid(f"A filter's names have {_MOST_NAME_CHARACTERS:,} characters at most.")
        return names

    @field_validator("verdict", mode="before")
    @classmethod
    def _known_verdicts(cls, verdicts: Any) -> Any:
        for verdict in verdicts if isinstance(verdicts, list) else ():
            if verdict not in VERDICTS:
                raise _invalid(f"There is no verdict “{verdict}”: ask for {', '.join(VERDICTS)}.")
        return verdicts

    @field_validator("q", mode="before")
    @classmethod
    def _short_text(cls, text: Any) -> Any:
        if isinstance(text, str) and len(text) > _LONGEST_TEXT:
            raise _invalid(f"A text to search for has {_LONGEST_TEXT} characters at most.")
        return text

    def filter(self) -> "Filter":
        """The ``Filter`` with the values of these parameters."""
        return self._with_zone(
            Filter(
                names=tuple(map(_as_stored, self.name)),
                verdicts=tuple(verdict for verdict in VERDICTS if verdict in self.verdict),
                text=_as_stored(self.q).strip(),
                query=self._tree,
            )
        )


def parse_filter(query: str | QueryDict) -> "Filter":
    """The filter in a query string; its other parameters are ignored. Raises InvalidFilter."""
    try:
        asked = QueryDict(query) if isinstance(query, str) else query
    except TooManyFieldsSent:
        raise InvalidFilter("The address has too many parameters.") from None
    return filter_from({name: asked.getlist(name) for name in PARAMETERS if name in asked})


def filter_from(values: Mapping[str, list[str]]) -> "Filter":
    """The filter of parameters by name, each with a list of its values. Raises InvalidFilter."""
    given = {name: found if is_repeatable(name) else found[-1] for name, found in values.items() if found}
    try:
        return FilterParameters.model_validate(given).filter()
    except ValidationError as error:
        first = error.errors()[0]
        place = first.get("ctx", {})
        position = (place["start"], place["end"]) if first["type"] == INVALID_QUERY else None
        raise InvalidFilter(ended(first["msg"]), position) from None


def parse_query(asked: QueryDict) -> "Filter":
    """The filter of ``query`` and ``zone`` alone, where other parameters mean something else."""
    return filter_from({name: asked.getlist(name) for name in QueryParameters.model_fields if name in asked})


#: The names of the parameters, in the order of the documentation.
PARAMETERS: Final = tuple(FilterParameters.model_fields)


def is_repeatable(name: str) -> bool:
    """True for a parameter that may stand several times in a query string."""
    return isinstance(FilterParameters.model_fields[name].default, list)


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


def _as_stored(text: str) -> str:
    """The text as the store writes it: databases store neither NUL nor half of a surrogate pair."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def ended(sentence: str) -> str:
    """The sentence with a full stop, where it has neither that nor a question mark."""
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."


def _invalid(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("invalid_filter", "{sentence}", {"sentence": sentence.removesuffix(".")})
