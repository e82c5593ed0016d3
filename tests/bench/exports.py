"""Masked exports against plain ones, each format: the first export, and a repeated one."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from tests.bench.bodies import PLACE, event, padded, purchase
from tests.bench.goals import FORMATS, MASKED_AGAIN, MASKED_FIRST, Goal
from tests.bench.serving import fill, serving
from tests.bench.table import Row
from tests.bench.turns import median_ratio, medians, seconds
from tests.servers import Server

_EVENTS: Final = 1_000
_RECORDINGS: Final = 3  # for each format, since a recording has only one first export
_TIMEOUT_SECONDS: Final = 60.0


def rows() -> Iterator[Row]:
    """Two rows for each format."""
    with serving("SQLite") as server:
        for extension in FORMATS:
            firsts: list[tuple[float, float]] = []
            agains: list[tuple[float, float]] = []
            for _ in range(_RECORDINGS):
                export = partial(_export, server, _filled(server), extension)
                export("no")  # so that the database's pages are in memory
                plain, first, again = (seconds(partial(export, redact)) for redact in ("no", "", ""))
                firsts.append((first, plain))
                agains.append((again, plain))
            yield _row(MASKED_FIRST[extension], firsts)
            yield _row(MASKED_AGAIN[extension], agains)


def _filled(server: Server) -> dict[str, Any]:
    recording = server.new_recording("Exported")
    fill(server, recording, [event("purchase", padded(purchase() | {"id": PLACE}))] * 100, _EVENTS)
    return recording


def _export(server: Server, recording: dict[str, Any], extension: str, redact: str) -> None:
    """Download the file; ``redact``: "no" masks nothing, "" every kind of personal value."""
    path = f"/api/recordings/{recording['key']}/export.{extension}"
    parameters = {"redact": redact} if redact else {}
    answer = server.client.get(path, params=parameters, timeout=_TIMEOUT_SECONDS).raise_for_status()
    assert answer.headers["X-Event-Count"] == str(_EVENTS)


def _row(goal: Goal, pairs: list[tuple[float, float]]) -> Row:
    """The row of a format; ``pairs``: seconds of the masked export and of the plain one."""
    masked, plain = (f"{_EVENTS / took:,.0f} events/s" for took in medians(pairs))
    return Row(goal, median_ratio(pairs), masked, plain)
