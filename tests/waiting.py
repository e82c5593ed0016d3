"""Waits for a condition instead of a time."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def wait_for(what: str, probe: Callable[[], Seen], seconds: float = 40) -> Seen:
    """The first true value that ``probe`` returns. Fails after ``seconds``, naming ``what`` was awaited."""
    deadline = time.monotonic() + seconds
    while not (seen := probe()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        time.sleep(0.02)  # between two probes; the only sleep of the suite
    return seen
