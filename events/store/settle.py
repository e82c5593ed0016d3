"""Settles the findings across events of a batch: of its own events and of stored ones."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final

from django.db.models import F

from events.judging.draft import Draft
from events.models import Event, PageLoad, Recording
from events.store.chain_cache import Ends
from events.store.chains import first_of
from events.store.counters import Counters
from events.store.known_events import ids_of_one_event
from events.store.page_views import PageEvent, note_page_views
from events.store.settlement import Changes, Settlement
from events.store.stored_facts import across_of, facts_of_event, put_across, with_across
from events.store.unsettled import wake_settling
from events.verdict import read_findings, verdict_of, write_findings
from events.verdict.across import Facts, Kind, key_of
from events.verdict.groups import gravest_of

_MOST_OF_ONE_ID: Final = 100


def settle_drafts(
    counters: Counters,
    ends: Ends,
    fresh: Sequence[tuple[int, Draft]],
    page_loads: Mapping[str, PageLoad],
    shared: set[str],
    *,
    closed: bool,
) -> None:
    """Set the findings across events of new events, and change those of stored ones. Raises DatabaseError.

    ``page_loads`` have counted the new events. ``shared`` are the ids that several events have.
    """
    on_pages = [
        (seq, page_loads[entry.page.id], entry.name, entry.fired_at, entry.n)
        for seq, entry in fresh
        if entry.page
    ]
    counted = Counter(page_load.pk for _, page_load, *_ in on_pages)
    new = {load.pk for load in page_loads.values() if load.received == counted[load.pk]}
    facts = [(seq, entry.facts) for seq, entry in fresh]
    changes = _settled(counters, ends, facts, shared, on_pages, new, closed=closed)
    for seq, entry in fresh:
        entry.across = across_of(changes.pop(seq, {}))
    put_across(counters, changes)


def settle_restored(
    counters: Counters, ends: Ends, events: Sequence[Event], shared: set[str], *, closed: bool
) -> None:
    """Set the findings across events of restored events, which are not written yet; changes get no number."""
    facts = [(event.seq, facts_of_event(event)) for event in events]
    on_pages = _on_pages(events)
    new = {page_load.pk for _, page_load, *_ in on_pages}
    changes = _settled(counters, ends, facts, shared, on_pages, new, closed=closed)
    for event in events:
        findings = with_across(read_findings(event.findings), changes.pop(event.seq, {}))
        event.findings, event.gravest = write_findings(findings), gravest_of(findings)
        event.verdict = verdict_of(finding["severity"] for finding in findings)
    put_across(counters, changes, numbered=False)


def settle_again(counters: Counters, events: Sequence[Event], *, closed: bool) -> set[int]:
    """Put stored events into their chains where they are not yet, and judge them in these anew.

    Returns the numbers of the changed events. ``counters`` tell of a change in any case, so that no process
    goes on with the chains that it remembers. Raises DatabaseError.
    """
    settlement = Settlement(counters.recording, Ends())
    facts = {event.seq: facts_of_event(event) for event in events}
    own = [one.event_id for one in facts.values() if own_id(one)]
    single = set(ids_of_one_event(counters.recording, own))
    for seq, one in facts.items():
        settlement.add(seq, one, unshared_id=own_id(one) and one.event_id in single)
    changes = settlement.run()
    on_pages = _on_pages(events)
    note_page_views(counters.recording, on_pages, changes, Ends(), closed=closed, older=True)
    counters.last_change += 1
    return _put(counters, settlement, changes)


def settle_update(counters: Counters, settlement: Settlement) -> None:
    """Write the changes that moved events bring. Raises DatabaseError."""
    _put(counters, settlement, settlement.run())


def own_id(facts: Facts) -> bool:
    """Whether the id that counts is the delivery's own, which the index of event ids finds."""
    return facts.shared_id == facts.event_id and not facts.id_of_call


def mark_unsettled(recording: int) -> None:
    """Leave the rest to the background task, which begins after the commit."""
    Recording.objects.filter(pk=recording).update(unsettled=F("unsettled") + 1)
    wake_settling()


def _settled(
    counters: Counters,
    ends: Ends,
    new: Iterable[tuple[int, Facts]],
    shared: set[str],
    on_pages: Sequence[PageEvent],
    fresh: Container[int],
    *,
    closed: bool,
) -> Changes:
    settlement = Settlement(counters.recording, ends)
    for event_id in shared:
        _add_earlier(settlement, counters.recording, event_id)
    for seq, facts in new:
        settlement.add(seq, facts, unshared_id=own_id(facts) and facts.event_id not in shared)
    changes = settlement.run()
    note_page_views(counters.recording, on_pages, changes, ends, closed=closed, fresh=fresh)
    if settlement.unsettled:
        mark_unsettled(counters.recording)
    return changes


def _put(counters: Counters, settlement: Settlement, changes: Changes) -> set[int]:
    if settlement.unsettled:
        mark_unsettled(counters.recording)
    return put_across(counters, changes)


def _add_earlier(settlement: Settlement, recording: int, event_id: str) -> None:
    """Begin the chain of an id with the events that had it before anyone shared it."""
    if first_of(recording, key_of(Kind.ID, False, event_id)) is not None:
        return
    stored = Event.objects.filter(recording=recording, event_id=event_id).select_related("page_load")
    for event in stored.order_by("occurrence")[:_MOST_OF_ONE_ID]:
        facts = facts_of_event(event)
        if own_id(facts):
            settlement.add_id(event.seq, facts)


def _on_pages(events: Iterable[Event]) -> list[PageEvent]:
    """The events that have a page load, with one object for each page load."""
    loads = {event.page_load.pk: event.page_load for event in events if event.page_load is not None}
    return [
        (event.seq, loads[event.page_load.pk], event.name, event.fired_at, event.n)
        for event in events
        if event.page_load is not None
    ]
