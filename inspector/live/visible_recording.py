"""A recording as one viewer may see it, whole or through a share: the one read path of pages and frames.

Everything that a page, a frame or a fragment shows of a recording is read here. Where a share masks personal
values, the events are masked copies; a shown recording has no key, so that no address can contain one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson
from django.conf import settings
from django.urls import reverse

from events.judging.edition import edition_of
from events.judging.effective import effective
from events.models import Event, PageLoad, Recording
from events.query.reader import Counted, Search
from events.recordings import Counts, read_recording
from events.recordings.filter import Filter
from events.recordings.shown import ShownEvent, ShownPageLoad, ShownRecording
from events.recordings.tallied import Tallied, read_tallies
from events.recordings.timeline import Slice, count_after, read_after, read_before, read_changed
from events.recordings.unseen_events import without_unseen
from events.redaction import Redactor, personal_examples
from events.store.payloads import effective_of, payloads_of
from events.verdict import PublicFinding, StoredFinding, public_findings, read_findings, write_findings
from events.verdict.messages import sentence
from inspector.live.match_counts import count_matches

_PAYLOADS: Final = ("called", "sent", "automatic", "permanent")
_TEXTS: Final = ("page_url", "call_site", "sent_to", "container")


@dataclass(slots=True)
class VisibleRecording:
    """What one viewer may see of ``recording``, which must be freshly read.

    Templates are given ``shown``, never the recording itself. ``limits`` are the events that may be seen at
    all, ``redactor`` masks personal values.
    """

    recording: Recording
    shown: ShownRecording
    limits: Filter = field(default_factory=Filter)
    redactor: Redactor | None = None
    _page_loads: dict[int, ShownPageLoad] = field(default_factory=dict)

    @property
    def partial(self) -> bool:
        """True where some events may not be seen: then no count or gap may hint at them."""
        return bool(self.limits)

    def after(self, seq: int, limit: int, wanted: Filter) -> Slice[ShownEvent]:
        """The first wanted events after ``seq``, as ``events.recordings.timeline.read_after`` gives them."""
        inside, search = self._inside(wanted)
        return self._shown(read_after(self.recording, seq, limit, inside, search, _seconds(search)))

    def before(self, seq: int, limit: int, wanted: Filter) -> Slice[ShownEvent]:
        """The last wanted events before ``seq``, oldest first, as far as the time of a search allows."""
        inside, search = self._inside(wanted)
        return self._shown(read_before(self.recording, seq, limit, inside, search, _seconds(search)))

    def _shown(self, found: Slice[Event]) -> Slice[ShownEvent]:
        shown = [self.event(event) for event in found.events]
        return Slice(shown, found.cursor, found.more, found.stopped_at)

    def changed(self, after: int, limit: int) -> tuple[list[Event], int]:
        """The stored events that changed after ``after``, not masked, and the last change that was read."""
        return read_changed(self.recording, after, limit)

    def waiting(self, after: int) -> int:
        """How many visible events lie after ``after``."""
        if not self.partial:
            return self.recording.last_seq - after
        return count_after(self.recording, after, self.limits)

    def matching(self, events: Iterable[Event], wanted: Filter) -> set[int]:
        """The numbers of those of ``events`` that are wanted and visible; they must have their page loads."""
        inside, search = self._inside(wanted)
        search = search or inside.search(self.recording)
        return {event.seq for event in events if search.accepts(event)}

    def count(self, wanted: Filter, after: int) -> Counted:
        """How many wanted events are visible after ``after``, as far as the time of a search allows."""
        inside, search = self._inside(wanted)
        return (search or inside.search(self.recording)).count(
            after, float(settings.MAX_MASKED_SEARCH_SECONDS)
        )

    def find(self, seq: int) -> ShownEvent | None:
        """The event with this number; None where there is none, or it may not be seen."""
        if not 0 < seq < 2**62:
            return None
        found = self._stored(seq)
        return None if found is None else self.event(found)

    def event(self, event: Event) -> ShownEvent:
        """The event as it is shown: masked where the share masks."""
        shown = ShownEvent.of(event, self._page_load_of(event), self.recording.muted)
        if self.partial and '"other"' in shown.findings:
            findings = without_unseen(read_findings(shown.findings), self._sees)
            shown = replace(shown, findings=write_findings(findings))
        return shown if self.redactor is None else self._masked(event, shown, self.redactor)

    def findings(self, event: ShownEvent) -> tuple[list[PublicFinding], list[PublicFinding]]:
        """The findings of an event that is shown, with their sentences; second, those that are muted."""
        edition = edition_of(self.recording)
        shown, muted = (
            public_findings(findings, event.name, edition, self.hides_examples)
            for findings in event.divided_findings()
        )
        return shown, muted

    def sentence(self, event: ShownEvent, finding: StoredFinding) -> str:
        """The sentence of one finding of an event that is shown."""
        return sentence(finding, event.name, edition_of(self.recording), self.hides_examples)

    def page_load(self, page_load: PageLoad) -> ShownPageLoad:
        """The page load as shown: masked; in a partial share without counts, which include hidden events."""
        return ShownPageLoad.of(page_load, self.text, counts=not self.partial)

    def text(self, text: str) -> str:
        """A text that came from a page, masked where the share masks."""
        return self.redactor.text(text) if self.redactor else text

    def params(self, params: Any) -> Any:
        """Parameters made of shown ones and the reference's examples, masked where the share masks."""
        # A new redactor starts its labels at 1: an equal label would reveal that an example is a real value.
        return Redactor(self.redactor.masked).payload(params) if self.redactor else params

    @property
    def hides_examples(self) -> frozenset[str]:
        """The reference's examples that a masked share leaves out: they could be taken for real values."""
        return personal_examples() if self.redactor and self.redactor.masked else frozenset()

    def name(self, name: str) -> str:
        """An event's name, masked where the share masks."""
        return self.redactor.name(name) if self.redactor else name

    def counts(self) -> Counts:
        """Counts of the visible events by verdict and shown name."""
        recording = self.recording
        found = Counts(recording.sent, recording.received, recording.muted)
        rows = self._limited() if self.partial else read_tallies(recording)
        for row in rows:
            found.add(row, self.name(row.kind.name))
        if self.partial:
            found.sent = found.received = sum(found.verdicts.values())
        return found

    def _limited(self) -> list[Tallied]:
        """Counts of a partial share: out of the tallies where its limits are names and verdicts."""
        if not self.limits.by_kind:
            return sorted(count_matches(self.recording, self.limits))
        muted = self.recording.muted
        return [
            row
            for row in read_tallies(self.recording)
            if row.events and self.limits.selects(row.kind.name, row.kind.shown(muted))
        ]

    def _inside(self, wanted: Filter) -> tuple[Filter, Search | None]:
        """The filter within the share's limits, and the search for its events where values are masked.

        A filter on masked values is a filter on stored ones where it names event names and verdicts alone.
        """
        within = replace(wanted, within=self.limits) if self.limits else wanted
        if self.redactor is None or not wanted:
            return within, None
        names = self.recording.tallies.values_list("name", flat=True).distinct()
        stored = within.on_stored(names, self.name)
        if stored is not None:
            return stored, None
        return within, within.search(self.recording, self.name, self.event)

    def _page_load_of(self, event: Event) -> ShownPageLoad | None:
        """The event's page load as it is shown, made once for all events on it."""
        if event.page_load is None:
            return None
        shown = self._page_loads.get(event.page_load.pk)
        if shown is None:
            shown = self._page_loads[event.page_load.pk] = self.page_load(event.page_load)
        return shown

    def _sees(self, seq: int) -> bool:
        """Whether the viewer may see the event with this number."""
        return self._stored(seq) is not None

    def _stored(self, seq: int) -> Event | None:
        """The row of the event with this number; None where there is none, or it may not be seen."""
        found = Event.objects.filter(recording=self.recording, seq=seq).select_related("page_load").first()
        if found is None or (self.partial and not self.limits.search(self.recording).accepts(found)):
            return None
        return found

    def _masked(self, event: Event, shown: ShownEvent, redactor: Redactor) -> ShownEvent:
        given = payloads_of(event)
        values = {
            "called": given.called,
            "sent": given.sent,
            "automatic": given.automatic or None,
            "permanent": given.permanent or None,
        }
        masked = redactor.event(values | {name: getattr(event, name) for name in _TEXTS})
        columns: dict[str, Any] = {name: masked[name] for name in _TEXTS}
        for name in _PAYLOADS:
            if getattr(event, name):
                columns[name] = orjson.dumps(masked[name]).decode()
        shown = replace(shown, name=redactor.name(event.name), **columns)
        if event.findings == "[]":
            return shown
        edition = edition_of(self.recording)
        before = effective(event.name, given, edition).params
        after = effective_of(shown, edition).params
        findings = redactor.findings(read_findings(shown.findings), before, after)
        return replace(shown, findings=write_findings(findings))


def _seconds(search: Search | None) -> float:
    """The longest time of a search; less where each event must be masked before it is searched."""
    return float(settings.MAX_SEARCH_SECONDS if search is None else settings.MAX_MASKED_SEARCH_SECONDS)


#: Reads what a viewer may see, anew at each call. Raises Recording.DoesNotExist, and for a share ShareOver.
ReadVisible = Callable[[], VisibleRecording]


def whole(recording: Recording) -> VisibleRecording:
    """All of a recording, unmasked: what those see who may open its dashboard."""
    address = reverse("dashboard", args=[recording.key])
    return VisibleRecording(recording, ShownRecording.whole(recording, address))


def whole_reader(recording: int) -> ReadVisible:
    """Reads all of the recording with this id, unmasked."""
    return lambda: whole(read_recording(recording))
