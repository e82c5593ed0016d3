"""Reads the facts of a stored event, and writes findings across events into stored events."""

from collections.abc import Iterable, Mapping
from typing import Final

from events.db.bulk_statements import update, values
from events.judging.draft import LASTING
from events.judging.facts import facts_of
from events.models import Event
from events.store.counters import Counters
from events.store.payloads import digest_of_content, payloads_of
from events.store.sizes import row_bytes
from events.store.tallies import TallyChanges
from events.verdict import StoredFinding, read_findings, verdict_of, write_findings
from events.verdict.across import ACROSS, Facts, is_across
from events.verdict.groups import gravest_of

_CHANGED: Final = ("verdict", "findings", "gravest", "change")


def facts_of_event(event: Event) -> Facts:
    """The facts of a stored event, which must have its page load."""
    given = payloads_of(event)
    return facts_of(
        event.name,
        given,
        event_id=event.event_id,
        sent_id=event.sent_id,
        occurrence=event.occurrence or digest_of_content(event),
        page_id=event.page_load.page_id if event.page_load else "",
        n=event.n,
        page_url=event.page_url,
        fired_at=event.fired_at,
        void=any(
            finding["code"] in LASTING and finding["path"] == "" for finding in read_findings(event.findings)
        ),
    )


def across_of(told: Mapping[str, StoredFinding | None]) -> list[StoredFinding]:
    """The findings by code, in the order in which an event has them."""
    return [finding for code in ACROSS if (finding := told.get(code)) is not None]


def with_across(
    findings: Iterable[StoredFinding], told: Mapping[str, StoredFinding | None]
) -> list[StoredFinding]:
    """``findings``, those across events changed to ``told``: by code the finding as it is now, or None."""
    found = list(findings)
    before = {finding["code"]: finding for finding in found if is_across(finding)}
    return [finding for finding in found if not is_across(finding)] + across_of({**before, **told})


def put_across(
    counters: Counters, changes: Mapping[int, Mapping[str, StoredFinding | None]], *, numbered: bool = True
) -> set[int]:
    """Write the changes into stored events; return the numbers of the events that have other findings now.

    ``numbered``: each gets the recording's next number of a change. Raises DatabaseError.
    """
    if not changes:
        return set()
    changed: list[Event] = []
    tallies = TallyChanges()
    for event in Event.objects.filter(recording=counters.recording, seq__in=list(changes)).order_by("seq"):
        before = read_findings(event.findings)
        findings = with_across(before, changes[event.seq])
        text = write_findings(findings)
        if text == event.findings:
            continue
        tallies.remove(event, before)
        counters.bytes += row_bytes([text]) - row_bytes([event.findings])
        event.findings, event.gravest = text, gravest_of(findings)
        event.verdict = verdict_of(finding["severity"] for finding in findings)
        tallies.add(event.name, event.verdict, event.gravest, findings)
        if numbered:
            counters.last_change += 1
            event.change = counters.last_change
        changed.append(event)
    update(Event, _CHANGED, values(changed, _CHANGED))
    tallies.save(counters.recording)
    return {event.seq for event in changed}
