"""Dashboards without a browser, in a process of their own: report received rows, order and delay.

Run as ``python -m tests.bench.watch <ws address> <how many> <rows or bodies>``; a line ``{"last": 1200}`` on
standard input says how many events there are in all, and the answer on standard output is a report of each
dashboard. ``bodies`` are those of a bare consumer (``bare/pushing.py``).
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.client import connect

from tests.bench.frames import BodyFrames, Frames, RowFrames

_KINDS: Final[dict[str, type[RowFrames | BodyFrames]]] = {"rows": RowFrames, "bodies": BodyFrames}
_TIMEOUT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Report:
    """The report of one dashboard: rows, whether each came once and in order, milliseconds after the post."""

    rows: int
    in_order: bool
    late: list[float]


class Watchers:
    """The process that runs the dashboards."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def reports(self, last: int) -> list[Report]:
        """The reports, once every dashboard has received all events up to ``last`` (a minute at most)."""
        answer, _ = self._process.communicate(
            json.dumps({"last": last}) + "\n", timeout=_TIMEOUT_SECONDS + 20
        )
        return [Report(**report) for report in json.loads(answer)]


@contextmanager
def watching(ws_url: str, recording: dict[str, Any], count: int) -> Iterator[Watchers]:
    """Run ``count`` dashboards of the recording, all connected and following."""
    with _watchers(f"{ws_url}/ws/recordings/{recording['key']}/", count, "rows") as watchers:
        yield watchers


@contextmanager
def watching_bare(port: int, count: int) -> Iterator[Watchers]:
    """Run ``count`` sockets of the bare consumer, all connected."""
    with _watchers(f"ws://127.0.0.1:{port}/", count, "bodies") as watchers:
        yield watchers


@contextmanager
def _watchers(url: str, count: int, kind: str) -> Iterator[Watchers]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.watch", url, str(count), kind],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "watching\n"
        yield Watchers(process)
    finally:
        process.kill()
        process.wait(timeout=10)


async def _watch(url: str, frames: Frames, state: dict[str, int], ready: asyncio.Event) -> Report:
    async with connect(url, max_size=None, compression=None) as socket:
        if frames.opening:
            await socket.send(frames.opening)
        deadline = time.monotonic() + 600
        while frames.cursor < state.get("last", sys.maxsize) and time.monotonic() < deadline:
            try:
                async with asyncio.timeout(0.5):
                    text = await socket.recv()
            except TimeoutError:
                deadline = min(deadline, state.get("deadline", deadline))
                continue
            assert isinstance(text, str)
            ready.set()
            if answer := frames.take(text):
                await socket.send(answer)
    in_order = frames.numbers == list(range(1, len(frames.numbers) + 1))
    return Report(len(frames.numbers), in_order, frames.late)


async def _main(url: str, count: int, kind: str) -> None:
    state: dict[str, int] = {}
    readies = [asyncio.Event() for _ in range(count)]
    tasks = [asyncio.create_task(_watch(url, _KINDS[kind](), state, ready)) for ready in readies]
    for ready in readies:
        await asyncio.wait_for(ready.wait(), 20)
    sys.stdout.write("watching\n")
    sys.stdout.flush()
    state |= json.loads(await asyncio.to_thread(sys.stdin.readline))
    state["deadline"] = int(time.monotonic()) + _TIMEOUT_SECONDS
    reports = await asyncio.gather(*tasks)
    sys.stdout.write(json.dumps([asdict(report) for report in reports]))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
