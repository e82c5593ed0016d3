"""Runs a server on one of the databases, and fills a recording by posts as pages send them."""

import itertools
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from tests import services
from tests.bench.bodies import bodies_of
from tests.bench.load import post, press
from tests.servers import Server

_CONNECTIONS: Final = 4
_FILLING_SECONDS: Final = 600.0


@contextmanager
def serving(database: str) -> Iterator[Server]:
    """A server on a new database: SQLite, or PostgreSQL without autovacuum's ANALYZE."""
    with ExitStack() as stack:
        environment = {}
        if database != "SQLite":
            environment["DATABASE_URL"] = stack.enter_context(services.fresh_postgres())
        server = Server(Path(stack.enter_context(tempfile.TemporaryDirectory())), **environment)
        server.start()
        # A cancelled request may still keep the server busy: SIGKILL does not wait for it.
        stack.callback(server.end, signal.SIGKILL)
        if environment:
            _leave_unanalyzed(environment["DATABASE_URL"])
        yield server


def missing(database: str) -> str | None:
    """The reason why the database is missing, in a line; None where it is available."""
    return None if database == "SQLite" else services.missing("postgres")


def fill(server: Server, recording: dict[str, Any], events: Sequence[dict[str, Any]], count: int) -> None:
    """Post ``events``, as ``bodies.event`` makes them, repeatedly until ``count`` are stored.

    Raises RuntimeError where they are not within ten minutes.
    """
    before = server.state(recording)["last_seq"]
    whole, rest = divmod(count, len(events))
    texts = itertools.chain(
        itertools.islice(bodies_of(events), whole), itertools.islice(bodies_of(events[:rest]), bool(rest))
    )
    requests = post(f"/collect/{recording['capture_key']}", texts)
    outcome = press(server.port, requests, connections=_CONNECTIONS, seconds=_FILLING_SECONDS)
    stored = server.state(recording)["last_seq"] - before
    if stored != count:
        raise RuntimeError(f"{stored:,} of {count:,} events were stored, {outcome.refused} posts refused")


def analyze(server: Server) -> None:
    """Run ANALYZE, as autovacuum does some minutes after many inserts."""
    with psycopg.connect(server.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _leave_unanalyzed(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            statement = psycopg.sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = false)")
            connection.execute(statement.format(psycopg.sql.Identifier(table)))
