"""Through what a recording is looked at: as it is, or as a share shows it. The one read path of both.

What a page, a frame or a fragment shows of a recording comes from here, as rows of the models. Through a
redacting lens they are masked copies; a copied recording has no key, so that none can get into an address.
"""

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson
from django.conf import settings

from events.judging.edition import edition_of
from events.judging.effective import effective
from events.models import Event, PageLoad, Recording
from events.recordings import VERDICTS, Counts, counts, read_recording
from events.recordings.filter import Cell, Filter
from events.recordings.timeline import Slice, count_after, read_after, read_before, read_changed
from events.redaction import Redactor, personal_examples
from events.store.payloads import effective_of, payloads_of
from inspector.live.match_counts import count_matches

_PAYLOADS: Final = ("called", "sent", "automatic", "permanent")
_TEXTS: Final = ("page_url", "call_site", "sent_to", "container")


@dataclass(slots=True)
class Lens:
    """A look at ``recording``, which must be freshly read; ``shown`` is what templates get of it.

    ``address`` is where that is, ``limits`` are the events that may be seen at all.
    """

    recording: Recording
    shown: Recording
    address: str = ""
    limits: Filter = field(default_factory=Filter)
    redactor: Redactor | None = None

    @property
    def partial(self) -> bool:
        """True where there may be events that are not shown: nothing is said about what lies between."""
        return bool(self.limits)

    def after(self, seq: int, limit: int, wanted: Filter) -> Slice:
        """The first wanted events after ``seq``, as in ``events.recordings.timeline``."""
        found = read_after(self.recording, seq, limit, self._inside(wanted))
        return replace(found, events=self._matching(found.events, wanted))

    def before(self, seq: int, limit: int, wanted: Filter) -> Slice:
        """The last wanted events before ``seq``."""
        if not self._searches(wanted):
            found = read_before(self.recording, seq, limit, self._inside(wanted))
            return replace(found, events=[self.event(event) for event in found.events])
        events: list[Event] = []
        for slice_ in self._backwards(seq, self._inside(wanted)):
            events = self._matching(slice_, wanted) + events
            if len(events) > limit:
                return Slice(events[-limit:], self.recording.last_seq, True)
        return Slice(events, self.recording.last_seq, False)

    def changed(self, after: int, limit: int) -> tuple[list[Event], int]:
        """Events as they are of which more became known since the change ``after``, and the last change."""
        return read_changed(self.recording, after, limit)

    def waiting(self, after: int) -> int:
        """How many events that may be seen lie after ``after``."""
        if not self.partial:
            return self.recording.last_seq - after
        return count_after(self.recording, after, self.limits)

    def matching(self, events: Iterable[Event], wanted: Filter) -> set[int]:
        """The ids of those of ``events`` that are wanted and may be seen."""
        events = list(events)
        condition = self._inside(wanted).condition()
        query = Event.objects.select_related("page_load").filter(
            condition, pk__in=[event.pk for event in events]
        )
        if self._searches(wanted):
            return {event.pk for event in self._matching(list(query), wanted)}
        return set(query.values_list("pk", flat=True))

    def find(self, seq: int) -> Event | None:
        """The event with this number, or None where there is none that may be seen."""
        if not 0 < seq < 2**62:
            return None
        found = Event.objects.filter(self.limits.condition(), recording=self.recording, seq=seq)
        event = found.select_related("page_load").first()
        return None if event is None else self.event(event)

    def event(self, event: Event) -> Event:
        """The event as it is shown."""
        if self.redactor is None and not self.partial:
            return event
        shown = copy.copy(event)
        if event.page_load is not None:
            shown.page_load = self.page_load(event.page_load)
        return self._masked(event, shown, self.redactor) if self.redactor else shown

    def page_load(self, page_load: PageLoad) -> PageLoad:
        """The page load as it is shown."""
        shown = copy.copy(page_load)
        shown.url, shown.title = self.text(page_load.url), self.text(page_load.title)
        shown.referrer = self.text(page_load.referrer)
        if self.partial:  # how many there are, and which are missing, would tell of events outside
            shown.received, shown.missing, shown.tail_after = 0, "[]", None
        return shown

    def text(self, text: str) -> str:
        """Any text of a page's, as it is shown."""
        return self.redactor.text(text) if self.redactor else text

    def params(self, params: Any) -> Any:
        """Parameters that were made from shown ones and the reference's examples, as they are shown."""
        # With labels of its own: that an example equals a visitor's value is nobody's to know.
        return Redactor(self.redactor.masked).payload(params) if self.redactor else params

    @property
    def hides_examples(self) -> frozenset[str]:
        """The reference's examples that a reader could take for a visitor's values."""
        return personal_examples() if self.redactor and self.redactor.masked else frozenset()

    def name(self, name: str) -> str:
        """An event's name, as it is shown."""
        return self.redactor.name(name) if self.redactor else name

    def counts(self) -> Counts:
        """Counts of what is shown, and nothing about anything else."""
        tallies = self._counted() if self.partial else counts(self.recording)
        if self.redactor is None:
            return tallies
        names: dict[str, dict[str, int]] = {}
        for name, verdicts in tallies.names.items():
            row = names.setdefault(self.name(name), dict.fromkeys(VERDICTS, 0))
            for verdict, count in verdicts.items():
                row[verdict] += count
        return replace(tallies, names=names)

    def _counted(self) -> Counts:
        """Counts of what may be seen, out of the tallies where the limits are names and verdicts."""
        cells = self.limits.cells()
        names: dict[str, dict[str, int]] = {}
        totals: Counter[str] = Counter()
        for (name, verdict), count in sorted(self._kinds(cells).items()):
            if count:
                names.setdefault(name, dict.fromkeys(VERDICTS, 0))[verdict] = count
                totals[verdict] += count
        total = totals.total()
        return Counts(dict.fromkeys(VERDICTS, 0) | totals, names, total, total)

    def _kinds(self, cells: list[Cell] | None) -> Mapping[tuple[str, str], int]:
        if cells is None:
            return count_matches(self.recording, self.limits)
        may = set(cells)
        return {
            (name, verdict): count
            for name, verdicts in counts(self.recording).names.items()
            for verdict, count in verdicts.items()
            if Cell(name, verdict) in may or Cell(None, verdict) in may
        }

    def _inside(self, wanted: Filter) -> Filter:
        """``wanted`` as the database can be asked: real names, and no text that could be a masked one."""
        if self.redactor and wanted.names:
            known = self.recording.tallies.values_list("name", flat=True).distinct()
            asked = set(wanted.names)
            wanted = replace(
                wanted, names=tuple(name for name in known if self.name(name) in asked) or ("\x1f",)
            )
        if self._searches(wanted):
            wanted = replace(wanted, text="")
        return replace(wanted, within=self.limits) if self.limits else wanted

    def _searches(self, wanted: Filter) -> bool:
        """True where a text has to be looked for in what is shown, as the original would tell too much."""
        return bool(self.redactor and wanted.text)

    def _matching(self, events: list[Event], wanted: Filter) -> list[Event]:
        shown = [self.event(event) for event in events]
        if not self._searches(wanted):
            return shown
        text = wanted.text.lower()
        return [event for event in shown if any(text in part.lower() for part in _searched(event))]

    def _backwards(self, before: int, inside: Filter) -> Iterator[list[Event]]:
        looked_at, size = 0, 200
        while looked_at < settings.MAX_EVENTS_SEARCHED:
            found = read_before(self.recording, before, size, inside)
            if not found.events:
                return
            yield found.events
            looked_at += len(found.events)
            before = found.events[0].seq

    def _masked(self, event: Event, shown: Event, redactor: Redactor) -> Event:
        given = payloads_of(event)
        values = {
            "called": given.called,
            "sent": given.sent,
            "automatic": given.automatic or None,
            "permanent": given.permanent or None,
        }
        masked = redactor.event(values | {name: getattr(event, name) for name in _TEXTS})
        for name in _PAYLOADS:
            if getattr(event, name):
                setattr(shown, name, orjson.dumps(masked[name]).decode())
        for name in _TEXTS:
            setattr(shown, name, masked[name])
        shown.name = redactor.name(event.name)
        if event.findings != "[]":
            edition = edition_of(self.recording)
            before = effective(event.name, given, edition).params
            after = effective_of(shown, edition).params
            findings = redactor.findings(orjson.loads(event.findings), before, after)
            shown.findings = orjson.dumps(findings).decode()
        return shown


#: Gives the lens as it is now, at each look anew. Raises Recording.DoesNotExist, or ShareOver for a share's.
Look = Callable[[], Lens]


def plain(recording: Recording) -> Lens:
    """The recording as it is."""
    return Lens(recording, recording)


def plainly(recording: int) -> Look:
    """The recording with this id as it is."""
    return lambda: plain(read_recording(recording))


def _searched(event: Event) -> tuple[str, ...]:
    return event.name, event.page_url, event.called, event.sent, event.findings
