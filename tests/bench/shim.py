"""Cost of the page-side script: the main thread's time for one purchase, and bytes on the wire.

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

from inspector.script.page_script import small_script
from tests import browsers, services
from tests.bench.bodies import purchase
from tests.bench.goals import SCRIPT_CALL, SCRIPT_CORE, SCRIPT_LATER, SCRIPT_SERVED, Goal
from tests.bench.table import Row
from tests.servers import Server
from tests.shim_cases import STUB, script
from tests.shim_host import Site
from tests.waiting import wait_for

_CALLS: Final = 100  # in a batch, posted before the next one: the script's queue holds 500
_WARM_UP: Final = 10  # rounds until the browser has compiled the code
_ROUNDS: Final = 15
_FIRST_CALLS: Final = 7  # page loads

# The clock of a cross-origin isolated page has a resolution of 5 microseconds, that of other pages 100.
_ISOLATED: Final = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
#: The same work as the stub's, without the script: a push into another queue.
_PLAIN: Final = "const aside = []; function plain() { aside.push(arguments) }"
_BATCH: Final = """([text, count, withShim]) => {
    const many = Array.from({ length: count }, () => JSON.parse(text));
    const start = performance.now();
    if (withShim) for (const params of many) cact('trigger', 'purchase', params);
    else for (const params of many) plain('trigger', 'purchase', params);
    return (performance.now() - start) * 1000 / count }"""


class _Cost(NamedTuple):
    """Microseconds for one event: ``call`` until it returns, ``later`` of the main thread's later work."""

    call: float
    later: float


def rows() -> Iterator[Row]:
    """Two rows for the time, two for the size of the script."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.start()
        try:
            recording = server.new_recording("Bench")
            yield from _times(server, recording)
            served = server.client.get(_path(recording)).raise_for_status().content
        finally:
            server.stop()
    yield _size(SCRIPT_CORE, small_script(()).encode())
    yield _size(SCRIPT_SERVED, served)


def _size(goal: Goal, source: bytes) -> Row:
    return Row(goal, len(gzip.compress(source, 9)), f"{len(source):,} bytes unpacked")


def _times(server: Server, recording: dict[str, Any]) -> Iterator[Row]:
    if reason := services.missing("browser"):
        yield Row(SCRIPT_CALL, None, reason)
        yield Row(SCRIPT_LATER, None, reason)
        return
    text = json.dumps(purchase(), separators=(",", ":"))
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
    call = f"{ours.call:.1f} us with it, a page's first call {first:.0f}"
    yield Row(SCRIPT_CALL, ours.call - plain.call, call, f"{plain.call:.1f} us without it")
    yield Row(
        SCRIPT_LATER,
        ours.later - plain.later,
        f"{ours.later:.0f} us with it",
        f"{plain.later:.0f} us without it",
    )


def _path(recording: dict[str, Any]) -> str:
    return f"/shim/{recording['capture_key']}.js"


def _first_call(browser: Browser, site: Site, text: str) -> float:
    """Microseconds of a page's first call, the client's part included, before code is compiled."""
    page = _open(browser, site)
    took: float = page.evaluate(_BATCH, [text, 1, True])
    page.context.close()
    return took


def _warm(
    browser: Browser, site: Site, server: Server, recording: dict[str, Any], text: str
) -> tuple[_Cost, _Cost]:
    """The median costs with the script and without it."""
    page = _open(browser, site)
    debugger = page.context.new_cdp_session(page)
    debugger.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy() -> float:
        """Microseconds of processor time of the main thread so far."""
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
