"""Resolves futures from another thread, with one ``call_soon_threadsafe`` per event loop and batch."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

Value = TypeVar("Value")

#: A future that a thread waits for, or one that a coroutine awaits.
AnyFuture = Future[Value] | asyncio.Future[Value]


def resolve(settled: Iterable[tuple[AnyFuture[Any], Any]]) -> None:
    """Set each future's result, or its exception where the value is one. Futures may be of several loops."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = defaultdict(list)
    for waiting, value in settled:
        if isinstance(waiting, Future):
            _settle(waiting, value)
        else:
            by_loop[waiting.get_loop()].append((waiting, value))
    for loop, theirs in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed, and its futures with it
            loop.call_soon_threadsafe(_resolve_all, theirs)


def _resolve_all(settled: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for waiting, value in settled:
        _settle(waiting, value)


def _settle(waiting: AnyFuture[Any], value: Any) -> None:
    if waiting.done():  # cancelled, since its request has ended
        return
    if isinstance(value, Exception):
        waiting.set_exception(value)
    else:
        waiting.set_result(value)
