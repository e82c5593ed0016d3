"""Events in: posted, judged, stored and acknowledged after the commit, with one dashboard open.

The inspector and a bare Daphne (which only answers) take turns under the same load, since machines drift; the
ratio is the median of the turns' ratios.
"""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.bench.bare import bare_daphne
from tests.bench.bodies import bodies
from tests.bench.load import Outcome, post, press
from tests.bench.table import Row
from tests.bench.watch import watching
from tests.servers import Server

_ROUNDS: Final = 5
_SECONDS: Final = 3.0
_CONNECTIONS: Final = 32
_GOAL_RATIO: Final = 0.6
_GOAL_P99: Final = 40.0
_GOAL_BATCHED: Final = 15_000
_BATCH: Final = 50


def rows() -> Iterator[Row]:
    """Single events against bare Daphne, their slowest hundredth, batches, and what the dashboard saw."""
    with tempfile.TemporaryDirectory() as folder, bare_daphne() as yardstick:
        server = Server(Path(folder))
        server.start()
        try:
            recording = server.new_recording("Bench")
            yield _batched(server, server.new_recording("Batches"))
            with watching(server.ws_url, recording, 1) as dashboard:
                yield from _single(server, recording, yardstick)
                stored = server.state(recording)["last_seq"]
                seen = dashboard.reports(stored)[0]
            figure = f"{seen.rows:,} of {stored:,}, {'in order' if seen.in_order else 'NOT in order'}"
            met = seen.rows == stored and seen.in_order
            yield Row("rows that reached the open dashboard", "100 %, in order", figure, "", met)
        finally:
            server.stop()


def _single(server: Server, recording: dict[str, Any], yardstick: int) -> Iterator[Row]:
    ours: list[Outcome] = []
    bare: list[Outcome] = []
    path = f"/collect/{recording['capture_key']}"
    for turn in range(_ROUNDS + 1):
        pair = (_press(yardstick, path, 1), _press(server.port, path, 1))
        if turn:  # the first one warms up
            bare.append(pair[0])
            ours.append(pair[1])
    ratio = statistics.median(mine.rate / theirs.rate for mine, theirs in zip(ours, bare, strict=True))
    rates = [statistics.median(outcome.rate for outcome in side) for side in (ours, bare)]
    refused = sum(outcome.refused for outcome in ours)
    figure = f"{rates[0]:,.0f} a second against {rates[1]:,.0f}" + f", {refused} refused" * bool(refused)
    goal = f">= {_GOAL_RATIO} x bare Daphne"
    yield Row(
        "single 2 KB events at /collect", goal, figure, f"{ratio:.2f}", ratio >= _GOAL_RATIO and not refused
    )
    slowest = statistics.median(outcome.percentile(0.99) for outcome in ours)
    bare_slowest = statistics.median(outcome.percentile(0.99) for outcome in bare)
    yield Row(
        f"the same, p99 at {_CONNECTIONS} connections",
        f"<= {_GOAL_P99:.0f} ms",
        f"{slowest:.1f} ms (bare {bare_slowest:.1f})",
        f"{slowest / _GOAL_P99:.2f}",
        slowest <= _GOAL_P99,
    )


def _batched(server: Server, recording: dict[str, Any]) -> Row:
    path = f"/collect/{recording['capture_key']}"
    outcomes = [_press(server.port, path, _BATCH) for _ in range(3)]
    rate = statistics.median(outcome.rate for outcome in outcomes) * _BATCH
    refused = sum(outcome.refused for outcome in outcomes)
    figure = f"{rate:,.0f} events a second" + f", {refused} refused" * bool(refused)
    goal = f">= {_GOAL_BATCHED:,} events a second"
    ratio = rate / _GOAL_BATCHED
    return Row(f"posts of {_BATCH} events", goal, figure, f"{ratio:.2f}", ratio >= 1 and not refused)


def _press(port: int, path: str, events: int) -> Outcome:
    return press(port, post(path, bodies(events)), connections=_CONNECTIONS, seconds=_SECONDS)
