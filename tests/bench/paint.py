"""First paint of a large recording in a browser, rows included, and the memory of page and server."""

import statistics
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from playwright.sync_api import Browser

from tests import browsers, services
from tests.bench.bodies import event, padded, purchase
from tests.bench.goals import DATABASES, PAINT, PAINT_PAGE_MEMORY, PAINT_SERVER_MEMORY
from tests.bench.scale import LARGE
from tests.bench.serving import analyze, fill, missing, serving
from tests.bench.table import Row
from tests.memory import resident
from tests.servers import Server

_VISITS: Final = 7
_SMALL: Final = 500  # events: the number of rows in a page


class _Visits(NamedTuple):
    """Milliseconds until the first paint (median); bytes of memory of page and server at the end."""

    paint: float
    page: float
    server: int


def rows() -> Iterator[Row]:
    """First paint on each database; memory on SQLite."""
    if reason := services.missing("browser"):
        goals = [*PAINT.values(), PAINT_PAGE_MEMORY, PAINT_SERVER_MEMORY]
        yield from (Row(goal, None, reason) for goal in goals)
        return
    yield from _on_sqlite()
    if reason := missing("PostgreSQL"):
        yield from (Row(PAINT[database], None, reason) for database in DATABASES[1:])
    else:
        yield from _on_postgres()


def _on_sqlite() -> Iterator[Row]:
    with serving("SQLite") as server:
        recordings = _filled(server, _SMALL), _filled(server, LARGE)
        with browsers.running_browser() as browser:
            small, large = (_visit(browser, server, recording) for recording in recordings)
    yield _painted("SQLite", large)
    yield Row(
        PAINT_PAGE_MEMORY,
        large.page / small.page,
        f"{large.page / 1e6:.1f} MB, {LARGE:,} events",
        f"{small.page / 1e6:.1f} MB, {_SMALL} events",
    )
    yield Row(
        PAINT_SERVER_MEMORY,
        large.server / small.server,
        f"{large.server / 1e6:.0f} MB, {LARGE:,} events",
        f"{small.server / 1e6:.0f} MB, {_SMALL} events",
    )


def _on_postgres() -> Iterator[Row]:
    with serving("PostgreSQL") as server:
        recording = _filled(server, LARGE)
        with browsers.running_browser() as browser:
            yield _painted("PostgreSQL before its first ANALYZE", _visit(browser, server, recording))
            analyze(server)
            yield _painted("PostgreSQL", _visit(browser, server, recording))


def _filled(server: Server, count: int) -> dict[str, Any]:
    recording = server.new_recording(f"{count} events")
    fill(server, recording, [event("purchase", padded(purchase()))] * 100, count)
    return recording


def _painted(database: str, visits: _Visits) -> Row:
    return Row(PAINT[database], visits.paint, f"{visits.paint:.0f} ms, {LARGE:,} events")


def _visit(browser: Browser, server: Server, recording: dict[str, Any]) -> _Visits:
    """Open the dashboard repeatedly; the first visit fills the browser's cache and is not counted."""
    context = browsers.new_context(browser)
    paints: list[float] = []
    for _ in range(1 + _VISITS):
        page = context.new_page()
        page.goto(f"{server.url}/recordings/{recording['key']}/")
        page.locator("a.row").first.wait_for()
        paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        debugger = context.new_cdp_session(page)
        debugger.send("HeapProfiler.collectGarbage")
        heap = debugger.send("Runtime.getHeapUsage")["usedSize"]
        page.close()
    context.close()
    return _Visits(statistics.median(paints[1:]), heap, resident(server.pid))
