"""Reads the list of recordings: searched, filtered and paged, with all counts in few queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson
from django.db.models import Count, Q, QuerySet, Sum

from events.models import Recording, Tally
from events.recordings import VERDICTS, clean_tags, counts
from events.recordings.owners import NOBODY, Person, person

Value = TypeVar("Value")

_MOST_CHIPS: Final = 30  # tags, and people, that are offered as filters


@dataclass(frozen=True, slots=True)
class Search:
    """Selects recordings with all these words and tags, of one of these people, archived or not."""

    text: str = ""
    tags: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    archived: bool = False

    def condition(self) -> Q:
        """The search as a condition on rows of the table of recordings."""
        condition = Q(archived_at__isnull=not self.archived)
        for word in self.text.split()[:10]:
            condition &= (
                Q(name__icontains=word)
                | Q(site__icontains=word)
                | Q(person__icontains=word)
                | Q(tags__icontains=word)
            )
        for tag in clean_tags(self.tags):
            condition &= Q(tags__contains=f'"{tag}"')
        if self.people:
            condition &= Q(person__in=self.people)
        return condition

    def __bool__(self) -> bool:
        return bool(self.text or self.tags or self.people or self.archived)


@dataclass(frozen=True, slots=True)
class Listed:
    """A recording of the list, with the numbers of its events by verdict, and of its muted findings."""

    recording: Recording
    verdicts: dict[str, int]
    muted: int = 0

    @property
    def missing(self) -> int:
        """The number of events that pages numbered and that did not arrive."""
        return max(self.recording.sent - self.recording.received, 0)

    @property
    def tags(self) -> list[str]:
        """The recording's tags."""
        tags: list[str] = orjson.loads(self.recording.tags)
        return tags


def read_list(wanted: Search, limit: int, before: str = "") -> tuple[list[Listed], bool]:
    """The newest ``limit`` recordings that ``wanted`` selects, and True where there are more of them.

    With ``before``, the key of a recording, only recordings created before that one.

    Two queries, whatever the number of recordings; one more with ``before``.
    """
    query = Recording.objects.filter(wanted.condition()).order_by("-created_at", "-pk")
    last = Recording.everything.filter(key=before).first() if before and "\0" not in before else None
    if last is not None:
        query = query.filter(
            Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk)
        )
    found = list(query[: limit + 1])
    return with_counts(found[:limit]), len(found) > limit


def with_counts(recordings: list[Recording]) -> list[Listed]:
    """The recordings with their counts, by one query for all, and one for each with muted findings."""
    counted: dict[int, dict[str, int]] = {one.pk: dict.fromkeys(VERDICTS, 0) for one in recordings}
    tallies = Tally.objects.filter(recording__in=[one.pk for one in recordings if not one.muted]).order_by()
    for pk, verdict, count in tallies.values_list("recording_id", "verdict").annotate(Sum("count")):
        counted[pk][verdict] = count
    under_muting = {one.pk: counts(one) for one in recordings if one.muted}
    return [
        Listed(one, found.verdicts, found.muted_findings)
        if (found := under_muting.get(one.pk))
        else Listed(one, counted[one.pk])
        for one in recordings
    ]


@dataclass(frozen=True, slots=True)
class Chips:
    """The tags and people offered as filters of the list, most frequent first, each with a count.

    The counts are numbers of recordings; ``archived`` is the number of archived ones.
    """

    tags: list[tuple[str, int]]
    people: list[tuple[Person, int]]
    archived: int


def chips(chosen_tags: Iterable[str], chosen_people: Iterable[str]) -> Chips:
    """The tags and people of the recordings that are not archived, and the number of archived ones.

    Includes the chosen tags and people, even where these are rare.
    """
    shown = Recording.objects.filter(archived_at=None).order_by()
    tags: Counter[str] = Counter()
    for text, count in _frequent(shown.exclude(tags="[]"), "tags"):
        for tag in orjson.loads(text):
            tags[tag] += count
    people: Counter[Person] = Counter()
    for name, colour, count in _frequent(shown.exclude(person=""), "person", "colour"):
        people[Person(name, colour)] += count
    return Chips(
        _offered(tags, clean_tags(chosen_tags)),
        _offered(people, [who for name in chosen_people if (who := person(name)) != NOBODY]),
        Recording.objects.exclude(archived_at=None).count(),
    )


def _offered(counted: Counter[Value], chosen: Iterable[Value]) -> list[tuple[Value, int]]:
    """The most frequent values with their counts, and the chosen values."""
    found = dict(counted.most_common(_MOST_CHIPS))
    return list((found | {value: counted[value] for value in chosen if value not in found}).items())


def _frequent(recordings: QuerySet[Recording], *columns: str) -> QuerySet[Recording, Any]:
    """The most frequent values of ``columns``, each with the number of recordings that have it."""
    return recordings.values_list(*columns).annotate(n=Count("pk")).order_by("-n", *columns)[:500]
