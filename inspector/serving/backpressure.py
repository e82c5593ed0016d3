"""Answers that stream go out as fast as they are fetched, and no faster.

Daphne writes whatever the application gives it, so what a slow reader of an export had not fetched yet lay in
memory. Twisted tells who writes when there is room again; here the application waits for that.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from daphne import http_protocol
from daphne.server import Server


class Valve:
    """Closed by the connection while enough waits to be fetched: what Twisted calls a push producer."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    async def passed(self) -> None:
        """Wait until it is open."""
        await self._open.wait()

    def pauseProducing(self) -> None:  # noqa: N802  # Twisted's name
        """Enough waits."""
        self._open.clear()

    def resumeProducing(self) -> None:  # noqa: N802  # Twisted's name
        """There is room."""
        self._open.set()

    def stopProducing(self) -> None:  # noqa: N802  # Twisted's name
        """Nobody fetches any more: what is written from now on is dropped."""
        self._open.set()


class FlowingRequest(http_protocol.WebRequest):  # type: ignore[misc]  # Daphne has no types
    """A request whose answer can wait for its reader."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._valve: Valve | None = None

    async def flow(self) -> None:
        """Return when there is room for more of the answer, or nobody there to fetch it."""
        if self.finished or self.channel is None:
            return
        if self._valve is None:
            self._valve = Valve()
            self.registerProducer(self._valve, True)
        await self._valve.passed()

    def finish(self) -> None:
        """The answer is whole."""
        if self._valve is not None and self.channel is not None:
            self.unregisterProducer()
        super().finish()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  # Twisted's name
        """Nobody fetches any more."""
        if self._valve is not None:
            self._valve.stopProducing()
        super().connectionLost(reason)


class FlowingServer(Server):  # type: ignore[misc]  # Daphne has no types
    """Daphne, which lets an application go on only when there is room for what it gives next."""

    async def handle_reply(self, protocol: Any, message: Mapping[str, Any]) -> None:
        """Hand a part of an answer to the connection; where more follows, wait for room."""
        await super().handle_reply(protocol, message)
        if message.get("more_body"):
            await protocol.flow()
