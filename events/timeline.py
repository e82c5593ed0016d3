"""Reading a recording's events from a cursor, perhaps filtered: the one read for page, push, poll and API."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from events.models import Event, Recording


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events are wanted: by name, by verdict, by a text anywhere in them. Empty means all.

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

    def __bool__(self) -> bool:
        return bool(self.names or self.verdicts or self.text or self.seq is not None or self.within)


@dataclass(frozen=True, slots=True)
class Slice:
    """Some events in their order. ``cursor``: everything up to this sequence number has been looked at.

    ``more`` says that there is more of it in the direction of reading.
    """

    events: list[Event]
    cursor: int
    more: bool


def read_after(recording: Recording, after: int, limit: int, wanted: Filter = Filter()) -> Slice:
    """The first ``limit`` wanted events with a sequence number above ``after``.

    ``recording`` must be freshly read: its last_seq is how far this read has looked when it finds no more.
    """
    # Bounded above, so that an event stored during this read is not skipped by the cursor.
    query = _events(recording, wanted).filter(seq__gt=after, seq__lte=recording.last_seq)
    events = list(query.order_by("seq")[: limit + 1])
    if len(events) > limit:
        return Slice(events[:limit], events[limit - 1].seq, True)
    return Slice(events, max(recording.last_seq, after), False)


def read_changed(recording: Recording, after: int, limit: int) -> tuple[list[Event], int]:
    """The first ``limit`` events of which more became known after the change ``after``.

    Also the change that was looked at last. ``recording`` must be freshly read.
    """
    if recording.last_change <= after:
        return [], after
    query = Event.objects.filter(recording=recording, change__gt=after, change__lte=recording.last_change)
    events = list(query.select_related("page_load").order_by("change")[:limit])
    return events, events[-1].change if len(events) == limit else recording.last_change


def read_before(recording: Recording, before: int, limit: int, wanted: Filter = Filter()) -> Slice:
    """The last ``limit`` wanted events with a sequence number below ``before``, oldest first."""
    query = _events(recording, wanted).filter(seq__lt=before, seq__lte=recording.last_seq)
    events = list(query.order_by("-seq")[: limit + 1])
    return Slice(events[:limit][::-1], recording.last_seq, len(events) > limit)


def _events(recording: Recording, wanted: Filter) -> QuerySet[Event]:
    return Event.objects.filter(wanted.condition(), recording=recording).select_related("page_load")


def _any(*conditions: Q) -> Q:
    combined = Q()
    for condition in conditions:
        combined |= condition
    return combined
