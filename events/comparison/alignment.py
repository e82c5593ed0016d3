"""Aligns the page visits and the events of two recordings, by page and order.

The two sides are sorted first, so that comparing a with b gives the mirror of comparing b with a.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from events.comparison.sequence_alignment import Budget, Keys, Pairs, align, same_kind
from events.comparison.sides import Visit
from events.comparison.similarity import Content, likeness

_ALIKE = 0.5  # likeness from which two events of one name, elsewhere on one page, count as one moved event
_ALIKE_ELSEWHERE = 0.75  # likeness needed across pages: any two page_views share the visitor's parameters
_MOST_GUESSES = 2_000  # pairs of one event name whose likeness is computed to find moved events


@dataclass(slots=True)
class VisitPair:
    """Indexes of one visit on both sides (None where it is missing) and of its pairs of events.

    ``moved``: the visits come in another order. ``crossed``: pairs of events that come in another order.
    """

    a: int | None
    b: int | None
    moved: bool = False
    events: Pairs = field(default_factory=list)
    crossed: Pairs = field(default_factory=list)


@dataclass(slots=True)
class Alignment:
    """All visits in order; ``elsewhere`` pairs events that are on different pages."""

    visits: list[VisitPair]
    elsewhere: Pairs


@dataclass(frozen=True, slots=True)
class AlignableSide:
    """The visits of a side, and the contents of its events by index."""

    visits: list[Visit]
    contents: list[Content]

    def digests(self, visit: Visit) -> list[bytes]:
        """The digests of the visit's events."""
        return [self.contents[index].digest for index in visit.events]

    def order(self) -> list[tuple[str, list[bytes]]]:
        """The sort key of a side: the paths and digests of its visits."""
        return [(visit.path, self.digests(visit)) for visit in self.visits]


def align_sides(a: AlignableSide, b: AlignableSide) -> Alignment:
    """The best alignment of ``a`` with ``b``; that of ``b`` with ``a`` is its mirror."""
    if b.order() < a.order():
        return _mirror(_align(b, a))
    return _align(a, b)


def _align(a: AlignableSide, b: AlignableSide) -> Alignment:
    budget = Budget()
    visits = _visits(a, b, budget)
    for pair in visits:
        if pair.a is not None and pair.b is not None:
            _events(pair, a, b, budget)
    paired = {i for pair in visits for i, _ in pair.events + pair.crossed}
    rest_a = [i for visit in a.visits for i in visit.events if i not in paired]
    paired = {j for pair in visits for _, j in pair.events + pair.crossed}
    rest_b = [j for visit in b.visits for j in visit.events if j not in paired]
    return Alignment(visits, _moved(rest_a, rest_b, a, b, _ALIKE_ELSEWHERE))


def _mirror(alignment: Alignment) -> Alignment:
    visits = [
        VisitPair(pair.b, pair.a, pair.moved, _turned(pair.events), _turned(pair.crossed))
        for pair in alignment.visits
    ]
    return Alignment(visits, _turned(alignment.elsewhere))


def _turned(pairs: Pairs) -> Pairs:
    return sorted((j, i) for i, j in pairs)


def _visits(a: AlignableSide, b: AlignableSide, budget: Budget) -> list[VisitPair]:
    keys = _visit_keys(a), _visit_keys(b)
    names = [[frozenset(side.digests(visit)) for visit in side.visits] for side in (a, b)]

    def weight(i: int, j: int) -> int:
        if a.visits[i].shape != b.visits[j].shape:
            return 0
        every = len(names[0][i] | names[1][j]) or 1
        like = 300 * len(names[0][i] & names[1][j]) // every
        return (600 if a.visits[i].path == b.visits[j].path else 300) + like

    straight = align(*keys, weight, budget)
    paired = {i for i, _ in straight}, {j for _, j in straight}
    rest = (
        [i for i in range(len(a.visits)) if i not in paired[0]],
        [j for j in range(len(b.visits)) if j not in paired[1]],
    )
    crossed = []
    for key in ("fine", "coarse"):
        first, second = ([getattr(keys[side], key)[index] for index in rest[side]] for side in (0, 1))
        found = [(rest[0][i], rest[1][j]) for i, j in same_kind(first, second)]
        crossed += found
        paired = {i for i, _ in found}, {j for _, j in found}
        rest = [i for i in rest[0] if i not in paired[0]], [j for j in rest[1] if j not in paired[1]]
    return _in_order(straight, crossed, len(a.visits), len(b.visits))


