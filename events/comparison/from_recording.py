"""Reads the sides of a comparison from the database, in slices; caches the last alignments."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, Final

from django.conf import settings

from events.comparison import Aligned, Difference, PageInfo, Side, align
from events.comparison.masking import masked, masked_names
from events.judging.edition import edition_of
from events.models import Event, Recording
from events.recordings.filter import EVERYTHING, Filter
from events.recordings.public_event import EventFacts, event_facts
from events.recordings.timeline import read_after
from events.redaction.per_recording import redactor_for

_SLICE: Final = 500
_CACHED: Final = 4  # alignments, so that the pages of one result are rendered from one alignment
_CACHED_SECONDS: Final = 300


def side_of(recording: Recording, wanted: Filter = EVERYTHING) -> Side:
    """The first wanted events: at most MAX_EVENTS_COMPARED events and MAX_BYTES_COMPARED bytes."""
    edition = edition_of(recording)
    events: list[EventFacts] = []
    pages: dict[str, PageInfo] = {}
    size, after, more = 0, 0, True
    while more and len(events) < settings.MAX_EVENTS_COMPARED and size < settings.MAX_BYTES_COMPARED:
        found = read_after(recording, after, min(_SLICE, settings.MAX_EVENTS_COMPARED - len(events)), wanted)
        for event in found.events:
            size += len(event.called) + len(event.sent) + len(event.permanent) + len(event.findings)
            if size > settings.MAX_BYTES_COMPARED:
                break
            events.append(event_facts(event, edition))
            _add_page(pages, event)
        after, more = found.cursor, found.more
    cut = more or size > settings.MAX_BYTES_COMPARED
    return Side(recording.name, events, pages, recording.edition, cut=cut, muted=recording.muted)


def _add_page(pages: dict[str, PageInfo], event: Event) -> None:
    load = event.page_load
    if load is not None and load.page_id not in pages:
        pages[load.page_id] = PageInfo(load.url, load.title, load.frame)


class _AlignmentCache:
    """The last alignments, for the pages of one result; each expires after five minutes. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: OrderedDict[tuple[Any, ...], tuple[float, Aligned]] = OrderedDict()

    def get(self, key: tuple[Any, ...], make: Callable[[], Aligned]) -> Aligned:
        """The alignment cached under ``key``; where there is none, the one that ``make`` returns."""
        now = time.monotonic()
        with self._lock:
            for old in [old for old, (at, _) in self._found.items() if now - at > _CACHED_SECONDS]:
                del self._found[old]
            known = self._found.get(key)
        if known is not None:
            return known[1]
        made = make()
        with self._lock:
            self._found[key] = now, made
            while len(self._found) > _CACHED:
                self._found.popitem(last=False)
        return made


_cache = _AlignmentCache()


def aligned(a: Recording, b: Recording, wanted: Filter = EVERYTHING) -> Aligned:
    """The wanted events of both, aligned, cached until one changes. ``a`` and ``b`` must be freshly read."""
    key = (*_state(a), *_state(b), wanted)
    return _cache.get(key, lambda: align(side_of(a, wanted), side_of(b, wanted)))


def redacted(difference: Difference, a: Recording, b: Recording) -> Difference:
    """A copy of the ``difference`` between two recordings with all personal values masked."""
    return masked(difference, redactor_for(a), redactor_for(b))


def redacted_names(a: Recording, b: Recording) -> tuple[str, str]:
    """The names of two recordings with all personal values masked."""
    return masked_names(a.name, b.name, redactor_for(a), redactor_for(b))


def _state(recording: Recording) -> tuple[Any, ...]:
    return recording.pk, recording.last_seq, recording.last_change, recording.edition, recording.muted
