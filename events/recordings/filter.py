"""Filters a recording's events: one parser and one class for page, socket, share, export, API and command.

``FilterParameters`` names the parameters of a query string and their limits: the OpenAPI document and the
options of ``manage.py export`` are made from it. ``parse_filter`` reads a query string, ``filter_from``
parameters that are split already. Both return a ``Filter`` or raise ``InvalidFilter``, whose message every
caller shows.

A filter term is added here (to ``FilterParameters``, and to ``Filter`` with all its methods) and in the twin
for the exported HTML file, ``static/export/filter.js``. Besides, ``ScopeData`` in ``events.exports.schema``
describes the term where a file states its filter, and a page may offer a control for the term.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, NamedTuple, Protocol

from django.core.exceptions import BadRequest, TooManyFieldsSent
from django.db.models import Q
from django.http import QueryDict
from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from events.recordings import VERDICTS
from events.recordings.muting import Muting
from events.redaction import NOT_SHOWN
from events.verdict import Verdict

_MOST_NAMES: Final = 100
_MOST_NAME_CHARACTERS: Final = 20_000  # of all names; more fits into a form, but into no address
_LONGEST_TEXT: Final = 200
#: A name that in practice no event has: with it a filter by name matches no event.
_NO_NAME: Final = "\x1f"


class InvalidFilter(BadRequest):
    """The filter cannot be read; the message is a sentence for people that ends with a full stop."""


class FilterParameters(BaseModel):
    """The parameters that choose events: of one of these names, of one of these verdicts, with this text."""

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
        return Filter(
            names=tuple(map(_as_stored, self.name)),
            verdicts=tuple(verdict for verdict in VERDICTS if verdict in self.verdict),
            text=_as_stored(self.q).strip(),
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
        raise InvalidFilter(f"{error.errors()[0]['msg'].removesuffix('.')}.") from None


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


class FilteredEvent(Protocol):
    """The attributes of an event that a filter reads: of a row of the table, or of a masked copy of one."""

    @property
    def seq(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def page_url(self) -> str: ...
    @property
    def called(self) -> str: ...
    @property
    def sent(self) -> str: ...
    @property
    def findings(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Filter:
    """Selects events by name, by verdict and by a text in their columns. An empty field selects all events.

    Of a finding the text may match the code, path, expected and got; the sentence is not stored, and so not
    searched.

    ``seq`` selects one event by its sequence number; ``within`` is another filter that events must match as
    well. A query string can contain neither.
    """

    names: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    text: str = ""
    seq: int | None = None
    within: "Filter | None" = None

    def condition(self, muting: Muting) -> Q:
        """The filter as a condition on rows of the table of events; verdicts are those shown."""
        condition = self.within.condition(muting) if self.within else Q()
        if self.seq is not None:
            condition &= Q(seq=self.seq)
        if self.names:
            condition &= Q(name__in=self.names)
        if self.verdicts:
            condition &= self._verdict_condition(muting)
        if self.text:
            condition &= _any(*(Q(**{f"{field}__icontains": self.text}) for field in _SEARCHED))
        return condition

    def matches(self, event: FilteredEvent) -> bool:
        """True where the filter selects ``event``: the filter as a predicate on an event in memory."""
        text = self.text.lower()
        return (
            (self.seq is None or event.seq == self.seq)
            and (not self.names or event.name in self.names)
            and (not self.verdicts or event.verdict in self.verdicts)
            and (not text or any(text in getattr(event, field).lower() for field in _SEARCHED))
            and (self.within is None or self.within.matches(event))
        )

    def cells(self, muting: Muting) -> list[Cell] | None:
        """The filter as cells; None where the filter has other terms than names and verdicts as well.

        An index holds the events of a cell in the order of ``seq``. An empty list selects no event.
        """
        if self.text or self.seq is not None:
            return None
        own = {
            Cell(name, *verdicts): None
            for name in self.names or (None,)
            for verdicts in self._verdict_cells(muting)
        }
        if not self.within:
            return list(own)
        outer = self.within.cells(muting)
        if outer is None:
            return None
        return list({both: None for one in own for other in outer if (both := one.within(other))})

    def _verdict_condition(self, muting: Muting) -> Q:
        if not muting.groups:
            return Q(verdict__in=self.verdicts)
        return _any(*map(muting.condition, self.verdicts))

    def _verdict_cells(self, muting: Muting) -> list[tuple[Verdict, Verdict | None]]:
        """The stored verdicts of the filter's events, each with the shown one that it requires."""
        if not muting.groups or len(self.verdicts) in (0, len(VERDICTS)):
            return [(verdict, None) for verdict in self.verdicts or VERDICTS]
        return [
            (stored, None if stored == "valid" else shown)
            for shown in self.verdicts
            for stored in muting.stored(shown)
        ]

    @property
    def by_kind(self) -> bool:
        """True where the filter depends on nothing but an event's name and its shown verdict."""
        return not self.text and self.seq is None and (self.within is None or self.within.by_kind)

    def selects(self, name: str, verdict: str) -> bool:
        """True where a filter ``by_kind`` selects the events with this name and shown verdict."""
        return (
            (not self.names or name in self.names)
            and (not self.verdicts or verdict in self.verdicts)
            and (self.within is None or self.within.selects(name, verdict))
        )

    @property
    def reads_values(self) -> bool:
        """True where the filter depends on values that redaction masks, apart from an event's name."""
        return bool(self.text)

    def on_stored(self, names: Iterable[str], shown: Callable[[str], str]) -> "Filter":
        """The part of this filter on masked events that a query on the stored events can apply.

        ``names`` are the recording's event names, ``shown`` masks one. Where ``reads_values``, the result
        selects more events than this filter: ``matches`` then decides on the masked events.
        """
        stored = self.names and (tuple(name for name in names if shown(name) in self.names) or (_NO_NAME,))
        return replace(self, names=stored, text="")

    def parameters(self) -> list[tuple[str, str]]:
        """The filter as parameters (name, value) of a query string, which ``parse_filter`` reads."""
        text = [("q", self.text)] if self.text else []
        return [("name", name) for name in self.names] + [("verdict", one) for one in self.verdicts] + text

    def query(self) -> str:
        """The filter as a query string; "" for all events."""
        query = QueryDict(mutable=True)
        for name, value in self.parameters():
            query.appendlist(name, value)
        return query.urlencode()

    def words(self) -> list[str]:
        """The filter for people: a text for each value that it contains."""
        event = [f"event #{self.seq}"] if self.seq is not None else []
        text = [f"“{self.text}”"] if self.text else []
        return [*event, *self.verdicts, *(name or "(no name)" for name in self.names), *text]

    def as_exported(self, mask: Callable[[str], str], *, masked: bool) -> dict[str, Any]:
        """The filter for the head of an exported file.

        ``mask`` masks a text; ``masked``: the file masks some kinds of personal values. The text of the
        filter may be a part of a masked value, which no pattern can recognise: then NOT_SHOWN replaces it.
        """
        return {
            "names": [mask(name) for name in self.names],
            "verdicts": list(self.verdicts),
            "text": self.text and (NOT_SHOWN if masked else self.text),
        }

    def __bool__(self) -> bool:
        return bool(self.names or self.verdicts or self.text or self.seq is not None or self.within)


#: The filter that selects every event.
EVERYTHING: Final = Filter()
#: The columns in which a text is searched for.
_SEARCHED: Final = ("name", "page_url", "called", "sent", "findings")


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _any(*conditions: Q) -> Q:
    combined = Q()
    for condition in conditions:
        combined |= condition
    return combined


def _as_stored(text: str) -> str:
    """The text as the store writes it: databases store neither NUL nor half of a surrogate pair."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _invalid(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("invalid_filter", "{sentence}", {"sentence": sentence.removesuffix(".")})
