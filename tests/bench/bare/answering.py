"""The bare Daphne app: reads a body and answers 202."""

from typing import Any

from tests.bench.bare import Receive, Send, answer, read


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request."""
    await read(receive)
    await answer(send)
