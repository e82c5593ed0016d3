"""The table of ``make bench`` names each declared goal, measured or not."""

from collections.abc import Iterator

import pytest

from tests.bench import goals
from tests.bench.__main__ import BENCHMARKS
from tests.bench.goals import GOALS, Goal
from tests.bench.table import Row, complete, show

AT_MOST = Goal("speed", "a ratio bounded from above", "<=", 2, "x the yardstick")
AT_LEAST = Goal("speed", "a share bounded from below", ">=", 100, "%")


def declared() -> Iterator[Goal]:
    """Every goal that the module has a name for, alone or in a family."""
    for value in vars(goals).values():
        family = value.values() if isinstance(value, dict) else [value]
        yield from (each for each in family if isinstance(each, Goal))


def test_each_goal_with_a_name_is_in_the_list_once() -> None:
    named = list(declared())
    assert set(named) == set(GOALS)
    assert len(GOALS) == len(set(GOALS)) == len(named) == len({goal.what for goal in GOALS})


def test_each_goal_belongs_to_a_benchmark_and_each_benchmark_has_one() -> None:
    assert {goal.benchmark for goal in GOALS} == set(BENCHMARKS)


@pytest.mark.parametrize("measured", [[], [Row(GOALS[3], 1, "a figure")]], ids=["no row", "one row"])
def test_the_table_names_each_goal_in_the_order_of_the_list(measured: list[Row]) -> None:
    lines = show(complete(measured, GOALS)).splitlines()[1:]
    assert [line.partition("  ")[0] for line in lines] == [goal.what for goal in GOALS]


def test_a_goal_without_a_row_is_missed() -> None:
    rows = complete([Row(AT_LEAST, 100, "all")], [AT_MOST, AT_LEAST])
    assert [row.met for row in rows] == [False, True]
    assert "SHORT" in show(rows).splitlines()[1]


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row(AT_MOST, 2, "on the bound"), True),
        (Row(AT_MOST, 2.01, "above it"), False),
        (Row(AT_MOST, 1, "unsound", sound=False), False),
        (Row(AT_MOST, None, "no browser"), None),
        (Row(AT_LEAST, 100, "on the bound"), True),
        (Row(AT_LEAST, 99.9, "below it"), False),
    ],
)
def test_a_bound_is_met_from_its_side(row: Row, met: bool | None) -> None:
    assert row.met is met


def test_the_table_says_why_a_goal_was_not_measured() -> None:
    line = show([Row(AT_MOST, None, "no browser")]).splitlines()[1]
    assert "no browser" in line
    assert line.endswith("not measured")
