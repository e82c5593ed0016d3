"""A flood: 20,000 events at full speed, while a browser's dashboard follows."""

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from playwright.sync_api import Page, expect

from tests import browsers, services
from tests.bench.bodies import bodies
from tests.bench.goals import BROWSER_DELAY, BROWSER_TASK
from tests.bench.load import post, press
from tests.bench.serving import serving
from tests.bench.table import Row

_EVENTS: Final = 20_000
_BATCH: Final = 50
_TIMEOUT_SECONDS: Final = 60.0

#: Records each long task, and the moment at which the last event's row is first on screen.
_WATCH: Final = """(last) => {
    window.tasks = [];
    const note = (list) => { for (const task of list.getEntries()) tasks.push(task.duration) };
    new PerformanceObserver(note).observe({ type: "longtask" });
    const now = () => performance.timeOrigin + performance.now();
    window.seen = new Promise((resolve) => {
        const look = () => {
            const row = document.getElementById(`event-${last}`);
            const place = row && row.getBoundingClientRect();
            const onScreen = place && place.bottom > 0 && place.top < innerHeight;
            // The next frame begins when this one is painted.
            requestAnimationFrame(onScreen ? () => resolve(now()) : look);
        };
        look();
    }) }"""
#: Resolves to that moment, or to 0 after the timeout.
_SEEN: Final = "(most) => Promise.race([seen, new Promise((over) => setTimeout(over, most, 0))])"


def rows() -> Iterator[Row]:
    """The delay of the newest row after the last commit, and the longest task of the page's main thread."""
    if reason := services.missing("browser"):
        yield Row(BROWSER_DELAY, None, reason)
        yield Row(BROWSER_TASK, None, reason)
        return
    with serving("SQLite") as server, browsers.running_browser() as browser:
        recording = server.new_recording("Flood")
        page = browsers.new_context(browser).new_page()
        page.goto(f"{server.url}/recordings/{recording['key']}/")
        expect(page.locator("#status")).to_have_attribute("data-state", "live")
        page.evaluate(_WATCH, _EVENTS)
        texts = itertools.islice(bodies(_BATCH), _EVENTS // _BATCH)
        requests = post(f"/collect/{recording['capture_key']}", texts)
        with ThreadPoolExecutor(1) as pool:  # the browser's event loop runs in this thread
            pressing = pool.submit(press, server.port, requests, connections=8, seconds=_TIMEOUT_SECONDS)
            outcome, committed = pressing.result(), time.time()
        stored = server.state(recording)["last_seq"]
        yield from _looked(page, committed, f"{stored:,} events in {outcome.seconds:.1f} s")


def _looked(page: Page, committed: float, stored: str) -> Iterator[Row]:
    seen = page.evaluate(_SEEN, _TIMEOUT_SECONDS * 1000) / 1000
    tasks: list[float] = page.evaluate("tasks")
    delay = max(seen - committed, 0) if seen else float("inf")
    yield Row(BROWSER_DELAY, delay, stored)
    long = f"{len(tasks)} tasks over 50 ms, {sum(tasks):,.0f} ms in all"
    yield Row(BROWSER_TASK, max(tasks, default=0), long)
