"""Judges a stored recording again: by another edition of the reference, or after a rule changed.

``preview`` computes the changes and writes nothing; ``rejudge`` writes them. ``rejudge`` changes the
recording's edition first, under the lock of the recording's row, which the writer acquires too. Events that
arrive later are judged by the new edition; the stored ones are judged again in slices, each in a transaction
under the same lock. An interrupted run is repeated from the start: events judged already no longer change.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from events import reference
from events.db.bulk_statements import update, values
from events.judging.draft import judged_again
from events.judging.edition_cache import edition_cache
from events.judging.event_limits import limits
from events.models import Event, Recording
from events.recordings.muting import shown_verdict
from events.reference import Reference
from events.store.counters import Counters
from events.store.page_views import is_closed
from events.store.payloads import digest_of_content, judged_payloads_of
from events.store.settle import settle_again
from events.store.sizes import row_bytes
from events.store.tallies import TallyChanges
from events.store.wakeups import announce
from events.verdict import StoredFinding, Verdict, read_findings, write_findings
from events.verdict.findings import FindingKey
from events.verdict.groups import gravest_of
from events.verdict.muting import mutes, shown_of, verdict_of_shown

_SLICE: Final = 300  # events in one transaction, for which the writer has to wait
_SHOWN: Final = 200  # events that a preview names
_JUDGED: Final = ("verdict", "findings", "gravest", "change")


class Superseded(RuntimeError):
    """The recording was judged by another edition meanwhile, or deleted."""


@dataclass(frozen=True, slots=True)
class Rejudged:
    """One event whose verdict or findings change.

    ``gained`` and ``lost`` are both empty where only the expected or found values of its findings change.
    """

    event: Event
    verdict: Verdict
    findings: list[StoredFinding]
    gained: list[FindingKey]
    lost: list[FindingKey]


@dataclass(slots=True)
class Preview:
    """The changes that a new judgement by ``edition`` would make, without the findings of ``muted`` groups.

    ``before`` and ``after`` count all events by verdict, ``turns`` the changed events by name and both
    verdicts, ``gained`` and ``lost`` findings by severity and code; ``shown`` holds the first 200 changed
    events.
    """

    edition: str
    muted: int = 0
    events: int = 0
    changed: int = 0
    before: "Counter[str]" = field(default_factory=Counter)
    after: "Counter[str]" = field(default_factory=Counter)
    turns: "Counter[tuple[str, str, str]]" = field(default_factory=Counter)
    gained: "Counter[tuple[str, str]]" = field(default_factory=Counter)
    lost: "Counter[tuple[str, str]]" = field(default_factory=Counter)
    shown: list[Rejudged] = field(default_factory=list)

    def note(self, one: Rejudged) -> None:
        """Add one changed event to the counts."""
        self.changed += 1
        self.after[one.event.verdict] -= 1
        self.after[one.verdict] += 1
        self.turns[one.event.name, one.event.verdict, one.verdict] += 1
        self.gained.update((finding.severity, finding.code) for finding in one.gained)
        self.lost.update((finding.severity, finding.code) for finding in one.lost)
        if len(self.shown) < _SHOWN:
            self.shown.append(one)


def preview(recording: Recording, edition: str) -> Preview:
    """Compute the changes that judging ``recording`` by ``edition`` would make, as its muting shows them.

    Raises BrokenReference.
    """
    loaded = reference.load(edition)
    found = Preview(edition, recording.muted)
    for events in _slices(recording):
        verdicts = Counter(shown_verdict(event, recording.muted) for event in events)
        found.events += len(events)
        found.before.update(verdicts)
        found.after.update(verdicts)
        for one in _changed(events, loaded):
            found.note(_under_muting(one, recording.muted))
    return found


def _under_muting(one: Rejudged, muted: int) -> Rejudged:
    """The change as it is shown while ``muted`` groups are; its event is changed in memory."""
    if not muted:
        return one
    one.event.verdict = shown_verdict(one.event, muted)
    kept = [[key for key in keys if not mutes(muted, key.code)] for keys in (one.gained, one.lost)]
    return Rejudged(one.event, verdict_of_shown(shown_of(one.findings, muted)), one.findings, *kept)


def rejudge(recording: Recording, edition: str) -> int:
    """Set the edition of ``recording`` and judge its events again; return the number of changed events.

    Raises BrokenReference, before any change, and Superseded.
    """
    loaded = reference.load(edition)
    last = _set_edition(recording, edition)
    edition_cache.put(recording.capture_digest, edition)
    count = after = 0
    while after < last:
        with transaction.atomic():
            locked = _locked(recording)
            if locked.edition != edition:
                raise Superseded
            slice_ = locked.events.filter(seq__gt=after, seq__lte=last).order_by("seq")
            events = list(slice_.select_related("page_load")[:_SLICE])
            changed = list(_changed(events, loaded))
            _put(locked, changed)
            _give_digests(events)
            settled = _settle(locked, events)
        announce(recording.pk)
        count += len(settled | {one.event.seq for one in changed})
        after = events[-1].seq if len(events) == _SLICE else last
    announce(recording.pk)
    return count


def _set_edition(recording: Recording, edition: str) -> int:
    """Set the recording's edition; return the sequence number of the last event stored before."""
    with transaction.atomic():
        locked = _locked(recording)
        if locked.edition != edition:
            locked.edition = edition
            locked.last_change += 1
            locked.save(update_fields=["edition", "last_change"])
        return locked.last_seq


