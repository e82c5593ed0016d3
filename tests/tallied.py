"""Compares a recording's tallies with its events. Needs Django set up."""

from collections import Counter
from typing import Any

from events.models import Recording
from events.store.tallies import FINDINGS_COLUMNS
from events.verdict import read_findings
from events.verdict.groups import numbers_of

Sums = Counter[tuple[str, str, int, str]]


def recounted(recording: Recording) -> Sums:
    """What the tallies must hold: by name, verdict, gravest and column, without zeros."""
    sums: Sums = Counter()
    for event in recording.events.all():
        key = event.name, event.verdict, event.gravest
        sums[*key, "count"] += 1
        numbers = numbers_of(read_findings(event.findings)) if event.gravest > 0 else ()
        for column, number in zip(FINDINGS_COLUMNS, numbers, strict=False):
            sums[*key, column] += number
    return +sums


def tallied(recording: Recording) -> Sums:
    """What the tallies hold, likewise."""
    held: dict[tuple[str, str, int, str], Any] = {
        (row.name, row.verdict, row.gravest, column): getattr(row, column)
        for row in recording.tallies.all()
        for column in ("count", *FINDINGS_COLUMNS)
    }
    return +Counter(held)
