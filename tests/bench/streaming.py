"""Events out: how soon a row is at a dashboard, and whether every row gets there, whatever the load."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import httpx

from tests import services
from tests.bench.bodies import bodies, timed_bodies
from tests.bench.load import post, press
from tests.bench.table import Row
from tests.bench.watch import Report, watching
from tests.memory import resident
from tests.servers import Server

_GOAL_P95: Final = 25.0
_RATE: Final = 100  # events a second
_SECONDS: Final = 6
_WARM_UP: Final = 100  # events
_FLOOD_SECONDS: Final = 3.0
_VIEWERS: Final = (1, 10, 50)
_GOAL_GROWTH: Final = 1.25
_LAYERS: Final = ("memory", "redis")


def rows() -> Iterator[Row]:
    """Delay with 1, 10 and 50 dashboards on both channel layers, completeness in a flood, memory."""
    for layer in _LAYERS:
        if layer == "redis" and (reason := services.missing("redis")):
            yield Row("rows over Redis", "as in memory", reason, "", None)
            continue
        with tempfile.TemporaryDirectory() as folder:
            environment = {"REDIS_URL": services.redis_url()} if layer == "redis" else {}
            server = Server(Path(folder), **environment)
            server.start()
            try:
                for viewers in _VIEWERS:
                    yield _steady(server, layer, viewers)
                yield from _flood(server, layer, _VIEWERS[1])
            finally:
                server.stop()


def _steady(server: Server, layer: str, viewers: int) -> Row:
    recording = server.new_recording("Steady")
    with watching(server.ws_url, recording, viewers) as dashboards:
        count = _post_steadily(server, recording)
        reports = dashboards.reports(count)
    late = sorted(each for report in reports for each in report.late[_WARM_UP:])
    p95 = late[int(len(late) * 0.95)] if late else float("inf")
    whole = all(report.rows == count and report.in_order for report in reports)
    figure = f"p50 {statistics.median(late):.1f} ms, p95 {p95:.1f} ms" if late else "nothing arrived"
    figure += "" if whole else f"; NOT all rows: {min(report.rows for report in reports)} of {count}"
    what = f"post to frame, {_RATE} events a second, {viewers} open, {layer}"
    goal = f"p95 <= {_GOAL_P95:.0f} ms"
    return Row(what, goal, figure, f"{p95 / _GOAL_P95:.2f}", whole and p95 <= _GOAL_P95)


def _post_steadily(server: Server, recording: dict[str, Any]) -> int:
    """Post at the steady rate, each event when it is due whether or not the last one was answered."""
    texts = timed_bodies()
    path = f"/collect/{recording['capture_key']}"
    count = _WARM_UP + _RATE * _SECONDS
    with httpx.Client(base_url=server.url, trust_env=False) as client, ThreadPoolExecutor(4) as pool:
        start = time.perf_counter()
        answers = []
        for number in range(count):
            time.sleep(max(start + number / _RATE - time.perf_counter(), 0))
            answers.append(pool.submit(client.post, path, content=next(texts)))
        for answer in answers:
            answer.result().raise_for_status()
    return count


def _flood(server: Server, layer: str, viewers: int) -> Iterator[Row]:
    """As fast as it goes in, in posts of 50, with many watching: all rows arrive, and memory stays flat."""
    recording = server.new_recording("Flood")
    path = f"/collect/{recording['capture_key']}"
    with watching(server.ws_url, recording, viewers) as dashboards:
        press(server.port, post(path, bodies(50)), connections=8, seconds=_FLOOD_SECONDS)
        before = resident(server.pid)
        press(server.port, post(path, bodies(50)), connections=8, seconds=_FLOOD_SECONDS)
        stored = server.state(recording)["last_seq"]
        reports = dashboards.reports(stored)
    growth = resident(server.pid) / before
    yield Row(
        f"rows that reach {viewers} dashboards in a flood, {layer}",
        "100 %, in order",
        _told(reports, stored),
        "",
        all(report.rows == stored and report.in_order for report in reports),
    )
    figure = f"{before / 1e6:.0f} MB, then x {growth:.2f}"
    yield Row(
        f"the server's memory in that flood, {layer}",
        f"<= {_GOAL_GROWTH} x",
        figure,
        f"{growth / _GOAL_GROWTH:.2f}",
        growth <= _GOAL_GROWTH,
    )


def _told(reports: list[Report], stored: int) -> str:
    fewest = min(report.rows for report in reports)
    return f"{fewest:,} of {stored:,}, {'' if all(report.in_order for report in reports) else 'NOT '}in order"
