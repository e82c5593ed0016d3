"""The list of recordings: searched, filtered, page by page, with everything that it shows in few queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson
from django.db.models import Count, Q, QuerySet, Sum

from events.models import Recording, Tally
from events.recordings import VERDICTS, clean_tags
from events.recordings.owners import NOBODY, Person, person

Value = TypeVar("Value")

_MOST_CHIPS: Final = 30  # tags, and people, that are offered as filters


@dataclass(frozen=True, slots=True)
class Search:
    """Which recordings: with all these words and tags, of one of these people; archived or not."""

    text: str = ""
    tags: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    archived: bool = False

    def condition(self) -> Q:
        """As a condition on recordings."""
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
    """One recording with its events by verdict, and how many of them never arrived."""

    recording: Recording
    verdicts: dict[str, int]

    @property
    def missing(self) -> int:
        """How many events the pages numbered that are not here."""
        return max(self.recording.sent - self.recording.received, 0)

    @property
    def tags(self) -> list[str]:
        """Its tags."""
        tags: list[str] = orjson.loads(self.recording.tags)
        return tags


def read_list(wanted: Search, limit: int, before: str = "") -> tuple[list[Listed], bool]:
    """The newest ``limit`` wanted recordings made before the one with that key; whether there are more.

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
    """The recordings with their counts, which come in one query for all."""
    counted: dict[int, dict[str, int]] = {one.pk: dict.fromkeys(VERDICTS, 0) for one in recordings}
    tallies = Tally.objects.filter(recording__in=counted).order_by()
    for pk, verdict, count in tallies.values_list("recording_id", "verdict").annotate(Sum("count")):
        counted[pk][verdict] = count
    return [Listed(recording, counted[recording.pk]) for recording in recordings]


@dataclass(frozen=True, slots=True)
class Chips:
    """What the list can be filtered by, the most frequent first, with how many recordings have it."""

    tags: list[tuple[str, int]]
    people: list[tuple[Person, int]]
    archived: int


def chips(chosen_tags: Iterable[str], chosen_people: Iterable[str]) -> Chips:
    """The tags and people of the recordings that are not archived, and how many are.

    What is chosen is among them, however rare it is.
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
    """The most frequent ones, and those that are chosen."""
    found = dict(counted.most_common(_MOST_CHIPS))
    return list((found | {value: counted[value] for value in chosen if value not in found}).items())


def _frequent(recordings: QuerySet[Recording], *columns: str) -> QuerySet[Recording, Any]:
    """The values that most recordings have in ``columns``, each with their number."""
    return recordings.values_list(*columns).annotate(n=Count("pk")).order_by("-n", *columns)[:500]
