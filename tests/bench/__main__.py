"""Run the benchmarks (all, or the one named by ONLY) and print one table: goal, figure, ratio, verdict."""

import os
import sys
from collections.abc import Callable, Iterator

from tests.bench import growth, ingest, judging, shim, streaming, strip
from tests.bench.table import Row, show

BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {
    "judging": judging.rows,
    "ingest": ingest.rows,
    "streaming": streaming.rows,
    "growth": growth.rows,
    "shim": shim.rows,
    "strip": strip.rows,
}


def main() -> int:
    """0 when every goal that could be measured was met, 1 when one was missed, 2 for an unknown name."""
    only = os.environ.get("ONLY", "")
    if only and only not in BENCHMARKS:
        print(f"There is no benchmark {only!r}: choose one of {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    rows = [row for name, run in BENCHMARKS.items() if only in ("", name) for row in run()]
    print(show(rows))
    return 1 if any(row.met is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
