"""Much stored: the dashboard of 100,000 events opens as fast, and a million events do not slow collecting."""

import sqlite3
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from tests import browsers, services
from tests.bench.bodies import bodies
from tests.bench.load import post, press
from tests.bench.table import Row
from tests.memory import resident
from tests.servers import Server

_LARGE: Final = 100_000
_HUGE: Final = 1_000_000
_VISITS: Final = 5
_GOAL_PAINT: Final = 1_000.0
_GOAL_GROWTH: Final = 1.25
_GOAL_RATIO: Final = 0.9
_ROUNDS: Final = 5
_SECONDS: Final = 2.0

#: The event that stands, again and again under other numbers and ids: what it holds is real, the ids differ.
_MULTIPLY: Final = """
WITH RECURSIVE numbers(number) AS (SELECT ? UNION ALL SELECT number + 1 FROM numbers WHERE number < ?)
INSERT INTO events_event ({columns}) SELECT {values} FROM numbers, (SELECT * FROM events_event WHERE id = ?)
"""


def rows() -> Iterator[Row]:
    """First paint and memory at 100,000 events; the rate at 1,000,000 against the rate at none."""
    with tempfile.TemporaryDirectory() as large, tempfile.TemporaryDirectory() as empty:
        server, fresh = Server(Path(large)), Server(Path(empty))
        server.start()
        fresh.start()
        try:
            recording = server.new_recording("Large")
            _fill(server, recording, _LARGE)
            yield from _paint(server, recording)
            _fill(server, recording, _HUGE)
            yield _rates(server, recording, fresh)
        finally:
            server.stop()
            fresh.stop()


def _fill(server: Server, recording: dict[str, Any], count: int) -> None:
    """Store copies of one collected event until there are ``count``, with tallies and counters right."""
    if server.state(recording)["last_seq"] == 0:
        server.client.post(f"/collect/{recording['capture_key']}", content=next(bodies(1))).raise_for_status()
    with closing(sqlite3.connect(Path(server.environment["DATA_DIR"]) / "inspector.sqlite3")) as database:
        database.execute("PRAGMA synchronous=OFF")
        event, last = database.execute(
            "SELECT id, seq FROM events_event ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        columns = [row[1] for row in database.execute("PRAGMA table_info(events_event)") if row[1] != "id"]
        new = {"seq": "number", "event_id": "'copy-' || number", "n": "NULL"}
        values = ", ".join(new.get(column, f'"{column}"') for column in columns)
        quoted = ", ".join(f'"{column}"' for column in columns)
        database.execute(_MULTIPLY.format(columns=quoted, values=values), (last + 1, count, event))
        database.execute("UPDATE events_tally SET count = ?", (count,))
        database.execute(
            "UPDATE events_recording SET last_seq = ?, sent = ?, received = ? WHERE last_seq > 0",
            (count,) * 3,
        )
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _paint(server: Server, recording: dict[str, Any]) -> Iterator[Row]:
    what = f"first paint of a dashboard with {_LARGE:,} events"
    if reason := services.missing("browser"):
        yield Row(what, f"<= {_GOAL_PAINT:.0f} ms", reason, "", None)
        return
    painted: list[float] = []
    held: list[int] = []
    with browsers.running_browser() as browser:
        context = browsers.new_context(browser)
        for _ in range(_VISITS):
            page = context.new_page()
            page.goto(f"{server.url}/recordings/{recording['key']}/")
            page.locator("a.row").first.wait_for()
            painted.append(
                page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            )
            page.close()
            held.append(resident(server.pid))
    took, growth = statistics.median(painted), held[-1] / held[0]
    yield Row(
        what,
        f"<= {_GOAL_PAINT:.0f} ms",
        f"{took:.0f} ms, rows included",
        f"{took / _GOAL_PAINT:.2f}",
        took <= _GOAL_PAINT,
    )
    yield Row(
        "the server's memory over those visits",
        f"<= {_GOAL_GROWTH} x",
        f"{held[0] / 1e6:.0f} MB, then x {growth:.2f}",
        f"{growth / _GOAL_GROWTH:.2f}",
        growth <= _GOAL_GROWTH,
    )


def _rates(server: Server, recording: dict[str, Any], fresh: Server) -> Row:
    """The two take turns, since machines drift."""
    empty = fresh.new_recording("Empty")
    ratios: list[float] = []
    rates: list[float] = []
    for turn in range(_ROUNDS + 1):
        without, full = (
            press(
                one.port,
                post(f"/collect/{target['capture_key']}", bodies(1)),
                connections=32,
                seconds=_SECONDS,
            ).rate
            for one, target in ((fresh, empty), (server, recording))
        )
        if turn:
            ratios.append(full / without)
            rates.append(full)
    ratio = statistics.median(ratios)
    return Row(
        f"single events with {_HUGE:,} stored",
        f">= {_GOAL_RATIO} x an empty database",
        f"{statistics.median(rates):,.0f} a second",
        f"{ratio:.2f}",
        ratio >= _GOAL_RATIO,
    )
