"""Growth: the rate of collecting into a database with a million events, against an empty one."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from tests.bench.bodies import bodies
from tests.bench.goals import GROWTH
from tests.bench.load import post, press
from tests.bench.scale import HUGE
from tests.bench.serving import serving
from tests.bench.table import Row
from tests.bench.turns import in_turn, median_ratio, medians
from tests.servers import Server

_ROUNDS: Final = 5
_SECONDS: Final = 2.0

#: The event that is copied under other numbers and ids, since posting a million takes far longer.
_MULTIPLY: Final = """
WITH RECURSIVE numbers(number) AS (SELECT ? UNION ALL SELECT number + 1 FROM numbers WHERE number < ?)
INSERT INTO events_event ({columns}) SELECT {values} FROM numbers, (SELECT * FROM events_event WHERE id = ?)
"""


def rows() -> Iterator[Row]:
    """The rate with a million stored events against the rate with none."""
    with serving("SQLite") as server, serving("SQLite") as fresh:
        full, empty = server.new_recording("Full"), fresh.new_recording("Empty")
        _multiply(server, full)
        pairs = in_turn(_ROUNDS, _rate(server, full), _rate(fresh, empty))
    rate, yardstick = (f"{each:,.0f} events/s" for each in medians(pairs))
    yield Row(GROWTH, median_ratio(pairs), f"{rate}, {HUGE:,} stored", yardstick)


def _rate(server: Server, recording: dict[str, Any]) -> Callable[[], float]:
    path = f"/collect/{recording['capture_key']}"
    return lambda: press(server.port, post(path, bodies(1)), connections=32, seconds=_SECONDS).rate


def _multiply(server: Server, recording: dict[str, Any]) -> None:
    """Store copies of a collected event until there are ``HUGE``, with correct tallies and counters."""
    server.client.post(f"/collect/{recording['capture_key']}", content=next(bodies(1))).raise_for_status()
    with closing(sqlite3.connect(Path(server.environment["DATA_DIR"]) / "inspector.sqlite3")) as database:
        database.execute("PRAGMA synchronous=OFF")
        (event,) = database.execute("SELECT id FROM events_event").fetchone()
        columns = [row[1] for row in database.execute("PRAGMA table_info(events_event)") if row[1] != "id"]
        new = {"seq": "number", "event_id": "'copy-' || number", "n": "NULL"}
        values = ", ".join(new.get(column, f'"{column}"') for column in columns)
        quoted = ", ".join(f'"{column}"' for column in columns)
        database.execute(_MULTIPLY.format(columns=quoted, values=values), (2, HUGE, event))
        database.execute("UPDATE events_tally SET count = ?", (HUGE,))
        database.execute(
            "UPDATE events_recording SET last_seq = ?, sent = ?, received = ? WHERE last_seq > 0",
            (HUGE,) * 3,
        )
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
