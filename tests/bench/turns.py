"""Measures two functions in alternating rounds, since a machine's speed drifts; ratios are medians."""

import statistics
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

One = TypeVar("One")
Other = TypeVar("Other")


def in_turn(
    rounds: int, one: Callable[[], One], other: Callable[[], Other], *, warm_up: int = 1
) -> list[tuple[One, Other]]:
    """The results of both functions in each round, after ``warm_up`` uncounted rounds."""
    return [(one(), other()) for _ in range(rounds + warm_up)][warm_up:]


def median_ratio(pairs: Iterable[tuple[float, float]]) -> float:
    """The median of the rounds' ratios first / second."""
    return statistics.median(one / other for one, other in pairs)


def medians(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """The medians of the first and of the second values."""
    ones, others = zip(*pairs, strict=True)
    return statistics.median(ones), statistics.median(others)


def seconds(run: Callable[[], object]) -> float:
    """The seconds that ``run`` takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
