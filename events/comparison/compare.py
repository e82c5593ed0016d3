"""Compares two sides: aligns their events, finds what differs in each pair, then applies ignore rules."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from events.comparison.alignment import AlignableSide, Alignment, VisitPair, align_sides
from events.comparison.difference import Difference, EventRow, Head, Muted, PageRow
from events.comparison.proposals import Proposal, propose
from events.comparison.rules import Rule
from events.comparison.sides import ComparedEvent, Side, Visit, contents_of, path_of, visits_of
from events.comparison.value_diff import Found, differences
from events.verdict.findings import FindingKey
from events.verdict.muting import groups_in
from events.verdict.pointer import tokens_of


@dataclass(slots=True)
class _Pair:
    """One event on both sides with everything that differs, before ignore rules are applied."""

    a: Head | None
    b: Head | None
    moved: bool
    found: Found
    gained: list[FindingKey]
    lost: list[FindingKey]
    delivery: tuple[str, str] | None


@dataclass(slots=True)
class _Page:
    visit_a: Visit | None
    visit_b: Visit | None
    moved: bool
    pairs: list[_Pair]


@dataclass(slots=True)
class Aligned:
    """Two aligned recordings before ignore rules; ``proposals`` are rules that their values suggest."""

    pages: list[_Page]
    proposals: list[Proposal]
    compared: tuple[int, int]
    cut: tuple[bool, bool]
    other_edition: bool
    muted: Muted


def compare(a: Side, b: Side, rules: Sequence[Rule] = (), *, automatic: bool = True) -> Difference:
    """The difference between ``a`` and ``b`` under ``rules``; with ``automatic`` under proposed rules too."""
    return apply_rules(align(a, b), rules, automatic=automatic)


def align(a: Side, b: Side) -> Aligned:
    """Align the events of both sides and find everything that differs.

    What is muted on one side is muted on both: else what one side alone shows would count as different.
    """
    muted = a.muted | b.muted
    (a, muted_a), (b, muted_b) = a.under(muted), b.under(muted)
    sides = AlignableSide(visits_of(a), contents_of(a)), AlignableSide(visits_of(b), contents_of(b))
    alignment = align_sides(*sides)
    pages = _Pages(a, b, sides, alignment).all()
    pairs = [pair for page in pages for pair in page.pairs if pair.a and pair.b]
    proposals = propose(
        ((pair.a.name, pair.found.changes) for pair in pairs if pair.a),
        Counter(pair.a.name for pair in pairs if pair.a),
    )
    editions = bool(a.edition and b.edition and a.edition != b.edition)
    counted = Muted(tuple(groups_in(muted)), muted_a, muted_b)
    return Aligned(pages, proposals, (len(a.events), len(b.events)), (a.cut, b.cut), editions, counted)


def apply_rules(aligned: Aligned, rules: Sequence[Rule] = (), *, automatic: bool = True) -> Difference:
    """The difference with ``rules`` in force; with ``automatic`` the proposed rules are in force too."""
    proposed = [proposal.rule for proposal in aligned.proposals] if automatic else []
    in_force = list(dict.fromkeys([*rules, *proposed]))
    pages = [
        PageRow(
            *_page_facts(page.visit_a, page.visit_b),
            page.moved,
            _frame(page),
            [_row(pair, in_force) for pair in page.pairs],
        )
        for page in aligned.pages
    ]
    return Difference(
        pages,
        in_force,
        aligned.proposals,
        *aligned.compared,
        *aligned.cut,
        other_edition=aligned.other_edition,
        muted=aligned.muted,
    )


def _page_facts(a: Visit | None, b: Visit | None) -> tuple[str, str, str | None, str | None]:
    shown = a or b
    assert shown is not None
    return shown.path, shown.title or (b.title if b else ""), a.url if a else None, b.url if b else None


def _frame(page: _Page) -> bool:
    return any(visit.frame for visit in (page.visit_a, page.visit_b) if visit)


def _row(pair: _Pair, rules: Sequence[Rule]) -> EventRow:
    row = EventRow(pair.a, pair.b, pair.moved, delivery=pair.delivery)
    if pair.a is None or pair.b is None:
        return row
    for change in pair.found.changes:
        over = any(rule.passes_over(row.name, change) for rule in rules)
        (row.ignored if over else row.changes).append(change)
    silent = [rule for rule in rules if rule.kind == "presence" and rule.event in ("", row.name)]
    row.gained = [one for one in pair.gained if not any(rule.covers(one.path) for rule in silent)]
    row.lost = [one for one in pair.lost if not any(rule.covers(one.path) for rule in silent)]
    explained = bool(pair.gained or pair.lost) and not (row.gained or row.lost)
    if pair.a.verdict != pair.b.verdict and not explained:
        row.verdict = (pair.a.verdict, pair.b.verdict)
    return row


def _delivery_comparable(a: Side, b: Side) -> bool:
    """Whether both sides observed requests and one saw any; else a delivery that differs means nothing."""
    seen = [{event["delivery"] for event in side.events} & {"sent", "unsent"} for side in (a, b)]
    return all(seen) and any("sent" in one for one in seen)


class _Pages:
    """Builds the pages with their pairs of events from the alignment."""

    def __init__(
        self, a: Side, b: Side, sides: tuple[AlignableSide, AlignableSide], alignment: Alignment
    ) -> None:
        self.a, self.b = a, b
        self.delivery_comparable = _delivery_comparable(a, b)
        self.visits = sides[0].visits, sides[1].visits
        self.alignment = alignment
        self.elsewhere = dict(alignment.elsewhere)
        self.from_elsewhere = set(self.elsewhere.values())
        self.paths = [_paths(visits) for visits in self.visits]

    def all(self) -> list[_Page]:
        """All visits in order, each with its pairs of events in order."""
        return [self._page(pair) for pair in self.alignment.visits]

    def _page(self, pair: VisitPair) -> _Page:
        visit_a = self.visits[0][pair.a] if pair.a is not None else None
        visit_b = self.visits[1][pair.b] if pair.b is not None else None
        events_a, events_b = visit_a.events if visit_a else [], visit_b.events if visit_b else []
        crossed = dict(pair.crossed)
        moved_b = set(crossed.values()) | self.from_elsewhere
        pairs: list[_Pair] = []
        at_a = at_b = 0
        ends = {i: n for n, i in enumerate(events_a)}, {j: n for n, j in enumerate(events_b)}
        stops = [(ends[0][i], ends[1][j]) for i, j in pair.events]
        for to_a, to_b in [*stops, (len(events_a), len(events_b))]:
            for i in events_a[at_a:to_a]:
                other = crossed.get(i, self.elsewhere.get(i))
                pairs.append(self._pair(i, other, moved=other is not None))
            pairs += [self._pair(None, j) for j in events_b[at_b:to_b] if j not in moved_b]
            if to_a < len(events_a) and to_b < len(events_b):
                pairs.append(self._pair(events_a[to_a], events_b[to_b]))
            at_a, at_b = to_a + 1, to_b + 1
        return _Page(visit_a, visit_b, pair.moved, pairs)

    def _pair(self, i: int | None, j: int | None, *, moved: bool = False) -> _Pair:
        one = self.a.events[i] if i is not None else None
        other = self.b.events[j] if j is not None else None
        heads = (
            _head(one, self.paths[0].get(i, "")) if one is not None and i is not None else None,
            _head(other, self.paths[1].get(j, "")) if other is not None and j is not None else None,
        )
        if one is None or other is None:
            return _Pair(*heads, moved, Found(), [], [], None)
        found = differences(*_comparable(one, other))
        before, after = _findings(one, None), _findings(other, found)
        sent = one["delivery"], other["delivery"]
        delivery = sent if self.delivery_comparable and all(sent) and sent[0] != sent[1] else None
        return _Pair(
            *heads,
            moved,
            found,
            list((after - before).elements()),
            list((before - after).elements()),
            delivery,
        )


def _paths(visits: list[Visit]) -> dict[int, str]:
    return {index: visit.path for visit in visits for index in visit.events}


def _head(event: ComparedEvent, path: str) -> Head:
    return Head(
        event["seq"],
        event["event_name"],
        event["verdict"],
        path or path_of(event["page_url"]),
        event["delivery"],
    )


def _findings(event: ComparedEvent, found: Found | None) -> "Counter[FindingKey]":
    return Counter(
        FindingKey(each["severity"], each["code"], found.as_before(each["path"]) if found else each["path"])
        for each in event["findings"]
    )


def _comparable(one: ComparedEvent, other: ComparedEvent) -> tuple[Any, Any]:
    """The parameters of both events; without automatic ones where the request of one event was not seen."""
    a, b = one["effective"], other["effective"]
    if one["sent"] is None or other["sent"] is None:
        a, b = _without(a, one["automatic"], b), _without(b, other["automatic"], a)
    return a, b


def _without(params: Any, automatic: list[str], others: Any) -> Any:
    """``params`` without the ``automatic`` paths (JSON Pointers) that ``others`` do not hold."""
    for path in automatic:
        steps = tokens_of(path)
        if steps and not _has(others, steps):
            params = _dropped(params, steps)
    return params


def _has(value: Any, steps: list[str]) -> bool:
    for step in steps:
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True


def _dropped(value: Any, steps: list[str]) -> Any:
    if not isinstance(value, dict) or steps[0] not in value:
        return value
    copy = dict(value)
    if len(steps) == 1:
        del copy[steps[0]]
    else:
        copy[steps[0]] = _dropped(copy[steps[0]], steps[1:])
    return copy
