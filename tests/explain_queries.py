"""Explains the queries of the hot paths: statements, plans and work, in a process of its own.

``python -m tests.explain_queries`` fills the database that the environment names, runs every path of ``HOT``
for real, and prints as JSON, for each of them, its statements with plan and number of rows or steps read.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final

_BIG: Final = ("events_event", "events_pageload", "events_tally", "events_strippart", "events_share")
_READ: Final = ("SELECT", "UPDATE", "DELETE", "INSERT")
_CHUNK: Final = 100  # steps of SQLite's virtual machine between two calls of the progress handler


@dataclass(frozen=True, slots=True)
class ExplainedStatement:
    """One statement. ``work``: steps of SQLite's virtual machine, or rows read by PostgreSQL.

    ``scans``: the large tables that are read in full; ``sorts``: whether rows are sorted after
    the read.
    """

    sql: str
    plan: list[str]
    work: int
    scans: list[str]
    sorts: bool


class StatementLog:
    """Records the statements of a connection, each distinct one once, with its first parameters."""

    def __init__(self) -> None:
        self.statements: dict[str, Any] = {}

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if many:
            params = list(params)
        if sql.startswith(_READ) and (params or not many):
            self.statements.setdefault(sql, params[0] if many else params)
        return execute(sql, params, many, context)


@contextmanager
def recorded_statements() -> Iterator[StatementLog]:
    """Record the statements of this thread's connection in the block."""
    from django.db import connection

    log = StatementLog()
    with connection.execute_wrapper(log):
        yield log


def explained(sql: str, params: Any) -> ExplainedStatement:
    """Execute the statement once more for its plan and work, and roll back what it writes."""
    from django.db import connection, transaction

    with transaction.atomic():
        read = _postgres if connection.vendor == "postgresql" else _sqlite
        asked = read(sql, params)
        transaction.set_rollback(True)
    return asked


def _sqlite(sql: str, params: Any) -> ExplainedStatement:
    from django.db import connection

    steps = 0

    def step() -> None:
        nonlocal steps
        steps += _CHUNK

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        plan = [row[3] for row in cursor.fetchall()]
        if sql.startswith("INSERT"):
            return ExplainedStatement(sql, plan, 0, [], False)
        connection.connection.set_progress_handler(step, _CHUNK)
        cursor.execute(sql, params)
        if cursor.description:
            cursor.fetchall()
        connection.connection.set_progress_handler(None, 0)
    scans = [table for line in plan for table in _BIG if line.startswith(("SCAN " + table, "SCAN U"))]
    return ExplainedStatement(
        sql, plan, steps, scans, any("TEMP B-TREE FOR ORDER BY" in line for line in plan)
    )


def _postgres(sql: str, params: Any) -> ExplainedStatement:
    from django.db import connection

    if sql.startswith("INSERT"):
        return ExplainedStatement(sql, [], 0, [], False)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
        (found,) = cursor.fetchone()
    root = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    plan: list[str] = []
    scans: list[str] = []
    work, sorts = 0, False
    nodes = [root]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        rows, table = _rows_read(node), node.get("Relation Name", "")
        plan.append(f"{node['Node Type']} {table} {node.get('Index Name', '')} {rows}".strip())
        if "Scan" in node["Node Type"]:
            work += rows
        if node["Node Type"] == "Seq Scan" and table in _BIG and rows > 5_000:
            scans.append(table)
        if node["Node Type"] == "Sort" and sum(map(_rows_read, node["Plans"])) > 5_000:
            sorts = True
    return ExplainedStatement(sql, plan, work, scans, sorts)


def _rows_read(node: dict[str, Any]) -> int:
    passed = sum(node.get(key, 0) for key in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
    return int((node["Actual Rows"] + passed) * node["Actual Loops"])


def main() -> None:
    """Fill the database, run and explain the hot paths, print JSON; ``disagreements`` as in ``hot_paths``."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    django.setup()
    from tests.hot_paths import HOT, disagreements, fill

    world = fill()
    found: dict[str, Any] = {"disagreements": disagreements(world)}
    for name, path in HOT.items():
        with recorded_statements() as log:
            path(world)
        found[name] = [asdict(explained(sql, params)) for sql, params in log.statements.items()]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
