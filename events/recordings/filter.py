"""The filter of a recording's events: parsed from a query string, turned into a condition of the database."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from django.db.models import Q
from django.http import QueryDict

from events.recordings import VERDICTS


class Cell(NamedTuple):
    """The events of one name (None: of any) and one verdict."""

    name: str | None
    verdict: str

    def within(self, other: "Cell") -> "Cell | None":
        """The events that are in both."""
        if self.verdict != other.verdict or (None not in (self.name, other.name) and self.name != other.name):
            return None
        return self if other.name is None else other

    def condition(self) -> Q:
        """As a condition on events."""
        return Q(verdict=self.verdict) if self.name is None else Q(name=self.name, verdict=self.verdict)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events are wanted: by name, by verdict, by a text anywhere in them. Empty means all.

    Of a finding the text may stand in its code, path, expected and got, but not in its sentence, which is not
    stored.

    ``seq`` is the only event wanted; ``within`` another filter that they have to match as well.
    """

    names: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    text: str = ""
    seq: int | None = None
    within: "Filter | None" = None

    def condition(self) -> Q:
        """The filter as a condition on events."""
        condition = self.within.condition() if self.within else Q()
        if self.seq is not None:
            condition &= Q(seq=self.seq)
        if self.names:
            condition &= Q(name__in=self.names)
        if self.verdicts:
            condition &= Q(verdict__in=self.verdicts)
        if self.text:
            fields = ("name", "page_url", "called", "sent", "findings")
            condition &= _any(*(Q(**{f"{field}__icontains": self.text}) for field in fields))
        return condition

    def cells(self) -> list[Cell] | None:
        """The filter as names with a verdict each; None where it asks for something else as well.

        The events of a cell stand in an index in the order of ``seq``. Nothing passes a filter without cells.
        """
        if self.text or self.seq is not None:
            return None
        own = {
            Cell(name, verdict): None
            for name in self.names or (None,)
            for verdict in self.verdicts or VERDICTS
        }
        if not self.within:
            return list(own)
        outer = self.within.cells()
        if outer is None:
            return None
        return list({both: None for one in own for other in outer if (both := one.within(other))})

    def __bool__(self) -> bool:
        return bool(self.names or self.verdicts or self.text or self.seq is not None or self.within)


#: The filter that every event passes.
EVERYTHING: Final = Filter()


def filter_of(query: str) -> Filter:
    """The filter in a query string: ``name`` and ``verdict`` may repeat, ``q`` is a text."""
    asked = QueryDict(query)
    return Filter(
        names=tuple(name for name in asked.getlist("name") if "\0" not in name)[:100],
        verdicts=tuple(verdict for verdict in VERDICTS if verdict in asked.getlist("verdict")),
        text=asked.get("q", "").replace("\0", "")[:200].strip(),
    )


def _any(*conditions: Q) -> Q:
    combined = Q()
    for condition in conditions:
        combined |= condition
    return combined
