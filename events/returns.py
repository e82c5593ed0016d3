"""From the writer's thread back to the event loop: one wake-up for a whole commit."""

import asyncio
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Returns(Generic[Value]):
    """Brings the results of futures that another thread settles to those who wait on one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._settled: deque[tuple[Future[Value], asyncio.Future[Value]]] = deque()
        self._woken = False

    async def result(self, promise: "Future[Value]") -> Value:
        """What ``promise`` turns out to be. Called on the loop."""
        waiting: asyncio.Future[Value] = self._loop.create_future()
        promise.add_done_callback(partial(self._settle, waiting=waiting))
        try:
            return await waiting
        finally:  # else an error, its traceback and this frame hold each other, and the request with them
            del promise, waiting

    def _settle(self, promise: "Future[Value]", waiting: "asyncio.Future[Value]") -> None:
        """In the thread that settles: note it, and wake the loop where nobody has since it last looked."""
        self._settled.append((promise, waiting))
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        self._woken = False  # first: what is noted from here on wakes the loop again
        while self._settled:
            promise, waiting = self._settled.popleft()
            if waiting.done():  # its request is gone
                continue
            error = promise.exception()
            if error is None:
                waiting.set_result(promise.result())
            else:
                waiting.set_exception(error)
