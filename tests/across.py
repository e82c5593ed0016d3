"""Visits for the tests of findings across events: what pages fire, delivered in any order and parts."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, Final

from events.models import Event, Recording
from events.reference import load
from events.store.collect import drafts_of
from events.store.transaction import Stored, Submission, store
from events.verdict import read_findings
from events.verdict.across import is_across
from events.wire import Delivery, read_delivery

#: One event of a page: the page's id, its address, and the event as the script posts it.
Fired = tuple[str, str, dict[str, Any]]

_START: Final = 1_800_000_000_000
SHOP: Final = "https://shop.example"


def fired(
    identity: str, name: str, called: Any = None, *, at: int = 0, page: str = "p", url: str = "/", **more: Any
) -> Fired:
    """An event ``at`` so many milliseconds after the start, on a page of the shop."""
    event = {"id": identity, "n": at // 100 + 1, "at": _START + at, "name": name, "called": called or {}}
    return page, url if "://" in url else f"{SHOP}{url}", event | more


def deliver(recording: Recording, events: Iterable[Fired]) -> list[Stored]:
    """Store the events by one transaction, each as a delivery of its page."""
    submissions = [_submission(recording, page, url, events=[event]) for page, url, event in events]
    return [outcome for outcome in store(submissions) if isinstance(outcome, Stored)]


def report(recording: Recording, page: str, *updates: dict[str, Any]) -> None:
    """Store what the script learnt later of events of a page."""
    store([_submission(recording, page, f"{SHOP}/", events=[], updates=list(updates))])


def _submission(recording: Recording, page: str, url: str, **body: Any) -> Submission:
    loaded = {"id": page, "url": url, "frame": page.startswith("frame")}
    delivery: Delivery = read_delivery({"page": loaded, **body})
    drafts = drafts_of(delivery.events, load(recording.edition))
    return Submission(recording.capture_digest, recording.edition, drafts, delivery.updates)


def told(recording: Recording, *codes: str) -> dict[str, list[dict[str, Any]]]:
    """The findings across events by event id, without the numbers of arrival; of ``codes``, or all."""
    found: dict[str, list[dict[str, Any]]] = {}
    for event_id, text in recording.events.order_by("event_id", "occurrence").values_list(
        "event_id", "findings"
    ):
        for finding in read_findings(text):
            if is_across(finding) and (not codes or finding["code"] in codes):
                told_of = {key: value for key, value in finding.items() if key != "other_seq"}
                found.setdefault(event_id, []).append(told_of)
    return found


def codes_of(recording: Recording, *codes: str) -> dict[str, list[str]]:
    """The codes of the findings across events by event id."""
    return {key: [finding["code"] for finding in found] for key, found in told(recording, *codes).items()}


def others(recording: Recording) -> list[tuple[str, str]]:
    """Each link of a finding: the id that it names, and that of the event with its number."""
    ids = dict(Event.objects.filter(recording=recording).values_list("seq", "event_id"))
    return [
        (finding["other"], ids[finding["other_seq"]])
        for text in recording.events.values_list("findings", flat=True)
        for finding in read_findings(text)
        if "other_seq" in finding
    ]


def parts(events: Sequence[Fired], cuts: Iterable[int]) -> list[Sequence[Fired]]:
    """The events in parts that end at ``cuts``."""
    edges = [0, *sorted({cut % (len(events) + 1) for cut in cuts}), len(events)]
    return [events[first:last] for first, last in itertools.pairwise(edges) if first < last]
