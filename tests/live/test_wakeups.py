"""The process listens to the channel layer once, however many viewers come at the same moment."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from inspector.live import wakeups
from inspector.live.wakeups import WakeupListener


class _SlowLayer:
    """A channel layer that lets others run wherever it is asked for something."""

    def __init__(self) -> None:
        self.channels: list[str] = []
        self.groups: dict[str, set[str]] = {}
        self.receiving = 0
        self.news: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def new_channel(self) -> str:
        await asyncio.sleep(0)
        self.channels.append(f"channel {len(self.channels) + 1}")
        await asyncio.sleep(0)
        return self.channels[-1]

    async def group_add(self, group: str, channel: str) -> None:
        await asyncio.sleep(0)
        self.groups.setdefault(group, set()).add(channel)

    async def receive(self, channel: str) -> dict[str, Any]:
        self.receiving += 1
        try:
            return await self.news.get()
        finally:
            self.receiving -= 1


async def _listened(ear: WakeupListener, layer: _SlowLayer) -> list[int]:
    """Three viewers come at once; the recordings of which news was announced to them."""
    told: asyncio.Queue[int] = asyncio.Queue()
    await asyncio.gather(*(ear.listen(n, partial(told.put_nowait, n)) for n in (1, 2, 3)))
    for recording in (3, 1):
        layer.news.put_nowait({"recording": recording})
    heard = [await told.get() for _ in range(2)]
    assert layer.receiving == 1
    return heard


def test_one_channel_and_one_reader_serve_all(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = _SlowLayer()
    monkeypatch.setattr(wakeups, "get_channel_layer", lambda: layer)
    # In a thread of its own: Playwright keeps an event loop running in the thread of the tests.
    with ThreadPoolExecutor(max_workers=1) as pool:
        assert pool.submit(asyncio.run, _listened(WakeupListener(), layer)).result() == [3, 1]
    assert layer.channels == ["channel 1"]
    assert set(map(frozenset, layer.groups.values())) == {frozenset({"channel 1"})}
    assert len(layer.groups) == 3
