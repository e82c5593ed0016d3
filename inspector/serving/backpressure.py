"""Back-pressure for streamed responses: the application waits while the connection's buffer is full.

Daphne alone writes every body part at once, so that the memory would hold what a slow client of an export
has not read yet. Twisted tells a push producer when the buffer is full and when it has room again.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from daphne import http_protocol
from daphne.server import Server


class PushProducer:
    """A push producer of Twisted's: the connection pauses it while its write buffer is full."""

    def __init__(self) -> None:
        self._writable = asyncio.Event()
        self._writable.set()

    async def wait_until_writable(self) -> None:
        """Return when the write buffer has room, or when the connection is closed."""
        await self._writable.wait()

    def pauseProducing(self) -> None:  # noqa: N802  # Twisted's name
        self._writable.clear()

    def resumeProducing(self) -> None:  # noqa: N802  # Twisted's name
        self._writable.set()

    def stopProducing(self) -> None:  # noqa: N802  # Twisted's name
        self._writable.set()  # the connection is closed: Twisted drops what is written from now on


class BackpressureRequest(http_protocol.WebRequest):  # type: ignore[misc]  # Daphne has no types
    """A request whose response can wait until the connection has room for more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._push_producer: PushProducer | None = None

    async def wait_until_writable(self) -> None:
        """Return when the connection has room for more of the response, or is closed."""
        if self.finished or self.channel is None:
            return
        if self._push_producer is None:
            self._push_producer = PushProducer()
            self.registerProducer(self._push_producer, True)
        await self._push_producer.wait_until_writable()

    def finish(self) -> None:
        if self._push_producer is not None and self.channel is not None:
            self.unregisterProducer()
        super().finish()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  # Twisted's name
        if self._push_producer is not None:
            self._push_producer.stopProducing()
        super().connectionLost(reason)


class BackpressureServer(Server):  # type: ignore[misc]  # Daphne has no types
    """Daphne's server; the application's ``send`` returns only when the connection has room for more."""

    async def handle_reply(self, protocol: Any, message: Mapping[str, Any]) -> None:
        await super().handle_reply(protocol, message)
        if message.get("more_body"):
            await protocol.wait_until_writable()
