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
#: What the stub does, past the script: into a queue of its own.
_PLAIN: Final = "const aside = []; function plain() { aside.push(arguments) }"
_BATCH: Final = """([text, count, withShim]) => {
    const many = Array.from({ length: count }, () => JSON.parse(text));
    const start = performance.now();
    if (withShim) for (const params of many) cact('trigger', 'purchase', params);
    else for (const params of many) plain('trigger', 'purchase', params);
    return (performance.now() - start) * 1000 / count }"""


class _Cost(NamedTuple):
    """Microseconds for one event: until its call returns, and of the main thread's later work on it."""

    call: float
    later: float


def rows() -> Iterator[Row]:
    """One row for the time, one for the size."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.start()
        try:
            recording = server.new_recording("Bench")
            yield _time_row(server, recording)
            yield _size_row(server, recording)
        finally:
            server.stop()


def _size_row(server: Server, recording: dict[str, Any]) -> Row:
    served = server.client.get(_path(recording)).raise_for_status().content
    size = len(gzip.compress(served, 9))
    goal = f"<= {_GOAL_BYTES:,} bytes"
    ratio = size / _GOAL_BYTES
    return Row("the script as served, gzip -9", goal, f"{size:,} bytes", f"{ratio:.2f}", ratio <= 1)


def _time_row(server: Server, recording: dict[str, Any]) -> Row:
    text = json.dumps(purchase(reference.load()), separators=(",", ":"))
    what = f"the script's part in a purchase of {len(text) / 1000:.1f} KB, until cact() returns"
    goal = f"<= {_GOAL_MICROSECONDS} us"
    if reason := services.missing("browser"):
        return Row(what, goal, reason, "", None)
    site = Site()
    site.headers = _ISOLATED
    shim = f"<script src='{server.url}{_path(recording)}'></script>"
    site.files["/shop.html"] = f"<!doctype html>{STUB}{script(_PLAIN)}{shim}"
    try:
        with browsers.running_browser() as browser:
            ours, plain = _warm(browser, site, server, recording, text)
            first = statistics.median(_first_call(browser, site, text) for _ in range(_FIRST_CALLS))
    finally:
        site.down()
    cost, later = ours.call - plain.call, ours.later - plain.later
    figure = f"{cost:.1f} us on top of {plain.call:.1f}; later, to send it, {later:.0f}; cold {first:.0f}"
    ratio = cost / _GOAL_MICROSECONDS
    return Row(what, goal, figure, f"{ratio:.2f}", ratio <= 1)


def _path(recording: dict[str, Any]) -> str:
    return f"/shim/{recording['capture_key']}.js"


def _first_call(browser: Browser, site: Site, text: str) -> float:
    """Microseconds of a page's first call, client and all, where nothing is compiled yet."""
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
    debugger.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy() -> float:
        """Microseconds of processor time that the main thread has had so far."""
        metrics = debugger.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration") * 1e6

    stored: int = server.state(recording)["last_seq"]

    def round_(with_shim: bool) -> _Cost:
        nonlocal stored
        start = busy()
        call: float = page.evaluate(_BATCH, [text, _CALLS, with_shim])
        stored += _CALLS * with_shim
        wait_for("all events", lambda: server.state(recording)["last_seq"] >= stored)
        page.evaluate("caReady.length = aside.length = 0")
        return _Cost(call, (busy() - start) / _CALLS - call)

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
