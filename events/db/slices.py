"""Sizes the slices of a long change: each transaction is short, and the writer gets the time between two."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

_SLICE_SECONDS: Final = 0.05  # the intended duration of one transaction, since the writer waits for it
_SHORTEST_PAUSE_SECONDS: Final = 0.005


@dataclass(slots=True)
class SliceSize:
    """The number of rows of the next slice, adapted after each slice, within ``smallest`` and ``largest``."""

    rows: int
    smallest: int
    largest: int

    @contextmanager
    def adapted(self) -> Iterator[None]:
        """Time the transaction of the block, adapt ``rows``, then pause for as long as the transaction took.

        SQLite's lock has no queue, and a waiting writer polls it: the pause is the writer's turn. Where the
        block raises, nothing is adapted.
        """
        started = time.monotonic()
        yield
        took = time.monotonic() - started
        wanted = int(self.rows * _SLICE_SECONDS / max(took, 0.001))
        self.rows = max(self.smallest, min(self.largest, wanted))
        time.sleep(max(took, _SHORTEST_PAUSE_SECONDS))  # leaves half of the time to the writer
