"""Subscribes to wake-ups: one channel-layer subscription for all viewers of this process.

The sockets do not subscribe themselves, so an error of the channel layer ends none of them. While the layer
is down, viewers poll, more often than otherwise; when it is back, all of them are woken at once.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

from channels.layers import get_channel_layer

from events.store.wakeups import group_of

#: How often a viewer polls the database while the layer is up: what a lost wake-up costs at most.
_POLL_SECONDS: Final = 5.0
_POLL_WHEN_DOWN_SECONDS: Final = 2.0
#: How often the subscriptions are renewed: a Redis that lost them raises no error.
_JOIN_EVERY_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 1.0
_LONGEST_JOIN_SECONDS: Final = 3.0

logger = logging.getLogger(__name__)

Callback = Callable[[], None]


class WakeupListener:
    """Calls back the viewers of a recording at each of its wake-ups. Used on the event loop alone."""

    def __init__(self) -> None:
        self._callbacks: dict[int, set[Callback]] = {}
        self._layer: Any = None
        self._channel = ""
        self._opening = asyncio.Lock()
        self._up = True
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def poll_seconds(self) -> float:
        """How many seconds a viewer waits for a wake-up before it polls the database."""
        return _POLL_SECONDS if self._up else _POLL_WHEN_DOWN_SECONDS

    async def listen(self, recording: int, callback: Callback) -> None:
        """Call ``callback`` at each wake-up of the recording; from now on, or once the layer is back."""
        self._callbacks.setdefault(recording, set()).add(callback)
        if not self._tasks:
            self._layer = get_channel_layer()
            # Before anything is awaited: another viewer that starts to listen meanwhile must find them.
            self._tasks = [asyncio.create_task(self._receive_wakeups()), asyncio.create_task(self._rejoin())]
        await self._join([recording])

    async def leave(self, recording: int, callback: Callback) -> None:
        """Stop calling ``callback``; the recording's last one ends the subscription."""
        callbacks = self._callbacks.get(recording, set())
        callbacks.discard(callback)
        if callbacks or recording not in self._callbacks:
            return
        del self._callbacks[recording]
        try:
            async with asyncio.timeout(_LONGEST_JOIN_SECONDS):
                await self._layer.group_discard(group_of(recording), await self._own_channel())
        except Exception as error:  # a wake-up without a callback does no harm
            logger.debug("leaving a group failed: %s", type(error).__name__)
        if recording in self._callbacks:  # another viewer came meanwhile
            await self._join([recording])

    async def _receive_wakeups(self) -> None:
        while True:
            try:
                message = await self._layer.receive(await self._own_channel())
            except Exception as error:  # of any kind: the layers raise those of their clients
                self._went_down(error)
                await asyncio.sleep(_PAUSE_SECONDS)
                await self._join(self._callbacks)
            else:
                self._call(message.get("recording"))

    async def _own_channel(self) -> str:
        """The channel of this process, made at the first call. Raises what the layer raises."""
        if not self._channel:
            async with self._opening:
                self._channel = self._channel or await self._layer.new_channel()
        return self._channel

    async def _rejoin(self) -> None:
        while True:
            await asyncio.sleep(_JOIN_EVERY_SECONDS)
            await self._join(self._callbacks)

    async def _join(self, recordings: Iterable[int]) -> None:
        try:
            async with asyncio.timeout(_LONGEST_JOIN_SECONDS):
                channel = await self._own_channel()
                for recording in tuple(recordings):
                    await self._layer.group_add(group_of(recording), channel)
        except Exception as error:
            self._went_down(error)
            return
        if not self._up:
            self._up = True
            logger.warning("the channel layer is back")
            self._call_all()

    def _went_down(self, error: Exception) -> None:
        if self._up:
            self._up = False
            logger.warning("the channel layer is away: %s. Viewers poll by themselves.", type(error).__name__)
            self._call_all()

    def _call_all(self) -> None:
        for recording in tuple(self._callbacks):
            self._call(recording)

    def _call(self, recording: Any) -> None:
        for callback in tuple(self._callbacks.get(recording, ())):
            callback()


wakeup_listener = WakeupListener()
