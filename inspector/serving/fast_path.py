"""The page-side script's posts, answered on the server's own request.

By far the busiest caller. Between a request and an ASGI application Daphne puts a queue, a task and a dozen
checks of what they say to each other, which cost as much as judging and storing an event. So a post to the
script's address is answered where it arrives, by the same function that the view of this address calls, which
serves it under any other server.
"""

import asyncio
import re
from typing import Any, Final

from events.api.intake import answer
from inspector.serving.cors import cors_headers
from inspector.serving.request_limits import PatientRequest

_PREFIX: Final = b"/collect/"
_PLAIN: Final = re.compile(rb"[A-Za-z0-9_-]+")


class DirectRequest(PatientRequest):
    """A request that answers the page-side script itself, and hands any other to the application."""

    def process(self) -> Any:
        """All of it is there."""
        key = self.path.removeprefix(_PREFIX)
        if self.method != b"POST" or key == self.path or not _PLAIN.fullmatch(key):
            return super().process()
        self.content.seek(0)
        _soon(self._answer(key.decode("ascii"), self.content.read()))
        return None

    async def _answer(self, key: str, body: bytes) -> None:
        encoding = self.requestHeaders.getRawHeaders(b"content-encoding")
        origin = self.requestHeaders.getRawHeaders(b"origin")
        status, content, retry_after = await answer(
            key, body, encoding[0].decode("latin-1") if encoding else ""
        )
        if self.finished or self.channel is None:  # the page is gone
            return
        self.setResponseCode(status)
        add = self.responseHeaders.addRawHeader
        add(b"content-type", b"application/json")
        for name, value in cors_headers(origin[0] if origin else None):
            add(name, value)
        add(b"content-length", b"%d" % len(content))
        if retry_after is not None:
            add(b"retry-after", b"%d" % retry_after)
        self.write(content)
        self.finish()


#: Tasks under way: the loop itself holds them weakly.
_TASKS: Final[set["asyncio.Task[None]"]] = set()


def _soon(work: Any) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _TASKS.add(task)
    task.add_done_callback(_TASKS.discard)
