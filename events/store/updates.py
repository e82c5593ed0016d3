"""Applies the script's later updates to stored events: the request that was seen, or that none was sent.

Runs in the writer's transaction, with the recording's row locked. Each event that changes gets the next
number of the recording's ``last_change``, the cursor from which viewers read changes.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from events.db.bulk_statements import update as update_rows
from events.db.bulk_statements import values
from events.judging.draft import Draft, Revision, judged_again, revise, type_again
from events.judging.event_limits import limits
from events.models import Event, PageLoad
from events.reference import Reference
from events.store.chain_cache import Ends
from events.store.counters import Counters
from events.store.known_events import ids_of_one_event
from events.store.payloads import judged_payloads_of
from events.store.settle import settle_update
from events.store.settlement import Settlement
from events.store.sizes import row_bytes
from events.store.stored_facts import facts_of_event
from events.store.tallies import TallyChanges
from events.verdict import read_findings, write_findings
from events.verdict.groups import gravest_of
from events.wire import Update

#: The columns that an update changes.
_CHANGED: Final = ("verdict", "findings", "gravest", "sent", "sent_id", "sent_to", "delivery", "change")
_MOST_OF_ONE_ID: Final = 10  # events of one page load: the script gives each event an id of its own


def apply(counters: Counters, updates: Sequence[Update], edition: Reference, ends: Ends) -> None:
    """Judge the events of ``updates`` again by ``edition`` and store the changes; unknown events are skipped.

    Raises DatabaseError.
    """
    changed: list[Event] = []
    tallies = TallyChanges()
    settlement = Settlement(counters.recording, ends)
    for event, update in _meant(counters.recording, updates):
        revision = _revision(event, update, edition)
        if revision is not None:
            before = facts_of_event(event)
            tallies.remove(event, read_findings(event.findings))
            _put(counters, event, revision, update.sent_id)
            tallies.add(event.name, event.verdict, event.gravest, revision.findings)
            settlement.replace(event.seq, before, facts_of_event(event))
            changed.append(event)
    update_rows(Event, _CHANGED, values(changed, _CHANGED))
    tallies.save(counters.recording)
    settle_update(counters, settlement)


def _meant(recording: int, updates: Sequence[Update]) -> Iterator[tuple[Event, Update]]:
    """The events that ``updates`` are about, each with its latest update.

    Where several events share an update's id, that of the page load which reports it. A later page load may
    report what an earlier one could not post, so an id of one event needs no page load.
    """
    latest = {(update.event_id, update.page_id): update for update in updates}
    loads = dict(
        PageLoad.objects.filter(
            recording=recording, page_id__in={page_id for _, page_id in latest}
        ).values_list("pk", "page_id")
    )
    found = Event.objects.filter(recording=recording, event_id__in={event_id for event_id, _ in latest})
    found = found.select_related("page_load")
    for event in found.filter(page_load__in=loads).order_by("seq")[: _MOST_OF_ONE_ID * len(latest)]:
        update = latest.pop((event.event_id, loads[event.page_load_id or 0]), None)
        if update is not None:
            yield event, update
    by_id = {event_id: update for (event_id, _), update in latest.items()}
    for event in found.filter(event_id__in=ids_of_one_event(recording, list(by_id))):
        yield event, by_id[event.event_id]


def judge_again(drafts: Sequence[Draft], edition: Reference) -> None:
    """Judge ``drafts``, which were judged by another edition, again by ``edition``, in place."""
    bounds = limits()
    for entry in drafts:
        entry.edition = edition
        type_again(entry, edition, bounds)
        entry.verdict, entry.findings = judged_again(
            entry.name, judged_payloads_of(entry), entry.findings, edition, bounds
        )


def _revision(event: Event, update: Update, edition: Reference) -> Revision | None:
    """The event's new values; None where ``update`` brings no news. A request once seen is never removed."""
    if event.sent or update.delivery == event.delivery:
        return None
    previous = read_findings(event.findings)
    return revise(event.name, judged_payloads_of(event), previous, update, edition, limits())


def _put(counters: Counters, event: Event, revision: Revision, sent_id: str) -> None:
    counters.last_change += 1
    before = row_bytes(_changed_texts(event))
    event.verdict, event.change = revision.verdict, counters.last_change
    event.findings, event.gravest = write_findings(revision.findings), gravest_of(revision.findings)
    event.sent, event.sent_to, event.delivery = revision.sent, revision.sent_to, revision.delivery
    event.sent_id = sent_id or event.sent_id
    counters.bytes += row_bytes(_changed_texts(event)) - before


def _changed_texts(event: Event) -> tuple[str, ...]:
    """The texts of the event whose size an update changes."""
    return event.verdict, event.findings, event.sent, event.sent_id, event.sent_to, event.delivery
