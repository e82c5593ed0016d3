"""The result of a comparison: pages with rows of aligned events, each with what differs."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from events.comparison.proposals import Proposal
from events.comparison.rules import Rule
from events.comparison.value_diff import Change
from events.verdict.findings import FindingKey

Kind = Literal["added", "missing", "moved", "parameters", "verdict", "findings", "delivery"]

#: What may differ about an event, in the order of display.
KINDS: Final[tuple[Kind, ...]] = (
    "missing",
    "added",
    "moved",
    "verdict",
    "findings",
    "parameters",
    "delivery",
)

__all__ = ["KINDS", "Change", "Difference", "EventRow", "Head", "Kind", "PageRow"]


class Head(NamedTuple):
    """One side of a row: the event's sequence number, name, verdict, page path and delivery."""

    seq: int
    name: str
    verdict: str
    page: str
    delivery: str


@dataclass(slots=True)
class EventRow:
    """One event before (``a``) and after (``b``); None on the side that does not have it.

    ``changes`` are the parameters that differ, ``ignored`` those that a rule passes over. ``gained`` and
    ``lost`` are findings of b alone and of a alone. ``verdict`` and ``delivery`` are (before, after), None
    where they are equal.
    """

    a: Head | None
    b: Head | None
    moved: bool = False
    changes: list[Change] = field(default_factory=list)
    ignored: list[Change] = field(default_factory=list)
    gained: list[FindingKey] = field(default_factory=list)
    lost: list[FindingKey] = field(default_factory=list)
    verdict: tuple[str, str] | None = None
    delivery: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """The event's name, equal on both sides."""
        head = self.a or self.b
        return head.name if head else ""

    @property
    def kinds(self) -> list[Kind]:
        """What differs, in the order of KINDS; empty where nothing does."""
        if self.a is None or self.b is None:
            return ["missing" if self.b is None else "added"]
        differs: dict[Kind, object] = {
            "moved": self.moved,
            "verdict": self.verdict,
            "findings": self.gained or self.lost,
            "parameters": self.changes,
            "delivery": self.delivery,
        }
        return [kind for kind in KINDS if differs.get(kind)]


@dataclass(slots=True)
class PageRow:
    """One visit of a page, on both sides or on one. ``moved``: the visits come in another order.

    ``path`` and ``title`` are those of the first side with the visit; ``url_a`` and ``url_b`` are whole URLs.
    ``frame``: the page was inside a frame.
    """

    path: str
    title: str
    url_a: str | None
    url_b: str | None
    moved: bool
    frame: bool
    rows: list[EventRow]

    @property
    def state(self) -> Literal["same", "added", "missing", "moved"]:
        """Whether the visit is on both sides, in b alone (added), in a alone (missing), or moved."""
        if self.url_a is None or self.url_b is None:
            return "missing" if self.url_b is None else "added"
        return "moved" if self.moved else "same"


class Muted(NamedTuple):
    """The groups of findings that are muted, and how many findings of each recording that leaves out."""

    groups: tuple[str, ...]
    a: int
    b: int


@dataclass(slots=True)
class Difference:
    """The whole comparison of ``a`` with ``b``.

    ``rules`` were in force; ``proposals`` are rules that the values suggest. ``compared_a`` and
    ``compared_b`` count the compared events; ``cut_a`` and ``cut_b``: that recording has more events.
    """

    pages: list[PageRow]
    rules: list[Rule]
    proposals: list[Proposal]
    compared_a: int
    compared_b: int
    cut_a: bool
    cut_b: bool
    other_edition: bool
    muted: "Muted"

    def rows(self) -> Iterator[EventRow]:
        """Yield each aligned event in order."""
        for page in self.pages:
            yield from page.rows

    @property
    def same(self) -> bool:
        """Whether nothing differs, except what the rules pass over."""
        return not any(row.kinds for row in self.rows()) and all(page.state == "same" for page in self.pages)

    def counts(self) -> dict[str, int]:
        """Counts of differing events by kind, of values and pages by kind, and of ignored differences."""
        kinds: Counter[str] = Counter()
        values: Counter[str] = Counter()
        ignored = differing = 0
        for row in self.rows():
            differs = row.kinds
            kinds.update(differs)
            differing += bool(differs)
            values.update(change.kind for change in row.changes)
            ignored += len(row.ignored)
        pages = Counter(page.state for page in self.pages)
        return {
            **{kind: kinds[kind] for kind in KINDS},
            "events": differing,
            **{f"values_{kind}": values[kind] for kind in ("added", "lost", "retyped", "changed", "moved")},
            **{f"pages_{state}": pages[state] for state in ("added", "missing", "moved")},
            "ignored": ignored,
        }