def _visit_keys(side: AlignableSide) -> Keys:
    fine = [(visit.path, tuple(side.digests(visit))) for visit in side.visits]
    return Keys(fine, [visit.path for visit in side.visits])


def _in_order(straight: Pairs, crossed: Pairs, count_a: int, count_b: int) -> list[VisitPair]:
    """All visits in the first side's order; a visit of b alone follows the visit that precedes it in b."""
    partner = dict(crossed)
    crossed_b = set(partner.values())
    visits: list[VisitPair] = []
    i = j = 0
    for to_i, to_j in [*straight, (count_a, count_b)]:
        visits += [VisitPair(index, partner.get(index), index in partner) for index in range(i, to_i)]
        visits += [VisitPair(None, index) for index in range(j, to_j) if index not in crossed_b]
        if to_i < count_a:
            visits.append(VisitPair(to_i, to_j))
        i, j = to_i + 1, to_j + 1
    return visits


def _events(pair: VisitPair, a: AlignableSide, b: AlignableSide, budget: Budget) -> None:
    """Pair the events of one visit: first in order, then the remaining ones in any order."""
    assert pair.a is not None
    assert pair.b is not None
    events_a, events_b = a.visits[pair.a].events, b.visits[pair.b].events

    def weight(i: int, j: int) -> int:
        one, other = a.contents[events_a[i]], b.contents[events_b[j]]
        return 100 + int(500 * likeness(one, other)) if one.name == other.name else 0

    found = align(_event_keys(events_a, a), _event_keys(events_b, b), weight, budget)
    pair.events = [(events_a[i], events_b[j]) for i, j in found]
    paired = {i for i, _ in pair.events}, {j for _, j in pair.events}
    rest_a, rest_b = [i for i in events_a if i not in paired[0]], [j for j in events_b if j not in paired[1]]
    pair.crossed = _moved(rest_a, rest_b, a, b, _ALIKE)


def _event_keys(indexes: Sequence[int], side: AlignableSide) -> Keys:
    contents = [side.contents[index] for index in indexes]
    return Keys([content.digest for content in contents], [content.name for content in contents])


def _moved(rest_a: list[int], rest_b: list[int], a: AlignableSide, b: AlignableSide, alike: float) -> Pairs:
    """Pair the remaining events: first those with equal contents, then the most alike of each event name."""
    found = same_kind([a.contents[i].digest for i in rest_a], [b.contents[j].digest for j in rest_b])
    pairs = [(rest_a[i], rest_b[j]) for i, j in found]
    paired = {i for i, _ in pairs}, {j for _, j in pairs}
    by_name: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for i in rest_a:
        if i not in paired[0]:
            by_name[a.contents[i].name][0].append(i)
    for j in rest_b:
        if j not in paired[1]:
            by_name[b.contents[j].name][1].append(j)
    for events_a, events_b in by_name.values():
        if len(events_a) * len(events_b) <= _MOST_GUESSES:
            pairs += _most_alike(events_a, events_b, a, b, alike)
    return sorted(pairs)


def _most_alike(
    events_a: list[int], events_b: list[int], a: AlignableSide, b: AlignableSide, alike: float
) -> Pairs:
    weighed = sorted((-likeness(a.contents[i], b.contents[j]), i, j) for i in events_a for j in events_b)
    pairs: Pairs = []
    paired_a: set[int] = set()
    paired_b: set[int] = set()
    for like, i, j in weighed:
        if -like >= alike and i not in paired_a and j not in paired_b:
            pairs.append((i, j))
            paired_a.add(i)
            paired_b.add(j)
    return pairs
