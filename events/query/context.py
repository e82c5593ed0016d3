"""What the meaning of a query depends on besides: the recording, the reader's zone, masked names."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from typing import Final

from django.db.models import Q, QuerySet

from events.models import Event, PageLoad, Recording
from events.query.expressions import any_like
from events.query.moments import Moment, clock_of, instant, on_day
from events.reference import Reference
from events.verdict import Verdict

#: Days on which a text that is a time of day is looked for, the latest ones.
_MOST_DAYS: Final = 100
#: Page loads whose ids a condition names; of more it asks a subquery.
_MOST_LOADS: Final = 500


@dataclass(frozen=True)
class Context:
    """The recording that is searched, and how its reader sees it.

    ``zone``: in it clock times are read. ``shown`` masks an event's name; None where nothing is masked. Where
    ``muted`` is a bitmask of groups of findings, verdicts are those without the findings of these groups, and
    ``verdict_condition`` makes the condition of one.
    """

    recording: Recording
    reference: Reference
    zone: tzinfo = UTC
    shown: Callable[[str], str] | None = field(default=None, compare=False)
    muted: int = 0
    verdict_condition: Callable[[Verdict], Q] | None = field(default=None, compare=False)

    @property
    def masked(self) -> bool:
        """True where the reader sees other values than are stored."""
        return self.shown is not None

    @cached_property
    def names(self) -> list[str]:
        """The names of the recording's events, as they are stored."""
        return list(self.recording.tallies.values_list("name", flat=True).distinct())

    @cached_property
    def first_day(self) -> date:
        """The day of the recording's first event in the reader's zone: clock times are times of this day."""
        first = (
            Event.objects.filter(recording=self.recording, seq=1).values_list("fired_at", flat=True).first()
        )
        return (first or self.recording.created_at).astimezone(self.zone).date()

    def instant(self, moment: Moment) -> datetime:
        """The moment of an ISO time or a clock time in UTC."""
        if isinstance(moment.at, time):
            return on_day(self.first_day, moment.at, self.zone)
        if isinstance(moment.at, datetime):
            return instant(moment.at, self.zone)
        raise TypeError("An event's number is no moment.")

    def clock_spans(self, text: str) -> list[tuple[datetime, datetime]]:
        """Where ``text`` is a time of day: from when to when it was that time, day by day."""
        moment = clock_of(text)
        if moment is None or not isinstance(moment.at, time):
            return []
        clock = moment.at
        last = self.recording.last_event_at or self.recording.created_at
        last_day = max(last, self.recording.created_at).astimezone(self.zone).date() + timedelta(days=1)
        days = min((last_day - self.first_day).days + 2, _MOST_DAYS)
        begins = [on_day(last_day - timedelta(days=back), clock, self.zone) for back in range(days)]
        return [(start, start + moment.precision) for start in reversed(begins)]

    def load(self, number: int) -> int:
        """The id of the recording's page load with this number; 0 where there is none."""
        if not 0 < number < 2**31:
            return 0
        found = self._loads().order_by("pk").values_list("pk", flat=True)[number - 1 : number]
        return next(iter(found), 0)

    def loads_titled(self, text: str) -> "list[int] | None":
        """The ids of page loads whose title contains ``text`` or may do so; None where these are many."""
        found = self._loads().filter(any_like("title", text)[0])
        ids = list(found.values_list("pk", flat=True)[: _MOST_LOADS + 1])
        return ids if len(ids) <= _MOST_LOADS else None

    def _loads(self) -> QuerySet[PageLoad]:
        return self.recording.page_loads.all()


def within(spans: list[tuple[datetime, datetime]], moment: datetime) -> bool:
    """True where the moment lies in one of the spans, which are in order."""
    place = bisect_right(spans, moment, key=lambda span: span[0])
    return place > 0 and moment < spans[place - 1][1]
