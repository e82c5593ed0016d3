"""Counts a recording's events by verdict and name, and their findings by group, under its muted groups."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from events.db.compiled_queries import CompiledQuery
from events.models import Event, Recording, Tally
from events.store.tallies import FINDINGS_COLUMNS
from events.verdict import Verdict, read_findings
from events.verdict.groups import GROUPS, NOT_COMPUTED, gravest_of, numbers_of
from events.verdict.muting import groups_in, verdict_under

VERDICTS: tuple[Verdict, ...] = ("invalid", "warning", "valid")


class Kind(NamedTuple):
    """What events of one kind share: the name and both forms of the verdict."""

    name: str
    verdict: str
    gravest: int

    def shown(self, muted: int) -> str:
        """The verdict with which these events are shown while the groups ``muted`` are."""
        return verdict_under(self.gravest, muted) if muted else self.verdict


class Tallied(NamedTuple):
    """The number of events of one kind, and of their findings by group: None where it is not known yet."""

    kind: Kind
    events: int
    findings: tuple[int, ...] | None


@dataclass(slots=True)
class Counts:
    """The counts of one recording's events: by verdict, by event name and verdict, sent and received.

    Verdicts are those shown while ``muted`` groups are. ``findings`` is the number of findings of each group,
    muted or not, in the order of ``GROUPS``; ``known`` is False while those of an older recording are being
    counted.
    """

    sent: int = 0
    received: int = 0
    muted: int = 0
    verdicts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VERDICTS, 0))
    names: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: list[int] = field(default_factory=lambda: [0] * len(GROUPS))
    known: bool = True

    @property
    def missing(self) -> int:
        """The number of events that pages numbered and that did not arrive."""
        return max(self.sent - self.received, 0)

    @property
    def muted_findings(self) -> int:
        """The number of findings that are muted."""
        return sum(number for place, number in enumerate(self.findings) if self.muted >> place & 1)

    @property
    def groups(self) -> list["GroupCount"]:
        """Each group with the number of its findings and whether it is muted."""
        muted = set(groups_in(self.muted))
        return [
            GroupCount(group, number, group in muted)
            for group, number in zip(GROUPS, self.findings, strict=True)
        ]

    def add(self, row: Tallied, name: str | None = None) -> None:
        """Count the events of ``row``, by another ``name`` where one is given."""
        kind = row.kind
        verdict = kind.shown(self.muted)
        named = self.names.setdefault(kind.name if name is None else name, dict.fromkeys(VERDICTS, 0))
        named[verdict] += row.events
        self.verdicts[verdict] += row.events
        if row.findings is None:
            self.known = False
            return
        for place, number in enumerate(row.findings):
            self.findings[place] += number


class GroupCount(NamedTuple):
    """A group of findings with the number of a recording's findings in it."""

    group: str
    findings: int
    muted: bool


_TALLIES: Final = CompiledQuery(
    Tally,
    lambda recording: (
        Tally.objects.filter(recording=recording)
        .order_by("name")
        .values_list("name", "verdict", "gravest", "count", *FINDINGS_COLUMNS)
    ),
)


def read_tallies(recording: Recording, *, exact: bool = False) -> Iterable[Tallied]:
    """The recording's tallies, by one query whose cost does not depend on the number of events.

    Only where groups are muted, or ``exact`` numbers of findings are asked for, and older events have no
    ``gravest`` yet, these events are read.
    """
    older = False
    for name, verdict, gravest, count, *findings in _TALLIES.rows(recording.pk):
        if gravest != NOT_COMPUTED:
            yield Tallied(Kind(name, verdict, gravest), count, tuple(findings))
        elif recording.muted or exact:
            older = True
        elif count:
            yield Tallied(Kind(name, verdict, gravest), count, None)
    if older:
        yield from _read_older(recording)


def _read_older(recording: Recording) -> Iterable[Tallied]:
    """The events without ``gravest``, one by one, with the values computed from their findings."""
    found = Event.objects.filter(recording=recording, gravest=NOT_COMPUTED).order_by()
    for name, verdict, text in found.values_list("name", "verdict", "findings").iterator(2_000):
        findings = read_findings(text)
        yield Tallied(Kind(name, verdict, gravest_of(findings)), 1, numbers_of(findings))


def counts(recording: Recording, *, exact: bool = False) -> Counts:
    """The recording's current counts, under its muted groups; see ``read_tallies``."""
    found = Counts(recording.sent, recording.received, recording.muted)
    for row in read_tallies(recording, exact=exact):
        found.add(row)
    return found
