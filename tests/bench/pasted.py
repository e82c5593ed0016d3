"""Reading pasted code: the seconds of one core for 460 KB, without storing or judging."""

import time
from collections.abc import Iterator
from statistics import median

from events.imports.pasted import read_pasted
from events.reference import load
from events.reference.examples import as_call
from tests.bench.goals import PASTED
from tests.bench.table import Row
from tests.example_events import changed

_BYTES = 460_000
_ROUNDS = 5


def rows() -> Iterator[Row]:
    """A row for calls one after the other, and one for a bundle with a call now and then."""
    call = as_call("purchase", changed("purchase"))
    filler = f"function f() {{ var a = [{','.join(map(str, range(900)))}]; return a }}\n"
    texts = {"calls alone": call + "\n", "a bundle": filler + "cact('trigger', 'login', {method: m});\n"}
    for name, goal in PASTED.items():
        text = texts[name] * (_BYTES // len(texts[name]))
        read_pasted(text[:1_000], load())  # what is prepared once does not count
        took = median(_seconds(text) for _ in range(_ROUNDS))
        yield Row(goal, took, f"{1000 * took:,.0f} ms, {len(text) / 1e3:,.0f} KB", "")


def _seconds(text: str) -> float:
    start = time.process_time()
    assert read_pasted(text, load()).delivery.events
    return time.process_time() - start
