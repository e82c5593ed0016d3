"""Dashboards without a browser, in a process of their own: what arrives at them, in which order, how late.

Run as ``python -m tests.bench.watch <ws address> <how many>``; a line ``{"last": 1200}`` on standard
input says how many events there are in all, and the answer on standard output is a report of each dashboard.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.client import connect

_ROW: Final = re.compile(r'id="event-(\d+)"')
_CURSOR: Final = re.compile(r"&quot;cursor&quot;:(\d+)")
_FRAME: Final = re.compile(r' data-frame="(\d+)"')
#: An event's own moment, as its row shows it: the load writes the time of posting there.
_MOMENT: Final = re.compile(r'<time datetime="[^"]*">(\d\d):(\d\d):(\d\d)\.(\d{3})</time> <span class="name"')
_PATIENCE_SECONDS: Final = 60
_DAY_MILLISECONDS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Report:
    """What one dashboard saw: rows, whether each came once and in order, milliseconds after posting."""

    rows: int
    in_order: bool
    late: list[float]


class Watchers:
    """The process with the dashboards."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def reports(self, last: int) -> list[Report]:
        """Wait until every dashboard has looked at everything up to ``last`` (a minute at most)."""
        answer, _ = self._process.communicate(
            json.dumps({"last": last}) + "\n", timeout=_PATIENCE_SECONDS + 20
        )
        return [Report(**report) for report in json.loads(answer)]


@contextmanager
def watching(ws_url: str, recording: dict[str, Any], count: int) -> Iterator[Watchers]:
    """``count`` dashboards of the recording, all connected and following."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.bench.watch",
            f"{ws_url}/ws/recordings/{recording['key']}/",
            str(count),
        ],
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


async def _watch(url: str, state: dict[str, int], ready: asyncio.Event) -> Report:
    rows: list[int] = []
    late: list[float] = []
    async with connect(url, max_size=None, compression=None) as socket:
        await socket.send(json.dumps({"follow": {"after": 0, "query": "", "epoch": 1}}))
        deadline, cursor = time.monotonic() + 600, 0
        while cursor < state.get("last", sys.maxsize) and time.monotonic() < deadline:
            try:
                async with asyncio.timeout(0.5):
                    text = await socket.recv()
            except TimeoutError:
                deadline = min(deadline, state.get("deadline", deadline))
                continue
            assert isinstance(text, str)
            now = time.time() * 1000 % _DAY_MILLISECONDS
            await socket.send(json.dumps({"ack": _number(_FRAME, text)}))
            ready.set()
            rows += map(int, _ROW.findall(text))
            for hours, minutes, seconds, part in _MOMENT.findall(text):
                posted = ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(part)
                late.append((now - posted) % _DAY_MILLISECONDS)
            cursor = _number(_CURSOR, text)
    return Report(len(rows), rows == list(range(1, len(rows) + 1)), late)


def _number(pattern: "re.Pattern[str]", text: str) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0


async def _main(url: str, count: int) -> None:
    state: dict[str, int] = {}
    readies = [asyncio.Event() for _ in range(count)]
    tasks = [asyncio.create_task(_watch(url, state, ready)) for ready in readies]
    for ready in readies:
        await asyncio.wait_for(ready.wait(), 20)
    sys.stdout.write("watching\n")
    sys.stdout.flush()
    state |= json.loads(await asyncio.to_thread(sys.stdin.readline))
    state["deadline"] = int(time.monotonic()) + _PATIENCE_SECONDS
    reports = await asyncio.gather(*tasks)
    sys.stdout.write(json.dumps([asdict(report) for report in reports]))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2])))
