"""A difference as the compare page shows it: pages with rows, filtered, and a part of them at a time."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from events.comparison.as_text import row_words
from events.comparison.difference import KINDS, Change, Difference, EventRow, Kind, PageRow
from events.comparison.value_diff import type_name
from events.verdict.findings import shorten
from events.verdict.pointer import dotted

#: Rows of the first paint and of each step further.
ROWS: Final = 100
_MOST_LINES: Final = 200  # of one event; the API has them all
_SIGNS: Final = {"added": "+", "lost": "−", "retyped": "≠", "changed": "~", "moved": "↕"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person wants to see: kinds of difference and event names (none: all), also what is the same."""

    kinds: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    everything: bool = False
    ignored: bool = False

    def wants(self, row: EventRow) -> bool:
        """Whether the row is to be shown."""
        if self.names and row.name not in self.names:
            return False
        if self.kinds:
            return not self.kinds.isdisjoint(row.kinds)
        return bool(self.everything or row.kinds or (self.ignored and row.ignored))


@dataclass(frozen=True, slots=True)
class Line:
    """One place that differs, as text. ``types``: "string → number" where the type changed."""

    sign: str
    kind: str
    name: str
    before: str
    after: str
    types: str
    ignored: bool


@dataclass(slots=True)
class ShownRow:
    """One event on both sides, with the lines that its disclosure holds."""

    row: EventRow
    words: str
    lines: list[Line]
    more: int

    @property
    def mark(self) -> str:
        """The gravest kind of its difference, which names its sign and colour."""
        kinds = self.row.kinds
        return kinds[0] if kinds else "same"

    @property
    def opens(self) -> bool:
        """Whether there is more to see of it than the row."""
        return bool(self.lines or self.row.gained or self.row.lost)


@dataclass(slots=True)
class Block:
    """One visit of a page with the rows of it that are shown here; ``differ``: how many of all do."""

    page: PageRow
    differ: int
    rows: list[ShownRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the blocks; ``next``: the offset to go on from, None at the end; ``total`` rows in all."""

    blocks: list[Block]
    next: int | None
    total: int


def part_of(difference: Difference, chosen: Chosen, offset: int = 0) -> Part:
    """The blocks with the rows from ``offset`` on."""
    found = list(_chosen(difference, chosen))
    blocks: list[Block] = []
    for page, row in found[offset : offset + ROWS]:
        if not blocks or blocks[-1].page is not page:
            blocks.append(Block(page, sum(bool(each.kinds) for each in page.rows)))
        if row is not None:
            blocks[-1].rows.append(_shown(row, chosen))
    end = offset + ROWS
    return Part(blocks, end if end < len(found) else None, len(found))


def kind_counts(difference: Difference) -> list[tuple[Kind, int]]:
    """Each kind of difference that there is, with its number of events."""
    counted = Counter(kind for row in difference.rows() for kind in row.kinds)
    return [(kind, counted[kind]) for kind in KINDS if counted[kind]]


def name_counts(difference: Difference) -> list[tuple[str, int]]:
    """The names of events that differ, the most frequent first."""
    counted = Counter(row.name for row in difference.rows() if row.kinds)
    return counted.most_common(200)


def _chosen(difference: Difference, chosen: Chosen) -> Iterator[tuple[PageRow, EventRow | None]]:
    """The rows to show; None stands for a page of which there is nothing else to tell."""
    for page in difference.pages:
        rows = [row for row in page.rows if chosen.wants(row)]
        yield from ((page, row) for row in rows)
        if not rows and page.state != "same" and not chosen.kinds and not chosen.names:
            yield page, None


def _shown(row: EventRow, chosen: Chosen) -> ShownRow:
    lines = [_line(change, ignored=False) for change in row.changes[:_MOST_LINES]]
    if chosen.ignored:
        lines += [_line(change, ignored=True) for change in row.ignored[:_MOST_LINES]]
    return ShownRow(row, row_words(row, named=True), lines, max(len(row.changes) - _MOST_LINES, 0))


def _line(change: Change, *, ignored: bool) -> Line:
    types = ""
    if change.kind == "retyped":
        types = f"{type_name(change.before)} → {type_name(change.after)}"
    before = "" if change.kind == "added" else shorten(change.before)
    after = "" if change.kind == "lost" else shorten(change.after)
    name = dotted(change.path) or "(all parameters)"
    return Line(_SIGNS[change.kind], change.kind, name, before, after, types, ignored)
