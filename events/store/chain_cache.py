"""Caches the ends of a recording's chains, so that events which arrive in order need no read.

The cache of a recording is valid while nobody else wrote to it: it is kept with the counters that this
process committed last, and any other write changes one of them. A transaction takes the cache, and gives it
back after its commit alone; one that fails leaves none.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from events.models import PageLoad
from events.store.chains import Row

_MOST_RECORDINGS: Final = 32
_MOST_CHAINS: Final = 50_000  # of one recording, some 10 MB


@dataclass(slots=True)
class Ends:
    """The last rows of chains by key, and the first rows of those of which only the first matters.

    ``pages`` are the last page loads by site. ``complete``: what is in none of them is not stored.
    ``refunds``: the recording has a refund; None: unknown.
    """

    complete: bool = False
    last: dict[int, Row] = field(default_factory=dict)
    first: dict[int, Row] = field(default_factory=dict)
    pages: dict[int, PageLoad] = field(default_factory=dict)
    refunds: bool | None = None


_kept: "OrderedDict[int, tuple[tuple[int, int], Ends]]" = OrderedDict()


def take(recording: int, last_seq: int, last_change: int) -> Ends:
    """The ends of the recording's chains, whose locked row has these counters."""
    stamp, ends = _kept.pop(recording, (None, None))
    if ends is not None and stamp == (last_seq, last_change):
        return ends
    return Ends(complete=last_seq == 0, refunds=False if last_seq == 0 else None)


def give_back(recording: int, ends: Ends, last_seq: int, last_change: int) -> None:
    """Keep ``ends`` once the transaction is committed, which leaves the recording with these counters."""
    if len(ends.last) + len(ends.first) + len(ends.pages) > _MOST_CHAINS:
        ends = Ends()

    def keep() -> None:
        _kept[recording] = (last_seq, last_change), ends
        while len(_kept) > _MOST_RECORDINGS:
            _kept.popitem(last=False)

    transaction.on_commit(keep)


def forget() -> None:
    """Forget all chains, as a process that has just started."""
    _kept.clear()
