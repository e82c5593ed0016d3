"""Hearing of news: one ear for all viewers of this process.

Apart from the sockets, so that a channel layer that is away ends none of them. While the ear is deaf, viewers
look by themselves, more often than otherwise; once it hears again they are told to look at once.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

from channels.layers import get_channel_layer

from events.store.wakeups import group_of

#: How long a viewer waits for news before it looks anyway: what a lost wake-up costs at most.
_PATIENCE_SECONDS: Final = 5.0
_PATIENCE_WHEN_DEAF_SECONDS: Final = 2.0
#: How often the layer is told anew who listens: one that lost its memory is silent, not away.
_JOIN_EVERY_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 1.0
_LONGEST_JOIN_SECONDS: Final = 3.0

logger = logging.getLogger(__name__)

Tell = Callable[[], None]


class Ear:
    """Tells viewers of news of their recordings. Used on the event loop alone."""

    def __init__(self) -> None:
        self._told: dict[int, set[Tell]] = {}
        self._layer: Any = None
        self._channel = ""
        self._opening = asyncio.Lock()
        self._hears = True
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def patience(self) -> float:
        """For how many seconds a viewer should wait for news before it looks by itself."""
        return _PATIENCE_SECONDS if self._hears else _PATIENCE_WHEN_DEAF_SECONDS

    async def listen(self, recording: int, tell: Tell) -> None:
        """Have ``tell`` called at each news of the recording; from now on, or once the layer is back."""
        self._told.setdefault(recording, set()).add(tell)
        if not self._tasks:
            self._layer = get_channel_layer()
            # Before anything is awaited: whoever else listens meanwhile must find them.
            self._tasks = [asyncio.create_task(self._hear()), asyncio.create_task(self._stay())]
        await self._join([recording])

    async def leave(self, recording: int, tell: Tell) -> None:
        """Call it no more."""
        told = self._told.get(recording, set())
        told.discard(tell)
        if told or recording not in self._told:
            return
        del self._told[recording]
        try:
            async with asyncio.timeout(_LONGEST_JOIN_SECONDS):
                await self._layer.group_discard(group_of(recording), await self._own_channel())
        except Exception as error:  # what is heard without need is passed over
            logger.debug("leaving a group failed: %s", type(error).__name__)
        if recording in self._told:  # somebody came meanwhile
            await self._join([recording])

    async def _hear(self) -> None:
        while True:
            try:
                message = await self._layer.receive(await self._own_channel())
            except Exception as error:  # whatever the layer raises: it is away
                self._deafen(error)
                await asyncio.sleep(_PAUSE_SECONDS)
                await self._join(self._told)
            else:
                self._tell(message.get("recording"))

    async def _own_channel(self) -> str:
        """The channel of this process, made by the first who needs it. Raises what the layer raises."""
        if not self._channel:
            async with self._opening:
                self._channel = self._channel or await self._layer.new_channel()
        return self._channel

    async def _stay(self) -> None:
        while True:
            await asyncio.sleep(_JOIN_EVERY_SECONDS)
            await self._join(self._told)

    async def _join(self, recordings: Iterable[int]) -> None:
        try:
            async with asyncio.timeout(_LONGEST_JOIN_SECONDS):
                channel = await self._own_channel()
                for recording in tuple(recordings):
                    await self._layer.group_add(group_of(recording), channel)
        except Exception as error:
            self._deafen(error)
            return
        if not self._hears:
            self._hears = True
            logger.warning("the channel layer is back")
            self._tell_all()

    def _deafen(self, error: Exception) -> None:
        if self._hears:
            self._hears = False
            logger.warning("the channel layer is away: %s. Viewers look by themselves.", type(error).__name__)
            self._tell_all()

    def _tell_all(self) -> None:
        for recording in tuple(self._told):
            self._tell(recording)

    def _tell(self, recording: Any) -> None:
        for tell in tuple(self._told.get(recording, ())):
            tell()


ear = Ear()
