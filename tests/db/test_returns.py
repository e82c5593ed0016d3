"""Results of another thread reach everyone who waits for them, on an event loop or in a thread."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from events.db.resolve_futures import resolve

Value = TypeVar("Value")


def on_a_loop(ask: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
    """What ``ask`` gives, on a loop in a thread of its own: a browser's driver may have one in this."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(ask())).result(timeout=30)


def in_a_thread(work: Callable[[], None]) -> None:
    """Do ``work`` in another thread, to its end."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_each_gets_its_own_result_in_whichever_part_it_is_settled() -> None:
    async def ask() -> list[int]:
        waiting: list[asyncio.Future[int]] = [asyncio.Future() for _ in range(1_000)]

        def settle() -> None:
            numbered = list(enumerate(waiting))[::-1]
            for first in range(0, 1_000, 7):
                resolve((future, number) for number, future in numbered[first : first + 7])

        in_a_thread(settle)
        return await asyncio.wait_for(asyncio.gather(*waiting), 10)

    assert on_a_loop(ask) == list(range(1_000))


def test_an_error_is_raised_and_one_who_left_harms_nobody() -> None:
    async def ask() -> int:
        fails, gone, waits = (asyncio.Future[int]() for _ in range(3))
        gone.cancel()
        in_a_thread(lambda: resolve([(gone, 7), (fails, LookupError("no")), (waits, 7)]))
        with pytest.raises(LookupError):
            await asyncio.wait_for(fails, 10)
        return await asyncio.wait_for(waits, 10)

    assert on_a_loop(ask) == 7


def test_who_waits_in_a_thread_is_told_too_and_a_loop_that_ended_is_passed_over() -> None:
    async def ask() -> asyncio.Future[int]:
        return asyncio.Future()

    left, thread = on_a_loop(ask), Future[int]()
    resolve([(left, 1), (thread, 2)])
    assert thread.result(timeout=10) == 2
    assert not left.done()
