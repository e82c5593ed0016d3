"""Run the benchmarks (all, or the one named by ONLY) and print one table: a row for each goal."""

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator

from tests.bench import (
    disk,
    exports,
    flood,
    growth,
    har,
    ingest,
    judging,
    paint,
    pasted,
    search,
    shares,
    shim,
    streaming,
    strip,
)
from tests.bench.goals import GOALS
from tests.bench.table import Row, complete, show

BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {
    "judging": judging.rows,
    "ingest": ingest.rows,
    "streaming": streaming.rows,
    "paint": paint.rows,
    "search": search.rows,
    "exports": exports.rows,
    "shares": shares.rows,
    "har": har.rows,
    "pasted": pasted.rows,
    "disk": disk.rows,
    "flood": flood.rows,
    "growth": growth.rows,
    "shim": shim.rows,
    "strip": strip.rows,
}


def main() -> int:
    """Run and print; 0 where all measured goals are met, 1 where one is missed, 2 for an unknown name."""
    only = os.environ.get("ONLY", "")
    if only and only not in BENCHMARKS:
        print(f"There is no benchmark {only!r}: choose one of {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    chosen = [only] if only else list(BENCHMARKS)
    measured = [row for name in chosen for row in _run(name)]
    rows = complete(measured, [goal for goal in GOALS if goal.benchmark in chosen])
    print(show(rows))
    return 1 if any(row.met is False for row in rows) else 0


def _run(name: str) -> list[Row]:
    """The rows of one benchmark, up to a failure. Prints each row when it is measured."""
    rows: list[Row] = []
    start = time.monotonic()
    try:
        for row in BENCHMARKS[name]():
            rows.append(row)
            print("  ".join(filter(None, row.cells())), file=sys.stderr, flush=True)
    except Exception:  # the other benchmarks go on, and the table shows which rows are missing
        traceback.print_exc()
    print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
