"""Cached event counts of a text filter, updated incrementally: no index covers a substring search."""

from collections import Counter, OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Final

from django.db.models import Q

from events.models import Recording
from events.query.reader import Match
from events.recordings.filter import Filter
from events.recordings.muting import Muting, muting_of
from events.recordings.tallied import Kind, Tallied
from events.recordings.timeline import read_changed
from events.verdict import read_findings
from events.verdict.groups import gravest_of, numbers_of

_CACHED: Final = 16  # filters of shares; each takes some 100 bytes for an event that passes it
_SLICE: Final = 500

#: What is counted of an event: its kind, and the number of its findings by group.
_Kind = tuple[Kind, tuple[int, ...]]


class _Matches:
    """The events of one recording that pass one filter, read up to a sequence number and a change."""

    def __init__(self) -> None:
        self.seq = 0
        self.change = 0
        self.kinds: dict[int, _Kind] = {}
        self.counts: Counter[_Kind] = Counter()
        self.lock = Lock()

    def read(self, recording: Recording, wanted: Filter) -> list[Tallied]:
        """Read the events stored or changed since the last call; return the counts of each kind."""
        search = wanted.search(recording)
        with self.lock:
            while self.seq and self.change < recording.last_change:
                changed, self.change = read_changed(recording, self.change, _SLICE)
                seqs = [event.seq for event in changed if event.seq <= self.seq]
                for kind in filter(None, (self.kinds.pop(seq, None) for seq in seqs)):
                    self.counts[kind] -= 1
                self._add(search.matches(within=Q(seq__in=seqs)))
            self._add(search.matches(self.seq))
            self.seq = max(self.seq, recording.last_seq)
            self.change = max(self.change, recording.last_change)
            return [Tallied(kind, count, numbers) for (kind, numbers), count in self.counts.items() if count]

    def _add(self, found: Iterable[Match]) -> None:
        for match in found:
            findings = read_findings(match.findings) if match.findings != "[]" else []
            kind = Kind(match.name, match.verdict, gravest_of(findings)), numbers_of(findings)
            self.kinds[match.seq] = kind
            self.counts[kind] += 1


_cache: OrderedDict[tuple[int, str, Filter, Muting], _Matches] = OrderedDict()
_lock = Lock()


def count_matches(recording: Recording, wanted: Filter) -> list[Tallied]:
    """How many events of each kind pass ``wanted``. ``recording`` must be freshly read."""
    with _lock:
        key = (recording.pk, recording.key, wanted, muting_of(recording))
        matches = _cache.setdefault(key, _Matches())
        _cache.move_to_end(key)
        while len(_cache) > _CACHED:
            _cache.popitem(last=False)
    return matches.read(recording, wanted)
