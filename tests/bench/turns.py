"""Measuring several things in turn, since machines drift: a ratio is the median of the turns' ratios."""

import statistics
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

One = TypeVar("One")
Other = TypeVar("Other")


def in_turn(
    rounds: int, one: Callable[[], One], other: Callable[[], Other], *, warm_up: int = 1
) -> list[tuple[One, Other]]:
    """What both gave in each of the rounds, after ``warm_up`` rounds that do not count."""
    return [(one(), other()) for _ in range(rounds + warm_up)][warm_up:]


def median_ratio(pairs: Iterable[tuple[float, float]]) -> float:
    """The median of first / second."""
    return statistics.median(one / other for one, other in pairs)


def medians(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """The median of the firsts, and that of the seconds."""
    ones, others = zip(*pairs, strict=True)
    return statistics.median(ones), statistics.median(others)


def seconds(run: Callable[[], object]) -> float:
    """How long ``run`` takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
