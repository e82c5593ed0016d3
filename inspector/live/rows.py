"""Timeline rows: what a person sees of each event, with the page headers and gaps between them.

The same rows serve the first paint, older rows on scroll, a catch-up, a poll and the push.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import orjson

from events.db.compiled_queries import Prepared
from events.models import Event, PageLoad
from events.recordings.filter import Filter
from events.recordings.timeline import Neighbour, read_neighbour
from events.store.missing_ranges import gap_before
from events.verdict import StoredFinding, read_findings
from events.verdict.pointer import dotted
from inspector.live.visible_recording import Lens

_MISSING: Final = frozenset({"missing_required", "missing_conditional"})
_LONGEST_SUMMARY: Final = 160  # characters; the detail has every finding whole
_DIGEST_WORDS: Final = 4
_GRAVITY: Final = {"error": 0, "warning": 1, "info": 2}


@dataclass(slots=True)
class TimelineRow:
    """One event in the timeline.

    ``starts_page`` where another page load begins; ``gap``: the first and the last number before this event
    that never arrived; ``tails``: page loads known to be over before it, whose last events never arrived;
    ``more``: how many errors and warnings the summary leaves out.
    """

    event: Event
    summary: str
    more: int
    starts_page: bool = False
    gap: tuple[int, int] | None = None
    tails: list[PageLoad] = field(default_factory=list)


def timeline_rows(lens: Lens, events: Sequence[Event], wanted: Filter) -> list[TimelineRow]:
    """Rows for ``events``, which follow each other in the timeline of what is ``wanted``."""
    rows: list[TimelineRow] = []
    previous = _previous(lens, events, wanted)
    tails = _tails(lens, events, previous)
    for event in events:
        row = plain_row(lens, event)
        row.starts_page = previous is None or previous.page_load_id != event.page_load_id
        row.gap = gap_of(event)
        while tails and (tails[0].tail_after or 0) < event.seq:
            row.tails.append(tails.pop(0))
        rows.append(row)
        previous = event
    return rows


def _previous(lens: Lens, events: Sequence[Event], wanted: Filter) -> Event | Neighbour | None:
    """What stands in the timeline before ``events``; None where nothing does."""
    if not events:
        return None
    if not wanted and not lens.partial:
        return read_neighbour(lens.recording, events[0].seq)
    before = lens.before(events[0].seq, 1, wanted).events
    return before[0] if before else None


def plain_row(lens: Lens, event: Event) -> TimelineRow:
    """The row of a shown event by itself, as it replaces one that stands in a page already."""
    findings = read_findings(event.findings) if event.findings != "[]" else []
    summary, more = summarize(lens, event, findings) if findings else (digest(event), 0)
    return TimelineRow(event, summary, more)


_TAILS: Final = Prepared(
    PageLoad,
    lambda recording, first, last: PageLoad.objects.filter(
        recording=recording, tail_after__gte=first, tail_after__lt=last
    ).order_by("tail_after", "pk"),
)
_HIGHEST: Final = Prepared(
    Event,
    lambda page_load, seq: (
        Event.objects.filter(page_load=page_load, seq__lt=seq, n__isnull=False)
        .order_by("-n")
        .values_list("n")[:1]
    ),
)


def _tails(lens: Lens, events: Sequence[Event], previous: Event | Neighbour | None) -> list[PageLoad]:
    """The page loads to tell among ``events`` that their last events never arrived, in their order."""
    if not events or lens.partial:
        return []
    first, last = previous.seq if previous else 0, events[-1].seq
    found = _TAILS.models(lens.recording.pk, first, last)
    return [lens.page_load(page_load) for page_load in found if page_load.tail]


def changed_tails(lens: Lens, after: int) -> list[tuple[int, int, str]]:
    """Page loads whose last events turned out missing, or arrived, since the change ``after``.

    Each with the sequence number after which it is shown and the words, "" where nothing is missing any more.
    """
    if lens.partial or lens.recording.last_change <= after:
        return []
    found = PageLoad.objects.filter(recording=lens.recording, tail_after__isnull=False, change__gt=after)
    pages = map(lens.page_load, found.order_by("tail_after")[:200])
    return [(page.pk, page.tail_after or 0, tail_words(page)) for page in pages]


def tail_words(page_load: PageLoad) -> str:
    """What is said of a page load whose last events never arrived."""
    if page_load.tail is None:
        return ""
    first, last = page_load.tail
    where = urlsplit(page_load.url).path if page_load.url else ""
    return f"{gap_words((first, last))} of {where or 'an earlier page'} never arrived"


def gap_words(gap: tuple[int, int]) -> str:
    """``event 4``, ``events 2–4``."""
    first, last = gap
    return f"event {first}" if first == last else f"events {first}–{last}"


def gap_of(event: Event) -> tuple[int, int] | None:
    """The numbers just before this event that never arrived."""
    if event.page_load is None or event.n is None or event.page_load.missing == "[]":
        return None
    return gap_before(json.loads(event.page_load.missing), event.n)


def summarize(lens: Lens, event: Event, findings: list[StoredFinding]) -> tuple[str, int]:
    """One line on the gravest findings of an event that has some, and how many more errors and warnings."""
    missing = [dotted(finding["path"]) for finding in findings if finding["code"] in _MISSING]
    grave = sorted(
        (finding for finding in findings if finding["severity"] != "info"),
        key=lambda finding: _GRAVITY[finding["severity"]],
    )
    if missing:
        shown = _clip(f"{', '.join(missing)} missing")
        return shown, sum(finding["code"] not in _MISSING for finding in grave)
    first = grave[0] if grave else findings[0]
    return _clip(lens.sentence(event, first)), max(len(grave) - 1, 0)


def digest(event: Event) -> str:
    """What an event without findings carries, in a few words: its first plain parameters, how many items."""
    params = orjson.loads(event.called or event.sent or "null")
    if not isinstance(params, dict):
        return ""
    words = [f"{name} {value}" for name, value in params.items() if isinstance(value, str | int | float)]
    items = params.get("items")
    if isinstance(items, list):
        words.append(f"{len(items)} item{'' if len(items) == 1 else 's'}")
    return _clip(" · ".join(words[:_DIGEST_WORDS]))


def changed_gaps(lens: Lens, events: Iterable[Event]) -> list[tuple[int, tuple[int, int] | None]]:
    """Earlier rows whose gap changed because one of ``events`` arrived late: sequence number, new gap."""
    changed: list[tuple[int, tuple[int, int] | None]] = []
    for event in () if lens.partial else _late(events):
        follower = (
            Event.objects.filter(page_load=event.page_load_id, n__gt=event.n, seq__lt=event.seq)
            .select_related("page_load")
            .order_by("n")
            .first()
        )
        if follower is not None:
            changed.append((follower.seq, gap_of(follower)))
    return changed


def _late(events: Iterable[Event]) -> Iterator[Event]:
    """Those of ``events`` that arrived after a higher number of their page load; a query for each."""
    highest: dict[int, int] = {}
    for event in events:
        if event.page_load_id is None or event.n is None:
            continue
        if event.page_load_id not in highest:
            before = _HIGHEST.rows(event.page_load_id, event.seq)
            highest[event.page_load_id] = before[0][0] if before else 0
        if event.n < highest[event.page_load_id]:
            yield event
        highest[event.page_load_id] = max(highest[event.page_load_id], event.n)


def page_loads_of(events: Iterable[Event]) -> list[PageLoad]:
    """Each page load of ``events`` once, in their order."""
    seen = {event.page_load_id: event.page_load for event in events if event.page_load is not None}
    return [page_load for page_load in seen.values() if page_load is not None]


def _clip(text: str) -> str:
    return text if len(text) <= _LONGEST_SUMMARY else text[: _LONGEST_SUMMARY - 1] + "…"
