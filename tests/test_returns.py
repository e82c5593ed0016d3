"""Results of another thread reach everyone who waits for them on an event loop."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from events.returns import Returns

Value = TypeVar("Value")


def on_a_loop(ask: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
    """What ``ask`` gives, on a loop in a thread of its own: a browser's driver may have one in this."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(ask())).result(timeout=30)


def test_each_gets_its_own_result_whoever_settles_when() -> None:
    async def ask() -> list[int]:
        returns: Returns[int] = Returns(asyncio.get_running_loop())
        promises: list[Future[int]] = [Future() for _ in range(1_000)]
        promises[0].set_result(0)  # settled before anybody waits

        def settle() -> None:
            for number, promise in reversed(list(enumerate(promises[1:], 1))):
                promise.set_result(number)

        thread = threading.Thread(target=settle)
        waiting = [asyncio.ensure_future(returns.result(promise)) for promise in promises]
        await asyncio.sleep(0)
        thread.start()
        got = await asyncio.wait_for(asyncio.gather(*waiting), 10)
        thread.join()
        return got

    assert on_a_loop(ask) == list(range(1_000))


def test_an_error_is_raised_and_one_who_left_harms_nobody() -> None:
    async def ask() -> int:
        returns: Returns[int] = Returns(asyncio.get_running_loop())
        failing, left, answered = Future[int](), Future[int](), Future[int]()
        gone = asyncio.ensure_future(returns.result(left))
        fails = asyncio.ensure_future(returns.result(failing))
        waits = asyncio.ensure_future(returns.result(answered))
        await asyncio.sleep(0)
        gone.cancel()
        for promise in (left, answered):
            promise.set_result(7)
        failing.set_exception(LookupError("no"))
        with pytest.raises(LookupError):
            await asyncio.wait_for(fails, 10)
        return await asyncio.wait_for(waits, 10)

    assert on_a_loop(ask) == 7
