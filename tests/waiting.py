"""Waits for a condition instead of a time."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

Seen = TypeVar("Seen")
#: Seconds between two probes. Each costs what it asks, often a request, so that a long wait asks less often.
_SHORTEST: Final = 0.01
_LONGEST: Final = 0.1
_LONGER: Final = 1.3


def wait_for(what: str, probe: Callable[[], Seen], seconds: float = 40) -> Seen:
    """The first true value that ``probe`` returns. Fails after ``seconds``, naming ``what`` was awaited."""
    deadline, pause = time.monotonic() + seconds, _SHORTEST
    while not (seen := probe()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        time.sleep(pause)  # between two probes; the only sleep of the suite
        pause = min(pause * _LONGER, _LONGEST)
    return seen
