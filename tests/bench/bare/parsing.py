"""The bare app that parses a body with orjson and answers 202."""

from typing import Any

import orjson

from tests.bench.bare import Receive, Send, answer, read


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request."""
    orjson.loads(await read(receive))
    await answer(send)