def _locked(recording: Recording) -> Recording:
    locked = Recording.objects.select_for_update().filter(pk=recording.pk).first()
    if locked is None:
        raise Superseded
    return locked


def _put(recording: Recording, changed: list[Rejudged]) -> None:
    """Write the new verdicts and findings, number each change, and update tallies and size."""
    if not changed:
        return
    tallies = TallyChanges()
    for one in changed:
        recording.last_change += 1
        tallies.remove(one.event, read_findings(one.event.findings))
        recording.bytes -= row_bytes([one.event.findings])
        one.event.verdict, one.event.change = one.verdict, recording.last_change
        one.event.findings, one.event.gravest = write_findings(one.findings), gravest_of(one.findings)
        tallies.add(one.event.name, one.verdict, one.event.gravest, one.findings)
        recording.bytes += row_bytes([one.event.findings])
    update(Event, _JUDGED, values([one.event for one in changed], _JUDGED))
    tallies.save(recording.pk)
    recording.save(update_fields=["last_change", "bytes"])


def _give_digests(events: Iterable[Event]) -> None:
    """Give events of a version without digests the digests of their content."""
    older = [event for event in events if event.occurrence == 0]
    for event in older:
        event.occurrence = digest_of_content(event)
    update(Event, ("occurrence",), values(older, ("occurrence",)))


def _settle(recording: Recording, events: list[Event]) -> set[int]:
    """Find the findings across events anew; return the numbers of the events that change by it."""
    counters = Counters.of(recording)
    changed = settle_again(counters, events, closed=is_closed(recording))
    counters.save()
    return changed


def _slices(recording: Recording) -> Iterator[list[Event]]:
    """The recording's events in the order of ``seq``, read in slices."""
    after = 0
    while True:
        events = list(recording.events.filter(seq__gt=after).order_by("seq")[:_SLICE])
        if events:
            yield events
            after = events[-1].seq
        if len(events) < _SLICE:
            return


def _changed(events: Iterable[Event], loaded: Reference) -> Iterator[Rejudged]:
    bounds = limits()
    for event in events:
        previous = read_findings(event.findings)
        verdict, findings = judged_again(event.name, judged_payloads_of(event), previous, loaded, bounds)
        if verdict != event.verdict or findings != previous:
            before, after = _keys(previous), _keys(findings)
            gained, lost = list((after - before).elements()), list((before - after).elements())
            yield Rejudged(event, verdict, findings, gained, lost)


def _keys(findings: list[StoredFinding]) -> "Counter[FindingKey]":
    return Counter(FindingKey(each["severity"], each["code"], each["path"]) for each in findings)
