"""The result table of a benchmark run: a row for each goal, measured or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tests.bench.goals import Goal

_HEAD: Final = ("what", "goal", "got", "measured", "yardstick", "")
_VERDICTS: Final = {True: "ok", False: "SHORT", None: "not measured"}


@dataclass(frozen=True, slots=True)
class Row:
    """The result of one goal.

    ``got`` is in the goal's unit, or None where it could not be measured and ``measured`` says why. A row
    that is not ``sound`` (requests were refused, rows are missing) misses its goal whatever it got.
    """

    goal: Goal
    got: float | None
    measured: str
    yardstick: str = ""
    sound: bool = True

    @property
    def met(self) -> bool | None:
        """True where the goal was met; None where it could not be measured."""
        return None if self.got is None else self.sound and self.goal.is_met_by(self.got)

    def cells(self) -> tuple[str, ...]:
        """The row's texts, in the order of the table's columns."""
        got = "" if self.got is None else _shown(self.got)
        return self.goal.what, str(self.goal), got, self.measured, self.yardstick, _VERDICTS[self.met]


def complete(rows: Iterable[Row], goals: Iterable[Goal]) -> list[Row]:
    """A row for each of ``goals`` in order; a goal without one in ``rows`` is missed."""
    by_goal = {row.goal: row for row in rows}
    return [
        by_goal.get(goal, Row(goal, float("nan"), "the benchmark ended without this row", sound=False))
        for goal in goals
    ]


def show(rows: Iterable[Row]) -> str:
    """The rows as aligned text under a header."""
    lines: list[Sequence[str]] = [_HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _shown(got: float) -> str:
    """A number with three significant digits; from 100 on, a whole number."""
    return f"{got:,.0f}" if abs(got) >= 100 else f"{got:.3g}"
