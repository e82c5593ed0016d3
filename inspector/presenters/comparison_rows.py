"""The rows of the compare page: a difference grouped by page, filtered, in batches."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from events.comparison.as_text import row_words
from events.comparison.difference import KINDS, Change, Difference, EventRow, Kind, PageRow
from events.comparison.value_diff import type_name
from events.verdict.findings import shorten
from events.verdict.pointer import dotted

#: Rows of the first paint, and of each later batch.
ROWS: Final = 100
_MOST_LINES: Final = 200  # of one event; the API returns all
_SIGNS: Final = {"added": "+", "lost": "−", "retyped": "≠", "changed": "~", "moved": "↕"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filter of the page: kinds of difference, event names (none: all), whether equal rows show."""

    kinds: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    everything: bool = False
    ignored: bool = False

    def wants(self, row: EventRow) -> bool:
        """True where the row passes the filter."""
        if self.names and row.name not in self.names:
            return False
        if self.kinds:
            return not self.kinds.isdisjoint(row.kinds)
        return bool(self.everything or row.kinds or (self.ignored and row.ignored))


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One changed value, as text. ``types``: "string → number" where its type changed."""

    sign: str
    kind: str
    name: str
    before: str
    after: str
    types: str
    ignored: bool


@dataclass(slots=True)
class ShownRow:
    """One event on both sides, with its changed values; ``more`` counts those left out."""

    row: EventRow
    words: str
    lines: list[ChangeLine]
    more: int

    @property
    def mark(self) -> str:
        """The gravest kind of difference, which decides the row's sign and colour."""
        kinds = self.row.kinds
        return kinds[0] if kinds else "same"

    @property
    def opens(self) -> bool:
        """True where the row has details to open."""
        return bool(self.lines or self.row.gained or self.row.lost)


@dataclass(slots=True)
class PageBlock:
    """One page visit with its rows in this batch; ``differ`` counts the differing rows of the whole visit."""

    page: PageRow
    differ: int
    rows: list[ShownRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Consecutive rows, grouped by page; ``next``: offset of the next batch or None; ``total``: all rows."""

    blocks: list[PageBlock]
    next: int | None
    total: int


def batch_of(difference: Difference, chosen: Chosen, offset: int = 0) -> RowBatch:
    """The batch of rows that begins at ``offset``."""
    found = list(_chosen(difference, chosen))
    blocks: list[PageBlock] = []
    for page, row in found[offset : offset + ROWS]:
        if not blocks or blocks[-1].page is not page:
            blocks.append(PageBlock(page, sum(bool(each.kinds) for each in page.rows)))
        if row is not None:
            blocks[-1].rows.append(_shown(row, chosen))
    end = offset + ROWS
    return RowBatch(blocks, end if end < len(found) else None, len(found))


def kind_counts(difference: Difference) -> list[tuple[Kind, int]]:
    """The kinds of difference that occur, each with its number of events."""
    counted = Counter(kind for row in difference.rows() for kind in row.kinds)
    return [(kind, counted[kind]) for kind in KINDS if counted[kind]]


def name_counts(difference: Difference) -> list[tuple[str, int]]:
    """The names of differing events with their counts, the most frequent first."""
    counted = Counter(row.name for row in difference.rows() if row.kinds)
    return counted.most_common(200)


def _chosen(difference: Difference, chosen: Chosen) -> Iterator[tuple[PageRow, EventRow | None]]:
    """The rows that pass the filter, each with its page; None for a differing page without such a row."""
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


def _line(change: Change, *, ignored: bool) -> ChangeLine:
    types = ""
    if change.kind == "retyped":
        types = f"{type_name(change.before)} → {type_name(change.after)}"
    before = "" if change.kind == "added" else shorten(change.before)
    after = "" if change.kind == "lost" else shorten(change.after)
    name = dotted(change.path) or "(all parameters)"
    return ChangeLine(_SIGNS[change.kind], change.kind, name, before, after, types, ignored)
