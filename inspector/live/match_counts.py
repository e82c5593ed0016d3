"""Cached event counts of a text filter, updated incrementally: no index covers a substring search."""

from collections import Counter, OrderedDict
from threading import Lock
from typing import Final

from django.db.models import QuerySet

from events.models import Event, Recording
from events.recordings.filter import Filter
from events.recordings.timeline import read_changed

_CACHED: Final = 16  # filters of shares; each takes some 100 bytes for an event that passes it
_SLICE: Final = 500


class _Matches:
    """The events of one recording that pass one filter, read up to a sequence number and a change."""

    def __init__(self) -> None:
        self.seq = 0
        self.change = 0
        self.kinds: dict[int, tuple[str, str]] = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        self.lock = Lock()

    def read(self, recording: Recording, wanted: Filter) -> "Counter[tuple[str, str]]":
        """Read the events stored or changed since the last call; return the counts by name and verdict."""
        found = Event.objects.filter(wanted.condition(), recording=recording)
        with self.lock:
            while self.seq and self.change < recording.last_change:
                changed, self.change = read_changed(recording, self.change, _SLICE)
                seqs = [event.seq for event in changed if event.seq <= self.seq]
                for kind in filter(None, (self.kinds.pop(seq, None) for seq in seqs)):
                    self.counts[kind] -= 1
                self._add(found.filter(seq__in=seqs))
            self._add(found.filter(seq__gt=self.seq, seq__lte=recording.last_seq))
            self.seq = max(self.seq, recording.last_seq)
            self.change = max(self.change, recording.last_change)
            return self.counts.copy()

    def _add(self, found: QuerySet[Event]) -> None:
        for seq, name, verdict in found.values_list("seq", "name", "verdict").iterator(2_000):
            self.kinds[seq] = name, verdict
            self.counts[name, verdict] += 1


_cache: OrderedDict[tuple[int, str, Filter], _Matches] = OrderedDict()
_lock = Lock()


def count_matches(recording: Recording, wanted: Filter) -> "Counter[tuple[str, str]]":
    """How many events of each name and verdict pass ``wanted``. ``recording`` must be freshly read."""
    with _lock:
        key = (recording.pk, recording.key, wanted)
        matches = _cache.setdefault(key, _Matches())
        _cache.move_to_end(key)
        while len(_cache) > _CACHED:
            _cache.popitem(last=False)
    return matches.read(recording, wanted)
