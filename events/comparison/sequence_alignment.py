"""Aligns two sequences in bounded time.

Short sequences get the best alignment by the weights of the pairs. In long sequences, which only a hostile or
a very long page has, the n-th element of a kind pairs with the n-th of that kind where that keeps the order.
"""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final

Pairs = list[tuple[int, int]]

#: Cells of the dynamic programming table for one page at most.
MOST_CELLS: Final = 40_000
#: The greatest weight of a pair; equal fine keys always have it.
FULL: Final = 1_000


@dataclass
class Budget:
    """Table cells that one whole comparison may fill: about one second, even for hostile events."""

    cells: int = 200_000

    def spend(self, cells: int) -> bool:
        """Subtract a table's ``cells`` from the budget; return False, and subtract nothing, if too many."""
        if cells > min(MOST_CELLS, self.cells):
            return False
        self.cells -= cells
        return True


@dataclass(frozen=True, slots=True)
class Keys:
    """A sequence to align: elements with equal ``fine`` keys are the same, with equal ``coarse`` may pair."""

    fine: Sequence[Hashable]
    coarse: Sequence[Hashable]

    def part(self, start: int, stop: int) -> "Keys":
        """The keys from ``start`` up to ``stop``."""
        return Keys(self.fine[start:stop], self.coarse[start:stop])


def align(before: Keys, after: Keys, weight: Callable[[int, int], int], budget: Budget) -> Pairs:
    """Pairs of indexes (i, j), both rising. Equal fine keys weigh FULL, others ``weight(i, j)``.

    Weight 0 never pairs. The table's cells are spent from ``budget``; beyond it, keys pair by kind.
    """
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
        if budget.spend(rows * columns):
            inner = _best(a, b, lambda i, j: weight(start + i, start + j))
        else:
            inner = _quick(a, b)
        pairs += [(start + i, start + j) for i, j in inner]
    return pairs + [(lengths[0] - end + k, lengths[1] - end + k) for k in range(end)]


def _quick(before: Keys, after: Keys) -> Pairs:
    """Pair by fine keys first, and between these anchors by coarse keys; linear in time."""
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
    """The pairs with the greatest sum of weights, by dynamic programming."""
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
    """Pair the n-th element of each kind with the n-th of that kind, in any order."""
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for j, kind in enumerate(after):
        waiting[kind].append(j)
    return [(i, waiting[kind].popleft()) for i, kind in enumerate(before) if waiting.get(kind)]


def rising(pairs: Pairs) -> Pairs:
    """The longest subsequence of ``pairs`` (sorted by i) whose j rise too."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        if length == len(tails):
            tails.append(j)
            ends.append(index)
        else:
            tails[length], ends[length] = j, index
        previous.append(ends[length - 1] if length else -1)
    chosen: Pairs = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = previous[index]
    return chosen[::-1]
