"""Reads stored events under the recording's muted groups: verdicts of events, and conditions for queries.

``events.verdict.muting`` decides which findings are muted. An event whose ``gravest`` has not been computed
(stored by an older version) is read by the text of its findings.
"""

import copy
from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

from django.db.models import Count, F, Q, QuerySet
from django.db.models.lookups import Exact

from events.models import Event, Recording
from events.verdict import CODES, Severity, Verdict, read_findings
from events.verdict.groups import BITS, GROUPS, NOT_COMPUTED, gravest_of
from events.verdict.muting import mutes, verdict_under

#: ``Recording.findings_version`` since which every event of a recording has its ``gravest``.
COMPUTED_SINCE: Final = 3

#: The stored verdicts that an event can have which is shown with this one: muting only makes them milder.
STORED: Final[dict[Verdict, tuple[Verdict, ...]]] = {
    "invalid": ("invalid",),
    "warning": ("warning", "invalid"),
    "valid": ("valid", "warning", "invalid"),
}


class JudgedEvent(Protocol):
    """The columns from which an event's verdict under muted groups is read."""

    @property
    def verdict(self) -> str: ...
    @property
    def findings(self) -> str: ...
    @property
    def gravest(self) -> int: ...


class Muting(NamedTuple):
    """What is muted in a recording.

    ``groups`` is the bitmask of ``Recording.muted``; ``computed``: every event of the recording has its
    ``gravest``, so that no query needs to look into findings.
    """

    groups: int = 0
    computed: bool = True

    def stored(self, shown: Verdict) -> tuple[Verdict, ...]:
        """The stored verdicts among which events are shown as ``shown``."""
        return STORED[shown] if self.groups else (shown,)

    def condition(self, shown: Verdict, stored: Verdict | None = None) -> Q:
        """The condition on rows that are shown with the verdict ``shown``: of those stored as ``stored``."""
        verdicts = (stored,) if stored else self.stored(shown)
        condition = Q(verdict=verdicts[0]) if len(verdicts) == 1 else Q(verdict__in=verdicts)
        if not self.groups or verdicts == ("valid",):
            return condition
        if shown == "invalid":
            return condition & self._some("error")
        if shown == "warning":
            return condition & self._some("warning") & ~self._some("error")
        return condition & ~self._some("error") & ~self._some("warning")

    def _some(self, severity: Severity) -> Q:
        """The condition on rows with a shown finding of ``severity``, or, for a warning, a graver one."""
        masks = [BITS[severity] << 2 * place for place in range(len(GROUPS)) if not self.groups >> place & 1]
        computed = _any(Q(Exact(F("gravest").bitand(mask), mask)) for mask in masks)
        if self.computed:
            return computed
        texts = _any(Q(findings__contains=text) for text in self._texts(severity))
        return computed & ~Q(gravest=NOT_COMPUTED) | texts & Q(gravest=NOT_COMPUTED)

    def _texts(self, severity: Severity) -> list[str]:
        """The texts in the column of which one stands for each shown finding of ``severity``."""
        return [
            f'"severity":"{severity}","code":"{code}"'
            for code, severities in CODES.items()
            if severity in severities and not mutes(self.groups, code)
        ]


#: A condition that no row meets. Django leaves queries with an empty ``pk__in`` out, which a union cannot.
_NEVER: Final = Q(gravest__lt=NOT_COMPUTED)

#: Nothing is muted.
NOTHING: Final = Muting()


def muting_of(recording: Recording) -> Muting:
    """What is muted in ``recording``."""
    return Muting(recording.muted, recording.findings_version >= COMPUTED_SINCE)


def under(recording: Recording, muted: int | None) -> Recording:
    """The recording as one reader asks for it, with the groups ``muted``; None: with its own."""
    if muted is None or muted == recording.muted:
        return recording
    asked = copy.copy(recording)
    asked.muted = muted
    return asked


def gravest_in(event: JudgedEvent) -> int:
    """The event's ``gravest``, computed from its findings where the column does not have it."""
    return gravest_of(read_findings(event.findings)) if event.gravest == NOT_COMPUTED else event.gravest


def shown_verdict(event: JudgedEvent, muted: int) -> str:
    """The verdict with which the event is shown while the groups ``muted`` are."""
    return verdict_under(gravest_in(event), muted) if muted else event.verdict


def count_verdicts(events: QuerySet[Event], muted: int) -> "Counter[str]":
    """How many of ``events`` are shown with each verdict."""
    if not muted:
        return Counter(dict(events.values_list("verdict").annotate(Count("pk")).order_by()))
    counted: Counter[str] = Counter()
    for gravest, count in events.values_list("gravest").annotate(Count("pk")).order_by():
        if gravest != NOT_COMPUTED:
            counted[verdict_under(gravest, muted)] += count
    for event in events.filter(gravest=NOT_COMPUTED).only("findings", "gravest", "verdict").order_by():
        counted[shown_verdict(event, muted)] += 1
    return counted


def _any(conditions: Iterable[Q]) -> Q:
    """True where one of ``conditions`` is; for none it is never true."""
    combined = Q()
    for condition in conditions:
        combined |= condition
    return combined or _NEVER
