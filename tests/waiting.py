"""Waiting for a condition instead of for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def wait_for(what: str, look: Callable[[], Seen], seconds: float = 40) -> Seen:
    """The first true thing that ``look`` gives. Fails with ``what`` was waited for when the time is up."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        time.sleep(0.02)  # between two looks; the only sleep of the suite
    return seen
