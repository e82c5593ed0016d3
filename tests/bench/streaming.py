"""Streaming: the delay of rows at dashboards, and their completeness under load.

The delay is compared with that of a bare consumer over the same channel layer under the same load.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx

from tests import services
from tests.bench.bare import bare_daphne
from tests.bench.bodies import bodies
from tests.bench.goals import FLOOD_MEMORY, FLOOD_REACHED, FRAME_DELAY, LAYERS, VIEWERS
from tests.bench.load import post, press
from tests.bench.table import Row
from tests.bench.watch import Report, watching, watching_bare
from tests.memory import resident
from tests.servers import Server

_RATE: Final = 100  # events a second
_SECONDS: Final = 6
_WARM_UP: Final = 100  # events
_FLOOD_SECONDS: Final = 3.0
_FLOOD_VIEWERS: Final = 10


class _Delay(NamedTuple):
    """Milliseconds from post to frame over all dashboards; whether each received every row in order."""

    p50: float
    p95: float
    whole: bool

    def __str__(self) -> str:
        return f"p50 {self.p50:.1f}, p95 {self.p95:.1f} ms" + "; NOT all rows" * (not self.whole)


def rows() -> Iterator[Row]:
    """Delays with 1, 10 and 50 dashboards on both channel layers; completeness and memory in a flood."""
    for layer in LAYERS:
        if layer == "redis" and (reason := services.missing("redis")):
            goals = [*(FRAME_DELAY[layer, viewers] for viewers in VIEWERS)]
            yield from (
                Row(goal, None, reason) for goal in [*goals, FLOOD_REACHED[layer], FLOOD_MEMORY[layer]]
            )
            continue
        redis_url = services.redis_url() if layer == "redis" else ""
        with tempfile.TemporaryDirectory() as folder, bare_daphne("pushing", redis_url) as bare:
            server = Server(Path(folder), REDIS_URL=redis_url)
            server.start()
            try:
                for viewers in VIEWERS:
                    yield _compared(server, bare, layer, viewers)
                yield from _flood(server, layer)
            finally:
                server.stop()


def _compared(server: Server, bare: int, layer: str, viewers: int) -> Row:
    recording = server.new_recording("Steady")
    with watching_bare(bare, viewers) as sockets:
        count = _post_steadily(f"http://127.0.0.1:{bare}", "/")
        yardstick = _delay(sockets.reports(count), count)
    with watching(server.ws_url, recording, viewers) as dashboards:
        count = _post_steadily(server.url, f"/collect/{recording['capture_key']}")
        delay = _delay(dashboards.reports(count), count)
    more = delay.p95 - yardstick.p95
    return Row(FRAME_DELAY[layer, viewers], more, str(delay), str(yardstick), sound=delay.whole)


def _delay(reports: list[Report], count: int) -> _Delay:
    late = sorted(each for report in reports for each in report.late[_WARM_UP:]) or [float("inf")]
    whole = all(report.rows == count and report.in_order for report in reports)
    return _Delay(statistics.median(late), late[int(len(late) * 0.95)], whole)


def _post_steadily(url: str, path: str) -> int:
    """Post at a steady rate, each event when it is due, even while earlier ones are unanswered."""
    texts = bodies(1)
    count = _WARM_UP + _RATE * _SECONDS
    with httpx.Client(base_url=url, trust_env=False) as client, ThreadPoolExecutor(4) as pool:
        start = time.perf_counter()
        answers = []
        for number in range(count):
            time.sleep(max(start + number / _RATE - time.perf_counter(), 0))
            answers.append(pool.submit(client.post, path, content=next(texts)))
        for answer in answers:
            answer.result().raise_for_status()
    return count


def _flood(server: Server, layer: str) -> Iterator[Row]:
    """Post batches of 50 at full speed while many dashboards follow; measure completeness and memory."""
    recording = server.new_recording("Flood")
    with watching(server.ws_url, recording, _FLOOD_VIEWERS) as dashboards:
        _press(server, recording)
        before = resident(server.pid)
        _press(server, recording)
        stored = server.state(recording)["last_seq"]
        reports = dashboards.reports(stored)
    after = resident(server.pid)
    fewest = min(report.rows for report in reports)
    in_order = all(report.in_order for report in reports)
    figure = f"{fewest:,} of {stored:,}, {'in order' if in_order else 'NOT in order'}"
    yield Row(FLOOD_REACHED[layer], 100 * fewest / stored, figure, sound=in_order)
    yield Row(FLOOD_MEMORY[layer], after / before, f"{after / 1e6:.0f} MB", f"{before / 1e6:.0f} MB")


def _press(server: Server, recording: dict[str, Any]) -> None:
    path = f"/collect/{recording['capture_key']}"
    press(server.port, post(path, bodies(50)), connections=8, seconds=_FLOOD_SECONDS)
