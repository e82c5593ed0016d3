"""Queries in a large recording on its dashboard, against grep (SQLite) and LIKE (PostgreSQL).

One text stands in the very first event alone, so that all of them have to be looked at; another one stands in
each event, so that the first screenful of rows is there at once. Both are asked for as a text, and as the
value of a parameter.
"""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import psycopg

from tests.bench.bodies import PLACE, event, padded, purchase
from tests.bench.goals import DATABASES, SEARCH_COMMON, SEARCH_COMMON_VALUE, SEARCH_RARE, SEARCH_VALUE
from tests.bench.scale import LARGE
from tests.bench.serving import analyze, fill, missing, serving
from tests.bench.table import Row
from tests.bench.turns import in_turn, median_ratio, medians, seconds
from tests.servers import Server

_ROUNDS: Final = 3
_RARE: Final = "needle-of-one-event"
_COMMON: Final = "hero-banner"
_TIMEOUT_SECONDS: Final = 60.0


def rows() -> Iterator[Row]:
    """Rows for a rare and a common text on each database, on PostgreSQL also before its first ANALYZE."""
    yield from _on(DATABASES[:1])
    if reason := missing("PostgreSQL"):
        for database in DATABASES[1:]:
            for goals in (SEARCH_RARE, SEARCH_VALUE, SEARCH_COMMON, SEARCH_COMMON_VALUE):
                yield Row(goals[database], None, reason)
    else:
        yield from _on(DATABASES[:0:-1])


def _on(states: tuple[str, ...]) -> Iterator[Row]:
    """The rows of one database; PostgreSQL is measured after filling, and again after ANALYZE."""
    with serving(states[0]) as server, tempfile.TemporaryDirectory() as folder:
        recording = _filled(server)
        lines = Path(folder) / "events.ndjson"
        _export(server, recording, lines)
        scan = partial(_grep, lines) if states[0] == "SQLite" else _like(server, lines)
        for state in states:
            if state == "PostgreSQL":
                analyze(server)
            yield from _compared(server, recording, state, scan)


def _filled(server: Server) -> dict[str, Any]:
    recording = server.new_recording("Large")
    # A unique order number each: an index would be unrealistically small for equal events.
    usual = event("purchase", padded(purchase() | {"id": PLACE}))
    rare = event("purchase", padded(purchase() | {"id": _RARE}))
    fill(server, recording, [rare], 1)
    fill(server, recording, [usual] * 100, LARGE - 1)
    return recording


def _compared(
    server: Server, recording: dict[str, Any], state: str, scan: Callable[[], None]
) -> Iterator[Row]:
    search = partial(_search, server, recording)
    for goals, query in ((SEARCH_RARE, _RARE), (SEARCH_VALUE, f"id={_RARE}")):
        rare = partial(seconds, partial(search, query, 1))
        pairs = in_turn(_ROUNDS, rare, partial(seconds, scan))
        took, yardstick = (f"{1000 * each:,.0f} ms" for each in medians(pairs))
        yield Row(goals[state], median_ratio(pairs), f"{took} for {LARGE:,} events", yardstick)
    for goals, query in ((SEARCH_COMMON, _COMMON), (SEARCH_COMMON_VALUE, "items.quantity>0")):
        often = partial(seconds, partial(search, query, LARGE))
        common, _ = medians(in_turn(_ROUNDS, often, lambda: 0.0))
        yield Row(goals[state], 1000 * common, f"{1000 * common:,.0f} ms for {LARGE:,} events")


def _search(server: Server, recording: dict[str, Any], query: str, expected: int) -> None:
    """Request the timeline of ``query``, which must show the event ``expected``."""
    answer = server.client.get(
        f"/recordings/{recording['key']}/",
        params={"query": query},
        headers={"HX-Request": "true", "HX-Target": "timeline"},
        timeout=_TIMEOUT_SECONDS,
    )
    assert f'id="event-{expected}"' in answer.raise_for_status().text


def _export(server: Server, recording: dict[str, Any], lines: Path) -> None:
    path = f"/api/recordings/{recording['key']}/export.ndjson"
    with (
        server.client.stream("GET", path, params={"redact": "no"}, timeout=_TIMEOUT_SECONDS) as answer,
        lines.open("wb") as file,
    ):
        for piece in answer.raise_for_status().iter_bytes():
            file.write(piece)


def _grep(lines: Path) -> None:
    """Count the lines with the rare text by ``cat events.ndjson | grep -c``."""
    with subprocess.Popen(["cat", lines], stdout=subprocess.PIPE) as cat:
        found = subprocess.run(["grep", "-c", _RARE], stdin=cat.stdout, capture_output=True, check=True)
    assert int(found.stdout) >= 1


def _like(server: Server, lines: Path) -> Callable[[], None]:
    """Insert the lines into a table with one text column; returns a function that counts the rare text."""
    url = server.environment["DATABASE_URL"]
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE yardstick (line text)")
        with (
            lines.open(encoding="utf-8") as file,
            connection.cursor().copy("COPY yardstick FROM STDIN") as copy,
        ):
            for line in file:
                copy.write_row([line])

    def scan() -> None:
        with psycopg.connect(url) as connection:
            found = connection.execute(
                "SELECT count(*) FROM yardstick WHERE line LIKE %s", [f"%{_RARE}%"]
            ).fetchone()
        assert found is not None
        assert found[0] >= 1

    return scan
