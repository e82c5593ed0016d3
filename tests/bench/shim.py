"""What the page-side script costs a page: time on its main thread for one purchase, and bytes on the wire.

The same calls with and without the script run in alternating rounds in one page, since machines drift.
"""

import gzip
import json
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from playwright.sync_api import Browser, Page

from events import reference
from tests import browsers, services
from tests.bench.judging import purchase
from tests.bench.table import Row
from tests.servers import Server
from tests.shim_cases import STUB, script
from tests.shim_host import Site
from tests.waiting import wait_for

_CALLS: Final = 100  # in a batch, sent before the next one: the script keeps 500
_WARM_UP: Final = 10  # rounds until the browser has compiled what it will compile
_ROUNDS: Final = 15
_FIRST_CALLS: Final = 7  # page loads
_GOAL_MICROSECONDS: Final = 50
_GOAL_BYTES: Final = 6_144

# An isolated page has a clock of 5 microseconds, any other one of 100.
_ISOLATED: Final = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
_BATCH: Final = """([text, count, withShim]) => {
    const many = Array.from({ length: count }, () => JSON.parse(text));
    const start = performance.now();
    if (withShim) for (const params of many) cact('trigger', 'purchase', params);
    else for (const params of many) plain('trigger', 'purchase', params);
    return (performance.now() - start) * 1000 / count }"""


class _Cost(NamedTuple):
    """Microseconds for one call: until it returns, and all that the main thread does for it, sending too."""

    call: float
    all: float


def rows() -> Iterator[Row]:
    """One row for the call, one for all that follows from it, one for the size."""
    text = json.dumps(purchase(reference.load()), separators=(",", ":"))
    what = f"cact('trigger', 'purchase', {len(text) / 1000:.1f} KB)"
    goal = f"<= {_GOAL_MICROSECONDS} us"
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.start()
        try:
            recording = server.new_recording("Bench")
            served = server.client.get(f"/shim/{recording['capture_key']}.js").raise_for_status().text
            yield from _time_rows(server, recording, text, what, goal)
        finally:
            server.stop()
    size = len(gzip.compress(served.encode(), 9))
    yield _row(
        "the script as served, gzip -9", f"<= {_GOAL_BYTES:,} bytes", f"{size:,} bytes", size / _GOAL_BYTES
    )


def _time_rows(server: Server, recording: dict[str, Any], text: str, what: str, goal: str) -> Iterator[Row]:
    if reason := services.missing("browser"):
        yield Row(what, goal, reason, "", None)
        return
    site = Site()
    site.headers = _ISOLATED
    shim = f"<script src='{server.url}/shim/{recording['capture_key']}.js'></script>"
    site.files["/shop.html"] = f"<!doctype html>{STUB}{script('const plain = cact')}{shim}"
    try:
        with browsers.running_browser() as browser:
            first = statistics.median(_first_call(browser, site, text) for _ in range(_FIRST_CALLS))
            cost, plain = _warm(browser, site, server, recording, text)
    finally:
        site.down()
    call, all_ = cost.call - plain.call, cost.all - plain.all
    figure = f"{call:.1f} us on top of {plain.call:.1f} us; the first call of a page {first:.0f} us"
    yield _row(f"{what}: until it returns", goal, figure, call / _GOAL_MICROSECONDS)
    figure = f"{all_:.1f} us on top of {plain.all:.1f} us"
    yield _row(f"{what}: all of the main thread, sending too", goal, figure, all_ / _GOAL_MICROSECONDS)


def _first_call(browser: Browser, site: Site, text: str) -> float:
    """Microseconds of the first call of a page, in a profile that has compiled nothing yet."""
    page = _open(browser, site)
    took: float = page.evaluate(_BATCH, [text, 1, True])
    page.context.close()
    return took


def _warm(
    browser: Browser, site: Site, server: Server, recording: dict[str, Any], text: str
) -> tuple[_Cost, _Cost]:
    """The medians with the script and without it."""
    page = _open(browser, site)
    debugger = page.context.new_cdp_session(page)
    debugger.send("Performance.enable")

    def busy() -> float:
        """Microseconds that the main thread has worked so far."""
        metrics = debugger.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration") * 1e6

    stored: int = server.state(recording)["last_seq"]

    def round_(with_shim: bool) -> _Cost:
        nonlocal stored
        start = busy()
        call: float = page.evaluate(_BATCH, [text, _CALLS, with_shim])
        stored += _CALLS * with_shim
        wait_for("all events", lambda: server.state(recording)["last_seq"] >= stored)
        page.evaluate("caReady.length = 0")
        return _Cost(call, (busy() - start) / _CALLS)

    rounds = [(round_(True), round_(False)) for _ in range(_WARM_UP + _ROUNDS)][_WARM_UP:]
    page.context.close()
    ours, theirs = zip(*rounds, strict=True)
    return _median(ours), _median(theirs)


def _open(browser: Browser, site: Site) -> Page:
    page = browsers.new_context(browser).new_page()
    page.goto(site.url("/shop.html"))
    assert page.evaluate("crossOriginIsolated && cact !== plain"), "the page has no fine clock or no script"
    return page


def _median(costs: tuple[_Cost, ...]) -> _Cost:
    return _Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))


def _row(what: str, goal: str, figure: str, ratio: float) -> Row:
    return Row(what, goal, figure, f"{ratio:.2f}", ratio <= 1)
