"""Sends wake-ups to the viewers of a recording. A wake-up carries no data, so a lost one loses no data."""

import asyncio
import logging
import time

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

_TIMEOUT_SECONDS = 3.0  # a healthy channel layer answers sooner
#: The interval between two wake-ups of one recording by one process; viewers wait longer between frames.
_INTERVAL_SECONDS = 0.01

logger = logging.getLogger(__name__)


def group_of(recording: int) -> str:
    """The name of the channel-layer group that the viewers of the recording with this id join."""
    return f"recording.{recording}"


class Waker:
    """Sends a wake-up at once, and one for all news of the following interval at its end."""

    def __init__(self) -> None:
        self._last: dict[int, float] = {}
        self._due: set[int] = set()
        self._running: dict[int, asyncio.Task[None]] = {}

    def wake(self, recording: int) -> None:
        """Send a wake-up for ``recording``, at once or at the end of its interval. Call on the event loop."""
        if recording in self._due:
            return
        self._due.add(recording)
        wait = self._last.get(recording, 0.0) + _INTERVAL_SECONDS - time.monotonic()
        asyncio.get_running_loop().call_later(max(wait, 0.0), self._announce, recording)

    def _announce(self, recording: int) -> None:
        loop = asyncio.get_running_loop()
        if recording in self._running:  # the layer is slow: one task waits for it, not one more per interval
            loop.call_later(_INTERVAL_SECONDS, self._announce, recording)
            return
        self._due.discard(recording)
        if len(self._last) > 1_000:
            self._last.clear()
        self._last[recording] = time.monotonic()
        task = self._running[recording] = loop.create_task(_send(recording))
        task.add_done_callback(lambda _: self._running.pop(recording))


def announce(recording: int) -> None:
    """Send a wake-up for ``recording`` and wait for it: for views, which run outside the event loop."""
    async_to_sync(_send)(recording)


async def _send(recording: int) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            await layer.group_send(group_of(recording), {"type": "news", "recording": recording})
    except Exception as error:  # layers raise errors of many types; one delays viewers, and ends no write
        logger.warning("announcing news failed: %s", type(error).__name__)


waker = Waker()
