"""A server on one of the databases, and a recording of its that is filled the way pages fill it."""

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
    """A server on a new database: SQLite, or else PostgreSQL, which then analyzes no table by itself."""
    with ExitStack() as stack:
        environment = {}
        if database != "SQLite":
            environment["DATABASE_URL"] = stack.enter_context(services.fresh_postgres())
        server = Server(Path(stack.enter_context(tempfile.TemporaryDirectory())), **environment)
        server.start()
        # A request that was given up may still keep the server busy: nothing is waited for.
        stack.callback(server.end, signal.SIGKILL)
        if environment:
            _leave_unanalyzed(environment["DATABASE_URL"])
        yield server


def missing(database: str) -> str | None:
    """Why there is no such database, in a line; None where it is here."""
    return None if database == "SQLite" else services.missing("postgres")


def fill(server: Server, recording: dict[str, Any], events: Sequence[dict[str, Any]], count: int) -> None:
    """Post ``events``, as ``bodies.event`` makes them, again and again until ``count`` are stored.

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
    """What PostgreSQL does by itself some minutes after many rows came in."""
    with psycopg.connect(server.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _leave_unanalyzed(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            statement = psycopg.sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = false)")
            connection.execute(statement.format(psycopg.sql.Identifier(table)))
