"""Judging a stored recording again: by another edition of the reference, or after a rule changed.

``preview`` says what would change and writes nothing; ``rejudge`` writes it. The recording's edition is
changed first, under the lock of its row that the writer takes too: what arrives from then on is judged by the
new edition, and what was there is judged again slice by slice, each in a transaction under the same lock.
Broken off, it is done again from the start: what has been judged already no longer changes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from events import reference
from events.db.bulk_statements import update, values
from events.judging.draft import judged_again
from events.judging.event_limits import limits
from events.judging.known_editions import known_editions
from events.models import Event, Recording
from events.reference import Reference
from events.store.payloads import payloads_of
from events.store.sizes import row_bytes
from events.store.tallies import tally
from events.store.wakeups import announce
from events.verdict import StoredFinding, Verdict, read_findings, write_findings
from events.verdict.findings import FindingKey

_SLICE: Final = 300  # events in one transaction: the writer waits for no more than that
_SHOWN: Final = 200  # events that a preview names
_JUDGED: Final = ("verdict", "findings", "change")


class Superseded(RuntimeError):
    """Somebody had the recording judged by another edition meanwhile, or deleted it."""


@dataclass(frozen=True, slots=True)
class Rejudged:
    """One event whose verdict or findings change. Nothing gained or lost: what is found is said otherwise."""

    event: Event
    verdict: Verdict
    findings: list[StoredFinding]
    gained: list[FindingKey]
    lost: list[FindingKey]


@dataclass(slots=True)
class Preview:
    """What judging again would change.

    ``before`` and ``after`` count all events by verdict, ``turns`` those that change by name and both
    verdicts, ``gained`` and ``lost`` findings by severity and code; ``shown`` are the first 200 of them.
    """

    edition: str
    events: int = 0
    changed: int = 0
    before: "Counter[str]" = field(default_factory=Counter)
    after: "Counter[str]" = field(default_factory=Counter)
    turns: "Counter[tuple[str, str, str]]" = field(default_factory=Counter)
    gained: "Counter[tuple[str, str]]" = field(default_factory=Counter)
    lost: "Counter[tuple[str, str]]" = field(default_factory=Counter)
    shown: list[Rejudged] = field(default_factory=list)

    def note(self, one: Rejudged) -> None:
        """Count one event that changes."""
        self.changed += 1
        self.after[one.event.verdict] -= 1
        self.after[one.verdict] += 1
        self.turns[one.event.name, one.event.verdict, one.verdict] += 1
        self.gained.update((told.severity, told.code) for told in one.gained)
        self.lost.update((told.severity, told.code) for told in one.lost)
        if len(self.shown) < _SHOWN:
            self.shown.append(one)


def preview(recording: Recording, edition: str) -> Preview:
    """What would change, were ``recording`` judged by ``edition``. Raises BrokenReference."""
    loaded = reference.load(edition)
    found = Preview(edition)
    for events in _slices(recording):
        verdicts = Counter(event.verdict for event in events)
        found.events += len(events)
        found.before.update(verdicts)
        found.after.update(verdicts)
        for one in _changed(events, loaded):
            found.note(one)
    return found


def rejudge(recording: Recording, edition: str) -> int:
    """Judge ``recording`` by ``edition`` from now on, and all its events again; how many changed.

    Raises BrokenReference, before anything is changed, and Superseded.
    """
    loaded = reference.load(edition)
    last = _choose(recording, edition)
    known_editions.put(recording.capture_digest, edition)
    count = after = 0
    while after < last:
        with transaction.atomic():
            locked = _locked(recording)
            if locked.edition != edition:
                raise Superseded
            events = list(locked.events.filter(seq__gt=after, seq__lte=last).order_by("seq")[:_SLICE])
            changed = list(_changed(events, loaded))
            _put(locked, changed)
        if changed:
            announce(recording.pk)
        count += len(changed)
        after = events[-1].seq if len(events) == _SLICE else last
    announce(recording.pk)
    return count


def _choose(recording: Recording, edition: str) -> int:
    """Let ``edition`` rule what arrives from now on; the number of the last event that came before."""
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
    """Write new verdicts and findings, each as the recording's next change, and count them."""
    if not changed:
        return
    moves: Counter[tuple[str, str]] = Counter()
    for one in changed:
        recording.last_change += 1
        if one.verdict != one.event.verdict:
            moves[one.event.name, one.event.verdict] -= 1
            moves[one.event.name, one.verdict] += 1
        recording.bytes -= row_bytes([one.event.findings])
        one.event.verdict, one.event.change = one.verdict, recording.last_change
        one.event.findings = write_findings(one.findings)
        recording.bytes += row_bytes([one.event.findings])
    update(Event, _JUDGED, values([one.event for one in changed], _JUDGED))
    tally(recording.pk, {key: count for key, count in moves.items() if count})
    recording.save(update_fields=["last_change", "bytes"])


def _slices(recording: Recording) -> Iterator[list[Event]]:
    """The events as they stand, slice by slice."""
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
        told = read_findings(event.findings)
        verdict, findings = judged_again(event.name, payloads_of(event), told, loaded, bounds)
        if verdict != event.verdict or findings != told:
            before, after = _told(told), _told(findings)
            gained, lost = list((after - before).elements()), list((before - after).elements())
            yield Rejudged(event, verdict, findings, gained, lost)


def _told(findings: list[StoredFinding]) -> "Counter[FindingKey]":
    return Counter(FindingKey(each["severity"], each["code"], each["path"]) for each in findings)
