"""Compares two recordings: aligns their events and lists what was added, lost, moved and changed.

Pure (no Django, no I/O), except for ``from_file`` and ``from_recording``, which read the two sides.
"""

from events.comparison.compare import Aligned, align, apply_rules, compare
from events.comparison.difference import Change, Difference, EventRow, PageRow
from events.comparison.rules import BadRule, Rule
from events.comparison.sides import PageInfo, Side

__all__ = [
    "Aligned",
    "BadRule",
    "Change",
    "Difference",
    "EventRow",
    "PageInfo",
    "PageRow",
    "Rule",
    "Side",
    "align",
    "apply_rules",
    "compare",
]
