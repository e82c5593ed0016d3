"""What is exported: a recording as it stands now or a part of it, as it is or redacted, slice by slice."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from django.db.models import Count, Exists, OuterRef, QuerySet

from events.judging.edition import edition_of
from events.models import Event, PageLoad, Recording
from events.recordings import VERDICTS, counts
from events.recordings.filter import Filter
from events.recordings.public_event import PublicEvent, event_facts, with_sentences
from events.recordings.shown import ShownRecording
from events.recordings.timeline import read_after
from events.redaction import KINDS, Redactor, personal_examples
from events.redaction.per_recording import redactor_for
from events.reference import Reference

#: Events in memory at once: at most some 10 MB of text, since an event holds three payloads of 32 KB.
SLICE: Final = 100


#: Asks for no masking, where kinds are named.
UNMASKED: Final = "no"


class RecordingGone(LookupError):
    """The recording was deleted while it was exported."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One export. ``recording`` is freshly read: what arrives after its ``last_seq`` is not in it.

    ``shared`` is what a share link shows of the recording, where the export is made through one.
    """

    recording: Recording
    wanted: Filter = field(default_factory=Filter)
    redactor: Redactor | None = None
    fail_on: Literal["error", "warning"] = "error"
    shared: ShownRecording | None = None

    @property
    def shown(self) -> ShownRecording:
        """What the file may tell of the recording itself; its texts are masked by ``text``."""
        return self.shared or ShownRecording.whole(self.recording)

    @property
    def failing(self) -> tuple[str, ...]:
        """The verdicts that a pipeline fails for."""
        return ("invalid",) if self.fail_on == "error" else ("invalid", "warning")

    @property
    def edition(self) -> Reference:
        """The reference that the recording is judged by."""
        return edition_of(self.recording)

    def count(self) -> int:
        """How many events it holds."""
        return sum(self.verdicts().values()) if self.wanted else self.recording.last_seq

    def verdicts(self) -> dict[str, int]:
        """How many events there are of each verdict."""
        none: dict[str, int] = dict.fromkeys(VERDICTS, 0)
        found = self._events().values_list("verdict").annotate(Count("pk")).order_by()
        return none | dict(found) if self.wanted else counts(self.recording).verdicts

    def run_verdicts(self, first: Event) -> dict[str, int]:
        """How many events of each verdict follow one another from ``first`` on in its page load."""
        events = self._events().filter(seq__gte=first.seq)
        if first.page_load_id is None:
            other = events.filter(page_load__isnull=False)
        else:
            other = events.exclude(page_load=first.page_load_id)
        end = other.order_by("seq").values_list("seq", flat=True).first()
        run = events if end is None else events.filter(seq__lt=end)
        return dict(run.values_list("verdict").annotate(Count("pk")).order_by())

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
        """The page loads of these events, in the order in which they began."""
        # By page load alone: with more, databases walk the whole recording for each of them.
        theirs = Event.objects.filter(self.wanted.condition(), page_load=OuterRef("pk"))
        found = self.recording.page_loads.filter(Exists(theirs))
        return found.order_by("pk").iterator(SLICE)

    def public(self, event: Event) -> PublicEvent:
        """The event's public form, masked where that is asked for."""
        facts = event_facts(event, self.edition)
        masked = self.redactor.event(facts) if self.redactor else facts
        return with_sentences(masked, self.edition, self.hides_examples)

    @property
    def hides_examples(self) -> frozenset[str]:
        """The reference's examples that a reader could take for a visitor's values."""
        return personal_examples() if self.redactor and self.redactor.masked else frozenset()

    def text(self, text: str) -> str:
        """An address, a title or the like, masked where that is asked for."""
        return self.redactor.text(text) if self.redactor and text else text

    def _events(self) -> QuerySet[Event]:
        recording = self.recording
        return Event.objects.filter(self.wanted.condition(), recording=recording, seq__lte=recording.last_seq)


def redactor_of(recording: Recording, asked: Collection[str]) -> Redactor | None:
    """What masks the kinds that are ``asked`` for: all where none is named, none for ``no`` alone.

    Reads the recording. Raises ValueError for what is no kind.
    """
    if unknown := set(asked) - {*KINDS, UNMASKED}:
        raise ValueError(f"{min(unknown)} is no kind of personal value: there is {', '.join(KINDS)}, or no.")
    kinds = [kind for kind in KINDS if kind in asked] if asked else KINDS
    return redactor_for(recording, kinds) if kinds else None
