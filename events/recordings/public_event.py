"""Converts an event to its public form, which API, exports and comparisons share."""

from collections.abc import Container
from datetime import datetime
from typing import Any, TypedDict

from events.judging.effective import effective
from events.models import Event
from events.reference import Reference
from events.store.payloads import payloads_of
from events.verdict import PublicFinding, StoredFinding, public_findings, read_findings
from events.verdict.muting import divide, verdict_of_shown


class _Event(TypedDict):
    """The keys that both public forms share. ``page_load`` is the ``page_id`` of the page load."""

    seq: int
    event_id: str
    event_name: str
    verdict: str
    called: Any
    sent: Any
    effective: Any
    automatic: list[str]
    permanent: list[str]
    unsent_permanent: list[str]
    unread: list[str]
    unknown: list[str]
    delivery: str
    seen: str
    sent_to: str
    container: str
    call_site: str
    page_load: str | None
    page_url: str
    fired_at: datetime
    received_at: datetime
    source: str


class EventFacts(_Event):
    """An event with stored findings, without their sentences: the form that is masked and compared."""

    findings: list[StoredFinding]


class PublicEvent(_Event):
    """An event with public findings, which have sentences: the form of API answers and exports.

    ``muted`` is the number of findings that are left out, since their groups are muted.
    """

    findings: list[PublicFinding]
    muted: int


def event_facts(event: Event, edition: Reference) -> EventFacts:
    """The event as plain data, with its effective parameters by its recording's ``edition``.

    Verdict and findings are the stored ones, those of muted groups included; see ``under_muting``.
    """
    given = payloads_of(event)
    judged = effective(event.name, given, edition)
    return {
        "seq": event.seq,
        "event_id": event.event_id,
        "event_name": event.name,
        "verdict": event.verdict,
        "findings": read_findings(event.findings),
        "called": given.called,
        "sent": given.sent,
        "effective": judged.params,
        "automatic": judged.automatic,
        "permanent": judged.permanent,
        "unsent_permanent": judged.unsent_permanent,
        "unread": judged.unread,
        "unknown": judged.unknown,
        "delivery": event.delivery,
        "seen": event.seen,
        "sent_to": event.sent_to,
        "container": event.container,
        "call_site": event.call_site,
        "page_load": event.page_load.page_id if event.page_load else None,
        "page_url": event.page_url,
        "fired_at": event.fired_at,
        "received_at": event.received_at,
        "source": event.source,
    }


def under_muting(facts: EventFacts, muted: int) -> tuple[EventFacts, int]:
    """The event without the findings of ``muted`` groups, with the verdict of the others; how many go."""
    if not muted:
        return facts, 0
    shown, hidden = divide(facts["findings"], muted)
    return {**facts, "findings": shown, "verdict": verdict_of_shown(shown)}, len(hidden)


def public_event(event: Event, edition: Reference, muted: int) -> PublicEvent:
    """The event as plain data with the sentences of its shown findings, by its recording's ``edition``."""
    facts, hidden = under_muting(event_facts(event, edition), muted)
    return with_sentences(facts, edition, muted=hidden)


def with_sentences(
    facts: EventFacts, edition: Reference, no_examples: Container[str] = (), *, muted: int = 0
) -> PublicEvent:
    """The event with the sentences of its findings; ``muted`` findings were left out of it.

    See ``events.verdict.public_findings``.
    """
    findings = public_findings(facts["findings"], facts["event_name"], edition, no_examples)
    return {**facts, "findings": findings, "muted": muted}
