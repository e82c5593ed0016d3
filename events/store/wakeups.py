"""Telling viewers that a recording has news. A wake-up carries no data: losing one loses nothing."""

import asyncio
import logging
import time

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

_LONGEST_SECONDS = 3.0  # more than a channel layer takes that is well
#: No recording is announced more often than this by one process; viewers wait longer between frames.
_INTERVAL_SECONDS = 0.01

logger = logging.getLogger(__name__)


def group_of(recording: int) -> str:
    """The channel-layer group that a recording's viewers join."""
    return f"recording.{recording}"


class Waker:
    """Announces news at once, and what comes within the interval after it in one announcement at its end."""

    def __init__(self) -> None:
        self._last: dict[int, float] = {}
        self._due: set[int] = set()
        self._running: dict[int, asyncio.Task[None]] = {}

    def wake(self, recording: int) -> None:
        """Announce news of ``recording``. Called on the event loop."""
        if recording in self._due:
            return
        self._due.add(recording)
        wait = self._last.get(recording, 0.0) + _INTERVAL_SECONDS - time.monotonic()
        asyncio.get_running_loop().call_later(max(wait, 0.0), self._announce, recording)

    def _announce(self, recording: int) -> None:
        loop = asyncio.get_running_loop()
        if recording in self._running:  # the layer hangs: one waits for it, not one after the other
            loop.call_later(_INTERVAL_SECONDS, self._announce, recording)
            return
        self._due.discard(recording)
        if len(self._last) > 1_000:
            self._last.clear()
        self._last[recording] = time.monotonic()
        task = self._running[recording] = loop.create_task(_send(recording))
        task.add_done_callback(lambda _: self._running.pop(recording))


def announce(recording: int) -> None:
    """Tell viewers at once that the recording has news: for views, which run beside the event loop."""
    async_to_sync(_send)(recording)


async def _send(recording: int) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            await layer.group_send(group_of(recording), {"type": "news", "recording": recording})
    except Exception as error:  # whatever the layer raises: it delays viewers, and must not stop us
        logger.warning("announcing news failed: %s", type(error).__name__)


waker = Waker()
