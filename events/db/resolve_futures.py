"""From another thread back to those who wait: one wake-up of an event loop for all that was settled."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

Value = TypeVar("Value")

#: Who waits: a thread, or somebody on an event loop.
Waiting = Future[Value] | asyncio.Future[Value]


def hand_out(settled: Iterable[tuple[Waiting[Any], Any]]) -> None:
    """Give each its value, or raise it where it is an exception. Called in the thread that settles."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = defaultdict(list)
    for waiting, value in settled:
        if isinstance(waiting, Future):
            _settle(waiting, value)
        else:
            by_loop[waiting.get_loop()].append((waiting, value))
    for loop, theirs in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_hand_out, theirs)


def _hand_out(settled: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for waiting, value in settled:
        _settle(waiting, value)


def _settle(waiting: Waiting[Any], value: Any) -> None:
    if waiting.done():  # its request is gone
        return
    if isinstance(value, Exception):
        waiting.set_exception(value)
    else:
        waiting.set_result(value)
