"""Cost of session replay: the main thread's processor time until the first snapshot is posted, and bytes.

The same page is loaded with the switch on and off in turn, since machines drift.
"""

import gzip
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser

from tests import browsers, services
from tests.bench.goals import STRIP_BYTES, STRIP_TIME
from tests.bench.table import Row
from tests.servers import Server
from tests.shim_cases import STUB
from tests.shim_host import Site
from tests.strips import players, switch
from tests.waiting import wait_for

_ELEMENTS: Final = 2_000  # a large shop page
_ROUNDS: Final = 7
_CARD: Final = "<div class='card'><p>Winter coat, size {0}</p><a href='/coat/{0}'>more</a><b>{0}.00</b></div>"


def rows() -> Iterator[Row]:
    """One row for the time, one for the size of the recorder's script."""
    if reason := services.missing("browser") or services.missing("strip"):
        yield Row(STRIP_TIME, None, reason)
        yield Row(STRIP_BYTES, None, reason)
        return
    with tempfile.TemporaryDirectory() as folder:
        server, site = Server(Path(folder)), Site()
        server.start()
        try:
            cost, plain = _costs(server, site)
            source = server.client.get("/shim/strip.js").content
        finally:
            server.stop()
            site.down()
    yield Row(STRIP_TIME, cost, f"{cost + plain:.0f} ms with it", f"{plain:.0f} ms without it")
    yield Row(STRIP_BYTES, len(gzip.compress(source, 9)), f"{len(source):,} bytes unpacked")


def _costs(server: Server, site: Site) -> tuple[float, float]:
    """Additional milliseconds with replay on, and milliseconds with replay off."""
    recording, plain = server.new_recording(), server.new_recording()
    switch(server, recording, strip="on")
    cards = "".join(_CARD.format(number) for number in range(_ELEMENTS // 4))
    for name, one in (("on", recording), ("off", plain)):
        script = f"<script src='{one['urls']['shim']}'></script>{STUB}"
        site.files[f"/{name}.html"] = f"<!doctype html><title>Coats</title>{script}<body>{cards}"
    with browsers.running_browser() as browser:
        pairs = [
            (_load(browser, server, site, "on", recording), _load(browser, server, site, "off", None))
            for _ in range(_ROUNDS)
        ]
    without = statistics.median(off for _, off in pairs)
    return statistics.median(on for on, _ in pairs) - without, without


def _load(browser: Browser, server: Server, site: Site, name: str, recorded: dict[str, Any] | None) -> float:
    """Milliseconds of processor time of one page load, until its work is done."""
    before = len(players(server, recorded)) if recorded else 0
    context = browsers.new_context(browser)
    page = context.new_page()
    debugger = context.new_cdp_session(page)
    debugger.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(site.url(f"/{name}.html"))
    page.evaluate("cact('trigger', 'search')")
    if recorded:
        wait_for("the picture", lambda: len(players(server, recorded)) > before)
    else:
        page.evaluate("new Promise((done) => setTimeout(done, 300))")
    metrics = debugger.send("Performance.getMetrics")["metrics"]
    context.close()
    return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration") * 1000
