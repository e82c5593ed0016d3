"""Reads the events of an export in slices: all or filtered ones, unmasked or redacted."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, takewhile
from typing import Final, Literal, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from events.judging.edition import edition_of
from events.models import Event, PageLoad, Recording
from events.query.reader import Match, Search
from events.recordings import VERDICTS, counts
from events.recordings.filter import Filter
from events.recordings.muting import Muting, count_verdicts, muting_of
from events.recordings.public_event import (
    EventFacts,
    PublicEvent,
    event_facts,
    under_muting,
    with_sentences,
)
from events.recordings.shown import ShownRecording
from events.recordings.timeline import read_after
from events.recordings.unseen_events import without_unseen
from events.redaction import KINDS, Redactor, personal_examples
from events.redaction.per_recording import redactor_for
from events.reference import Reference
from events.verdict import read_findings
from events.verdict.muting import divide, groups_in, verdict_of_shown

#: Events in memory at once: at most some 10 MB of text, since an event holds three payloads of 32 KB.
SLICE: Final = 100


#: The word that requests no masking, in place of kinds of personal values.
UNMASKED: Final = "no"


class RecordingGone(LookupError):
    """The recording was deleted while it was exported."""


class _Exported(NamedTuple):
    """What counts need of an exported event; ``verdict`` is the one that is shown."""

    seq: int
    verdict: str
    page_load_id: int | None
    muted_findings: int


def _exported(match: Match, muted: int) -> _Exported:
    if not muted:
        return _Exported(match.seq, match.verdict, match.page_load_id, 0)
    shown, hidden = divide(read_findings(match.findings), muted)
    return _Exported(match.seq, verdict_of_shown(shown), match.page_load_id, len(hidden))


@dataclass(frozen=True)
class Scope:
    """The content of one export. ``recording`` is freshly read: the export ends at its ``last_seq``.

    ``shared`` holds the values that a share link shows of the recording, for an export through one.
    """

    recording: Recording
    wanted: Filter = field(default_factory=Filter)
    redactor: Redactor | None = None
    fail_on: Literal["error", "warning"] = "error"
    shared: ShownRecording | None = None

    @property
    def shown(self) -> ShownRecording:
        """The values of the recording that the file may contain; ``text`` masks its texts."""
        return self.shared or ShownRecording.whole(self.recording)

    @property
    def failing(self) -> tuple[str, ...]:
        """The verdicts that make a test in a pipeline fail."""
        return ("invalid",) if self.fail_on == "error" else ("invalid", "warning")

    @property
    def edition(self) -> Reference:
        """The edition of the reference by which the recording is judged."""
        return edition_of(self.recording)

    @property
    def muting(self) -> Muting:
        """What is muted in the recording."""
        return muting_of(self.recording)

    def count(self) -> int:
        """The number of events in the export."""
        return sum(self.verdicts().values()) if self.wanted else self.recording.last_seq

    def verdicts(self) -> dict[str, int]:
        """The number of events in the export by verdict."""
        none: dict[str, int] = dict.fromkeys(VERDICTS, 0)
        if not self.wanted:
            return counts(self.recording).verdicts
        if (matches := self._matches) is not None:
            return none | Counter(match.verdict for match in matches)
        return none | count_verdicts(self._events(), self.recording.muted)

    def muted_findings(self) -> int:
        """The number of findings of the export's events that are muted."""
        if not self.recording.muted:
            return 0
        if not self.wanted:
            return counts(self.recording).muted_findings
        if (matches := self._matches) is not None:
            return sum(match.muted_findings for match in matches)
        texts = self._events().exclude(findings="[]").values_list("findings", flat=True).order_by()
        muted = self.recording.muted
        return sum(len(divide(read_findings(text), muted)[1]) for text in texts.iterator(2_000))

    def muted_words(self) -> str:
        """A sentence on what is muted in the export; "" where nothing is."""
        if not self.recording.muted:
            return ""
        count, groups = self.muted_findings(), ", ".join(groups_in(self.recording.muted))
        return f"{count} finding{'' if count == 1 else 's'} muted, of: {groups}"

    def run_verdicts(self, first: Event) -> dict[str, int]:
        """The number of events by verdict in the run of one page load's events that begins with ``first``."""
        if (matches := self._matches) is not None:
            began = bisect_left(matches, first.seq, key=lambda match: match.seq)
            run = takewhile(
                lambda match: match.page_load_id == first.page_load_id, islice(matches, began, None)
            )
            return dict(Counter(match.verdict for match in run))
        events = self._events().filter(seq__gte=first.seq)
        if first.page_load_id is None:
            other = events.filter(page_load__isnull=False)
        else:
            other = events.exclude(page_load=first.page_load_id)
        end = other.order_by("seq").values_list("seq", flat=True).first()
        theirs = events if end is None else events.filter(seq__lt=end)
        return count_verdicts(theirs, self.recording.muted)

    def slices(self) -> Iterator[list[Event]]:
        """The events in the order of their numbers. Raises RecordingGone rather than end early."""
        after, seen = 0, 0
        while after < self.recording.last_seq:
            if not Recording.objects.filter(pk=self.recording.pk).exists():
                raise RecordingGone  # although some of its rows are still there
            found = read_after(self.recording, after, SLICE, self.wanted)
            after, seen = found.cursor, seen + len(found.events)
            if found.events:
                yield found.events
        if not self.wanted and seen != self.recording.last_seq:
            raise RecordingGone

    def page_loads(self) -> Iterator[PageLoad]:
        """The page loads of the export's events, in the order in which they began."""
        if (matches := self._matches) is not None:
            ids = {match.page_load_id for match in matches if match.page_load_id is not None}
            found = self.recording.page_loads.order_by("pk")
            yield from (load for load in found.iterator(SLICE) if load.pk in ids)
            return
        # The condition is on the page load alone: with more, databases scan the recording for each page load.
        theirs = Event.objects.filter(self._search.condition, page_load=OuterRef("pk"))
        yield from self.recording.page_loads.filter(Exists(theirs)).order_by("pk").iterator(SLICE)

    def public(self, event: Event) -> PublicEvent:
        """The event's public form, without muted findings, masked where the export is redacted."""
        facts, muted = under_muting(self.facts(event), self.recording.muted)
        masked = self.redactor.event(facts) if self.redactor else facts
        return with_sentences(masked, self.edition, self.hides_examples, muted=muted)

    def facts(self, event: Event) -> EventFacts:
        """The event as plain data, unmasked; through a share without what it says of events outside it."""
        facts = event_facts(event, self.edition)
        if self.shared is not None and self.wanted:
            facts["findings"] = without_unseen(facts["findings"], self._sees)
        return facts

    def _sees(self, seq: int) -> bool:
        return self._events().filter(seq=seq).exists()

    @property
    def hides_examples(self) -> frozenset[str]:
        """The reference's examples that a redacted file omits: they could be mistaken for personal values."""
        return personal_examples() if self.redactor and self.redactor.masked else frozenset()

    def text(self, text: str) -> str:
        """A text of the recording, such as an address or a title, masked where the export is redacted."""
        return self.redactor.text(text) if self.redactor and text else text

    def _events(self) -> QuerySet[Event]:
        recording = self.recording
        return Event.objects.filter(self._search.condition, recording=recording, seq__lte=recording.last_seq)

    @cached_property
    def _search(self) -> Search:
        return self.wanted.search(self.recording)

    @cached_property
    def _matches(self) -> list[_Exported] | None:
        """The events of the export, where SQL alone cannot count them: about 100 bytes each."""
        if self._search.exact:
            return None
        return [_exported(match, self.recording.muted) for match in self._search.matches()]


def redactor_of(recording: Recording, asked: Collection[str]) -> Redactor | None:
    """The redactor for the kinds of personal values in ``asked``; for none all kinds, for ``no`` alone None.

    Reads the recording. Raises ValueError for a text that is neither a kind nor ``no``.
    """
    if unknown := set(asked) - {*KINDS, UNMASKED}:
        raise ValueError(f"{min(unknown)} is no kind of personal value: there is {', '.join(KINDS)}, or no.")
    kinds = [kind for kind in KINDS if kind in asked] if asked else KINDS
    return redactor_for(recording, kinds) if kinds else None
