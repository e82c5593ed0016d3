"""The fast path: answers the page-side script's posts on Twisted's request, without ASGI.

These posts are by far the most frequent requests. Between a request and an ASGI application Daphne puts a
queue, a task and a dozen checks of messages, which cost as much as judging and storing an event. So this
module answers a post to the script's address by the function that the address's view calls, too; the view
answers under any other server.
"""

import asyncio
import re
from typing import Any, Final

from events.api.intake import answer
from inspector.serving.cors import cors_headers
from inspector.serving.request_limits import BoundedRequest

_PREFIX: Final = b"/collect/"
_KEY: Final = re.compile(rb"[A-Za-z0-9_-]+")


class FastPathRequest(BoundedRequest):
    """A request that answers a post of the page-side script itself; any other goes to the ASGI app."""

    def process(self) -> Any:
        key = self.path.removeprefix(_PREFIX)
        if self.method != b"POST" or key == self.path or not _KEY.fullmatch(key):
            return super().process()
        self.content.seek(0)
        _start_task(self._answer(key.decode("ascii"), self.content.read()))
        return None

    async def _answer(self, key: str, body: bytes) -> None:
        encoding = self.requestHeaders.getRawHeaders(b"content-encoding")
        origin = self.requestHeaders.getRawHeaders(b"origin")
        status, content, retry_after = await answer(
            key, body, encoding[0].decode("latin-1") if encoding else ""
        )
        if self.finished or self.channel is None:  # the page has closed the connection
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


#: Running tasks: the event loop itself holds only weak references.
_TASKS: Final[set["asyncio.Task[None]"]] = set()


def _start_task(coroutine: Any) -> None:
    task = asyncio.get_running_loop().create_task(coroutine)
    _TASKS.add(task)
    task.add_done_callback(_TASKS.discard)
