"""Which visit and which event of one side is which of the other: by page and order.

Both sides are put into an order of their own first, so that comparing a with b and b with a sees the same.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from events.comparison.sequence_alignment import Budget, Keys, Pairs, align, same_kind
from events.comparison.sides import Visit
from events.comparison.similarity import Content, likeness

_ALIKE = 0.5  # from here on two events of one name that stand elsewhere are one that moved
_ALIKE_ELSEWHERE = 0.75  # the same on another page: a page_view there shares the visitor already
_MOST_GUESSES = 2_000  # pairs of one name that are weighed for having moved


@dataclass(slots=True)
class VisitPair:
    """A visit on both sides or on one (None), and its pairs of events. ``moved``: in another order."""

    a: int | None
    b: int | None
    moved: bool = False
    events: Pairs = field(default_factory=list)
    crossed: Pairs = field(default_factory=list)


@dataclass(slots=True)
class Alignment:
    """All visits in order, and the pairs of events that stand on different pages."""

    visits: list[VisitPair]
    elsewhere: Pairs


@dataclass(frozen=True, slots=True)
class Prepared:
    """A side's visits and what its events hold."""

    visits: list[Visit]
    contents: list[Content]

    def digests(self, visit: Visit) -> list[bytes]:
        """The digests of the visit's events."""
        return [self.contents[index].digest for index in visit.events]

    def order(self) -> list[tuple[str, list[bytes]]]:
        """What decides which of two sides is looked at first."""
        return [(visit.path, self.digests(visit)) for visit in self.visits]


def align_sides(a: Prepared, b: Prepared) -> Alignment:
    """The best alignment of ``a`` with ``b``; that of ``b`` with ``a`` is its mirror."""
    if b.order() < a.order():
        return _mirror(_align(b, a))
    return _align(a, b)


def _align(a: Prepared, b: Prepared) -> Alignment:
    budget = Budget()
    visits = _visits(a, b, budget)
    for pair in visits:
        if pair.a is not None and pair.b is not None:
            _events(pair, a, b, budget)
    taken = {i for pair in visits for i, _ in pair.events + pair.crossed}
    rest_a = [i for visit in a.visits for i in visit.events if i not in taken]
    taken = {j for pair in visits for _, j in pair.events + pair.crossed}
    rest_b = [j for visit in b.visits for j in visit.events if j not in taken]
    return Alignment(visits, _moved(rest_a, rest_b, a, b, _ALIKE_ELSEWHERE))


def _mirror(alignment: Alignment) -> Alignment:
    visits = [
        VisitPair(pair.b, pair.a, pair.moved, _turned(pair.events), _turned(pair.crossed))
        for pair in alignment.visits
    ]
    return Alignment(visits, _turned(alignment.elsewhere))


def _turned(pairs: Pairs) -> Pairs:
    return sorted((j, i) for i, j in pairs)


def _visits(a: Prepared, b: Prepared, budget: Budget) -> list[VisitPair]:
    keys = _visit_keys(a), _visit_keys(b)
    names = [[frozenset(side.digests(visit)) for visit in side.visits] for side in (a, b)]

    def weight(i: int, j: int) -> int:
        if a.visits[i].shape != b.visits[j].shape:
            return 0
        every = len(names[0][i] | names[1][j]) or 1
        like = 300 * len(names[0][i] & names[1][j]) // every
        return (600 if a.visits[i].path == b.visits[j].path else 300) + like

    straight = align(*keys, weight, budget)
    gone = {i for i, _ in straight}, {j for _, j in straight}
    rest = (
        [i for i in range(len(a.visits)) if i not in gone[0]],
        [j for j in range(len(b.visits)) if j not in gone[1]],
    )
    crossed = []
    for key in ("fine", "coarse"):
        first, second = ([getattr(keys[side], key)[place] for place in rest[side]] for side in (0, 1))
        found = [(rest[0][i], rest[1][j]) for i, j in same_kind(first, second)]
        crossed += found
        gone = {i for i, _ in found}, {j for _, j in found}
        rest = [i for i in rest[0] if i not in gone[0]], [j for j in rest[1] if j not in gone[1]]
    return _in_order(straight, crossed, len(a.visits), len(b.visits))


def _visit_keys(side: Prepared) -> Keys:
    fine = [(visit.path, tuple(side.digests(visit))) for visit in side.visits]
    return Keys(fine, [visit.path for visit in side.visits])


def _in_order(straight: Pairs, crossed: Pairs, count_a: int, count_b: int) -> list[VisitPair]:
    """All visits: those of the first side in its order, what only the second has in between where it was."""
    partner = dict(crossed)
    there = set(partner.values())
    visits: list[VisitPair] = []
    i = j = 0
    for to_i, to_j in [*straight, (count_a, count_b)]:
        visits += [VisitPair(place, partner.get(place), place in partner) for place in range(i, to_i)]
        visits += [VisitPair(None, place) for place in range(j, to_j) if place not in there]
        if to_i < count_a:
            visits.append(VisitPair(to_i, to_j))
        i, j = to_i + 1, to_j + 1
    return visits


def _events(pair: VisitPair, a: Prepared, b: Prepared, budget: Budget) -> None:
    """Pair the events of one visit: in order first, then what stands elsewhere on the page."""
    assert pair.a is not None
    assert pair.b is not None
    ours, theirs = a.visits[pair.a].events, b.visits[pair.b].events

    def weight(i: int, j: int) -> int:
        one, other = a.contents[ours[i]], b.contents[theirs[j]]
        return 100 + int(500 * likeness(one, other)) if one.name == other.name else 0

    found = align(_event_keys(ours, a), _event_keys(theirs, b), weight, budget)
    pair.events = [(ours[i], theirs[j]) for i, j in found]
    gone = {i for i, _ in pair.events}, {j for _, j in pair.events}
    rest_a, rest_b = [i for i in ours if i not in gone[0]], [j for j in theirs if j not in gone[1]]
    pair.crossed = _moved(rest_a, rest_b, a, b, _ALIKE)


def _event_keys(places: Sequence[int], side: Prepared) -> Keys:
    contents = [side.contents[place] for place in places]
    return Keys([content.digest for content in contents], [content.name for content in contents])


def _moved(rest_a: list[int], rest_b: list[int], a: Prepared, b: Prepared, alike: float) -> Pairs:
    """Of what is left, the pairs that hold the same, then by name the pairs that are most alike."""
    found = same_kind([a.contents[i].digest for i in rest_a], [b.contents[j].digest for j in rest_b])
    pairs = [(rest_a[i], rest_b[j]) for i, j in found]
    gone = {i for i, _ in pairs}, {j for _, j in pairs}
    by_name: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for i in rest_a:
        if i not in gone[0]:
            by_name[a.contents[i].name][0].append(i)
    for j in rest_b:
        if j not in gone[1]:
            by_name[b.contents[j].name][1].append(j)
    for ours, theirs in by_name.values():
        if len(ours) * len(theirs) <= _MOST_GUESSES:
            pairs += _most_alike(ours, theirs, a, b, alike)
    return sorted(pairs)


def _most_alike(ours: list[int], theirs: list[int], a: Prepared, b: Prepared, alike: float) -> Pairs:
    weighed = sorted((-likeness(a.contents[i], b.contents[j]), i, j) for i in ours for j in theirs)
    pairs: Pairs = []
    gone_a: set[int] = set()
    gone_b: set[int] = set()
    for like, i, j in weighed:
        if -like >= alike and i not in gone_a and j not in gone_b:
            pairs.append((i, j))
            gone_a.add(i)
            gone_b.add(j)
    return pairs
