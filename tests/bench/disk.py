"""Disk space of an event with three findings, indexes included, against the bytes of its parameters."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import orjson
import psycopg

from events import reference
from events.reference.examples import example_params
from events.verdict import judge
from tests.bench.bodies import event
from tests.bench.goals import DATABASES, DISK
from tests.bench.serving import fill, missing, serving
from tests.bench.table import Row
from tests.servers import Server

_EVENTS: Final = 10_000
_FINDINGS: Final = 3


def rows() -> Iterator[Row]:
    """One row for each database."""
    called = _with_three_findings()
    payload = len(orjson.dumps(called))
    for database in DATABASES[:2]:
        if reason := missing(database):
            yield Row(DISK[database], None, reason)
            continue
        with serving(database) as server:
            recording = server.new_recording("Disk")
            before = _stored_bytes(server)
            fill(server, recording, [event("add_to_cart", called)] * 100, _EVENTS)
            taken = (_stored_bytes(server) - before) / _EVENTS
        yield Row(DISK[database], taken / payload, f"{taken:,.0f} bytes an event", f"{payload} bytes")


def _with_three_findings() -> dict[str, Any]:
    """A short ``add_to_cart``: one parameter missing, one of a wrong type, one item's price missing."""
    loaded = reference.load()
    params = example_params(loaded, "add_to_cart")
    del params["currency"]
    del params["items"][0]["product"]["price"]
    params["value"] = "8.00"
    found = judge("add_to_cart", params, loaded).findings
    assert len(found) == _FINDINGS, found
    return params


def _stored_bytes(server: Server) -> int:
    """The database's size in bytes, after a checkpoint of its log."""
    if url := server.environment.get("DATABASE_URL"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert size is not None
        return int(size[0])
    file = Path(server.environment["DATA_DIR"]) / "inspector.sqlite3"
    with closing(sqlite3.connect(file, timeout=20)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file.stat().st_size
