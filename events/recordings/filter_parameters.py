"""Reads a filter from parameters: of page, socket, share, export, API and command.

``FilterParameters`` names the parameters of a query string and their limits: the OpenAPI document and the
options of ``manage.py export`` are made from it. ``parse_filter`` reads a query string, ``filter_from``
parameters that are split already. Both return a ``Filter`` or raise ``InvalidFilter``, whose message every
caller shows. ``query`` is a query in the language of ``events.query``; the other parameters are older.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import BadRequest, TooManyFieldsSent
from django.http import QueryDict
from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from events.query import Node, QueryError, parse
from events.query.parse import LONGEST
from events.recordings import VERDICTS
from events.recordings.filter import Filter
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

    def filter(self) -> Filter:
        """The ``Filter`` with the values of these parameters."""
        return self._with_zone(Filter(query=self._tree))

    @property
    def _tree(self) -> Node | None:
        return parse(_as_stored(self.query))

    def _with_zone(self, made: Filter) -> Filter:
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

    def filter(self) -> Filter:
        """The ``Filter`` with the values of these parameters."""
        return self._with_zone(
            Filter(
                names=tuple(map(_as_stored, self.name)),
                verdicts=tuple(verdict for verdict in VERDICTS if verdict in self.verdict),
                text=_as_stored(self.q).strip(),
                query=self._tree,
            )
        )


def parse_filter(query: str | QueryDict) -> Filter:
    """The filter in a query string; its other parameters are ignored. Raises InvalidFilter."""
    try:
        asked = QueryDict(query) if isinstance(query, str) else query
    except TooManyFieldsSent:
        raise InvalidFilter("The address has too many parameters.") from None
    return filter_from({name: asked.getlist(name) for name in PARAMETERS if name in asked})


def filter_from(values: Mapping[str, list[str]]) -> Filter:
    """The filter of parameters by name, each with a list of its values. Raises InvalidFilter."""
    given = {name: found if is_repeatable(name) else found[-1] for name, found in values.items() if found}
    try:
        return FilterParameters.model_validate(given).filter()
    except ValidationError as error:
        first = error.errors()[0]
        place = first.get("ctx", {})
        position = (place["start"], place["end"]) if first["type"] == INVALID_QUERY else None
        raise InvalidFilter(ended(first["msg"]), position) from None


def parse_query(asked: QueryDict) -> Filter:
    """The filter of ``query`` and ``zone`` alone, where other parameters mean something else."""
    return filter_from({name: asked.getlist(name) for name in QueryParameters.model_fields if name in asked})


#: The names of the parameters, in the order of the documentation.
PARAMETERS: Final = tuple(FilterParameters.model_fields)


def is_repeatable(name: str) -> bool:
    """True for a parameter that may stand several times in a query string."""
    return isinstance(FilterParameters.model_fields[name].default, list)


def _as_stored(text: str) -> str:
    """The text as the store writes it: databases store neither NUL nor half of a surrogate pair."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def ended(sentence: str) -> str:
    """The sentence with a full stop, where it has neither that nor a question mark."""
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."


def _invalid(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("invalid_filter", "{sentence}", {"sentence": sentence.removesuffix(".")})
