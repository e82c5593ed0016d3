"""Accounts for lost events: which numbers of each page load arrived, and which are missing.

Runs in the writer's transaction, with the recording's row locked.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Final

from django.utils import timezone

from events.db.bulk_statements import update, values
from events.db.compiled_queries import CompiledQuery
from events.judging.draft import Draft, storable
from events.models import PageLoad
from events.store.counters import Counters
from events.store.missing_ranges import Ranges, receive
from events.wire import Left, Page

_SAVED: Final = ("last_n", "received", "missing", "tail_after", "change")


_NAMED: Final = CompiledQuery(
    PageLoad, lambda recording, ids: PageLoad.objects.filter(recording=recording, page_id__in=ids)
)


def account(
    counters: Counters, drafts: Sequence[Draft], left: Sequence[Left], before: int
) -> dict[str, PageLoad]:
    """Count ``drafts`` and the ends of page loads in ``left``; return the page loads by page id.

    ``before`` is the recording's last sequence number before these drafts were numbered: the loss of events
    at the end of a page load is shown after that row. Changes ``counters`` without saving them.
    Raises DatabaseError.
    """
    page_loads = _PageLoadAccount(counters, drafts, left)
    for end in left:
        page_loads.end_page_load(end, before)
    for entry in drafts:
        page_loads.add(entry)
    return page_loads.save()


class _PageLoadAccount:
    """The page loads of one commit, with their missing numbers parsed."""

    def __init__(self, counters: Counters, drafts: Iterable[Draft], left: Iterable[Left]) -> None:
        self.counters = counters
        recording = counters.recording
        first: dict[str, tuple[Page, Draft | None]] = {end.page.id: (end.page, None) for end in left}
        for entry in drafts:
            if entry.page is not None and first.get(entry.page.id, (None, None))[1] is None:
                first[entry.page.id] = (entry.page, entry)
        known = _NAMED.models(recording, tuple(first)) if first else []
        self.rows = {row.page_id: row for row in known}
        new = [_new(recording, page, entry) for key, (page, entry) in first.items() if key not in self.rows]
        if new:
            PageLoad.objects.bulk_create(new)
        self.rows |= {row.page_id: row for row in new}
        self.missing: dict[str, Ranges] = {key: json.loads(row.missing) for key, row in self.rows.items()}
        self.tails = {key: row.tail for key, row in self.rows.items()}

    def end_page_load(self, left: Left, before: int) -> None:
        """Record that a page load ended after ``left.n`` events."""
        row = self.rows[left.page.id]
        if left.n <= row.last_n:
            return
        self.missing[row.page_id], _ = receive(self.missing[row.page_id], row.last_n, left.n + 1)
        self.counters.sent += left.n - row.last_n
        row.last_n = left.n
        row.tail_after = before

    def add(self, entry: Draft) -> None:
        """Count one event that arrived."""
        row = self.rows[entry.page.id] if entry.page else None
        self.counters.received += 1
        if row is None or entry.n is None:
            self.counters.sent += 1
        else:
            gaps, last = self.missing[row.page_id], row.last_n
            self.missing[row.page_id], row.last_n = receive(gaps, last, entry.n)
            repeated = entry.n <= last and self.missing[row.page_id] == gaps
            # Another event had this number already: the page fired one event more than it numbered.
            self.counters.sent += 1 if repeated else row.last_n - last
        if row is not None:
            row.received += 1

    def save(self) -> dict[str, PageLoad]:
        """Write the page loads; return them by page id. Raises DatabaseError."""
        for key, row in self.rows.items():
            row.missing = json.dumps(self.missing[key])
            if row.tail != self.tails[key]:
                self.counters.last_change += 1
                row.change = self.counters.last_change
        update(PageLoad, _SAVED, values(self.rows.values(), _SAVED))
        return self.rows


def _new(recording: int, page: Page, entry: Draft | None) -> PageLoad:
    now = timezone.now()
    return PageLoad(
        recording_id=recording,
        page_id=page.id,
        url=page.url[:4000],
        title=page.title[:500],
        referrer=page.referrer[:4000],
        frame=page.frame,
        started_at=storable(page.started or (entry.fired_at if entry else now), now),
    )
