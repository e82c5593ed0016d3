"""Putting two sequences side by side, in bounded time.

Short ones get the best alignment there is, by a weight for each pair. For long ones, which only a hostile or
a very long page has, the n-th of a kind stands beside the n-th of its kind, as far as that keeps the order.
"""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final

Pairs = list[tuple[int, int]]

#: Cells of the table for the best alignment of one page.
MOST_CELLS: Final = 40_000
#: What a pair weighs at most; equal keys always weigh it.
FULL: Final = 1_000


@dataclass
class Budget:
    """Cells that one comparison may look at in all: about a second, however hostile the events are."""

    cells: int = 200_000

    def take(self, cells: int) -> bool:
        """Whether a table of so many cells may be made; if so they are spent."""
        if cells > min(MOST_CELLS, self.cells):
            return False
        self.cells -= cells
        return True


@dataclass(frozen=True, slots=True)
class Keys:
    """A sequence to align: equal ``fine`` keys are the same, equal ``coarse`` ones may pair."""

    fine: Sequence[Hashable]
    coarse: Sequence[Hashable]

    def part(self, start: int, stop: int) -> "Keys":
        """The keys from ``start`` up to ``stop``."""
        return Keys(self.fine[start:stop], self.coarse[start:stop])


def align(before: Keys, after: Keys, weight: Callable[[int, int], int], budget: Budget) -> Pairs:
    """Pairs of places (i, j), both rising. Equal fine keys weigh FULL, others ``weight``; 0 never pairs."""
    start, end = 0, 0
    lengths = len(before.fine), len(after.fine)
    while start < min(lengths) and before.fine[start] == after.fine[start]:
        start += 1
    while end < min(lengths) - start and before.fine[-1 - end] == after.fine[-1 - end]:
        end += 1
    rows, columns = lengths[0] - start - end, lengths[1] - start - end
    pairs = [(i, i) for i in range(start)]
    if rows and columns:
        a, b = before.part(start, start + rows), after.part(start, start + columns)
        if budget.take(rows * columns):
            inner = _best(a, b, lambda i, j: weight(start + i, start + j))
        else:
            inner = _quick(a, b)
        pairs += [(start + i, start + j) for i, j in inner]
    return pairs + [(lengths[0] - end + k, lengths[1] - end + k) for k in range(end)]


def _quick(before: Keys, after: Keys) -> Pairs:
    """By fine keys first, and between these anchors by coarse ones."""
    anchors = rising(same_kind(before.fine, after.fine))
    pairs: Pairs = []
    i = j = 0
    for to_i, to_j in [*anchors, (len(before.fine), len(after.fine))]:
        gap = rising(same_kind(before.coarse[i:to_i], after.coarse[j:to_j]))
        pairs += [(i + one, j + other) for one, other in gap]
        pairs.append((to_i, to_j))
        i, j = to_i + 1, to_j + 1
    return pairs[:-1]


def _best(before: Keys, after: Keys, weight: Callable[[int, int], int]) -> Pairs:
    """The pairs of the greatest weight in all, by dynamic programming."""
    rows, columns = len(before.fine), len(after.fine)
    weights = [
        [FULL if key == after.fine[j] else weight(i, j) for j in range(columns)]
        for i, key in enumerate(before.fine)
    ]
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        row, below, own = best[i], best[i + 1], weights[i]
        for j in range(columns - 1, -1, -1):
            skip = max(below[j], row[j + 1])
            row[j] = max(skip, own[j] + below[j + 1]) if own[j] else skip
    pairs: Pairs = []
    i = j = 0
    while i < rows and j < columns:
        if weights[i][j] and best[i][j] == weights[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def same_kind(before: Sequence[Hashable], after: Sequence[Hashable]) -> Pairs:
    """The n-th of each kind beside the n-th of that kind, whatever the order."""
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for j, kind in enumerate(after):
        waiting[kind].append(j)
    return [(i, waiting[kind].popleft()) for i, kind in enumerate(before) if waiting.get(kind)]


def rising(pairs: Pairs) -> Pairs:
    """The most of ``pairs`` (sorted by i) whose j rise too."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for place, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        if length == len(tails):
            tails.append(j)
            ends.append(place)
        else:
            tails[length], ends[length] = j, place
        previous.append(ends[length - 1] if length else -1)
    chosen: Pairs = []
    place = ends[-1] if ends else -1
    while place >= 0:
        chosen.append(pairs[place])
        place = previous[place]
    return chosen[::-1]
