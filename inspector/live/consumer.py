"""The live socket: woken by news, it reads from its cursor and pushes frames.

The page speaks first: ``{"follow": {"after": 41, "changes": 7, "query": "verdict=invalid", "epoch": 1}}``.
From then on it is sent every event after 41, each once and in order, and what became of earlier ones after
change 7, in frames that carry the epoch. ``{"hold": true}`` stops the rows (the counters go on) until the
next follow. Every frame is acknowledged with ``{"ack": <its number>}``; a page that lags is waited for, so
nothing is buffered without bound.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import orjson
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from django.http import Http404
from django.http.request import split_domain_port, validate_host

from events.models import Recording
from events.recordings import get_recording
from events.recordings.filter import filter_of
from events.recordings.shares import ShareOver
from inspector.live.frames import Cut, Frame, Place, Viewer, framed
from inspector.live.shared_reads import feed_of
from inspector.live.visible_recording import plainly
from inspector.live.wakeups import ear

logger = logging.getLogger(__name__)

#: Close codes that the page understands: it stops trying on these.
NO_SUCH_RECORDING = 4404
FOREIGN_ORIGIN = 4403
SHARE_OVER = 4410
PUSHING_FAILED = 4500  # on this one and the next it tries again
DATABASE_AWAY = 4503
#: How often a frame is tried while the database is away; then the page is told to come back, and shows that.
_DATABASE_TRIES = 3
_DATABASE_PAUSE_SECONDS = 1.0
_LONGEST_MESSAGE = 20_000


class LiveConsumer(AsyncWebsocketConsumer):
    """One open dashboard.

    It takes no part in the channel layer itself, where an error would end it: the process's ear hears for it.
    """

    channel_layer_alias = ""

    async def connect(self) -> None:
        """Accept a page of ours that asks for a recording that exists."""
        self.viewer: Viewer | None = None
        await self.accept()  # first, since a refused handshake could not tell the page why
        if not same_origin(self.scope):
            await self.close(FOREIGN_ORIGIN)
            return
        try:
            viewer = await self._opened()
        except DatabaseError as error:
            logger.warning("opening a live socket failed: %s", type(error).__name__)
            await self.close(DATABASE_AWAY)
            return
        if viewer is None:
            return
        self.viewer = viewer
        self.followed: dict[str, Any] | None = None  # a follow that no frame has obeyed yet
        self.following = False
        self.holding = False
        self.feed = feed_of(viewer.lens, viewer.look, viewer.wanted)
        self.acknowledged = 0
        self.owed = False  # news waits for an acknowledgement
        self.wanted = asyncio.Event()
        await ear.listen(viewer.recording, self._news)
        self.pushing = asyncio.create_task(self._push_or_close(viewer))

    async def _opened(self) -> Viewer | None:
        """What this socket looks at; closes where there is nothing to look at."""
        recording = await _recording_id(self.scope["url_route"]["kwargs"]["key"])
        if recording is None:
            await self.close(NO_SUCH_RECORDING)
            return None
        return Viewer(recording, plainly(recording), ("recording", recording))

    async def _may_go_on(self) -> bool:
        """Asked at every wake-up, before anything else; False where the socket was closed."""
        return True

    async def disconnect(self, code: int) -> None:
        """Listen no more and end the pushing."""
        if self.viewer is not None:
            self.pushing.cancel()
            await ear.leave(self.viewer.recording, self._news)

    async def dispatch(self, message: Any) -> None:
        """As Channels does it, but for what the page says, without a look at the database's connections.

        That look is for the thread that reads frames: each acknowledgement would wait in its queue.
        """
        if message["type"] == "websocket.receive":
            await self.websocket_receive(message)
        else:
            await super().dispatch(message)

    def _news(self) -> None:
        self.feed.stale = True
        self.wanted.set()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Act on a message of the page. One not understood is ignored: the page may be newer or older."""
        message = _parsed(text_data)
        if self.viewer is None or message is None:
            return
        follow, ack = message.get("follow"), message.get("ack")
        if isinstance(follow, dict):
            self.followed, self.holding = follow, False
            self.wanted.set()
        if message.get("hold") is True:
            self.holding = True
        if type(ack) is int:
            self.acknowledged = max(self.acknowledged, min(ack, self.viewer.frames))
            if self.owed:
                self.wanted.set()

    def _follow(self, viewer: Viewer, follow: dict[str, Any]) -> None:
        """Start anew from where the page says. Only between frames: a frame is read in another thread."""
        query, epoch = follow.get("query"), follow.get("epoch")
        viewer.place = Place(_cursor(follow.get("after")), _cursor(follow.get("changes")))
        viewer.wanted = filter_of(query if isinstance(query, str) else "")
        viewer.epoch = epoch if type(epoch) is int and 0 <= epoch < 2**31 else 0
        viewer.names = None
        self.feed = feed_of(viewer.lens, viewer.look, viewer.wanted)
        self.acknowledged = viewer.frames
        self.following = True

    async def _push_or_close(self, viewer: Viewer) -> None:
        """Push; should that fail, close, so that the page comes back instead of waiting for ever."""
        try:
            await self._push(viewer)
        except Exception:  # a fault of ours: to be seen in the log
            logger.exception("pushing failed")
            await self.close(PUSHING_FAILED)

    async def _push(self, viewer: Viewer) -> None:
        """Send a frame whenever something is wanted: at once, but never two within the frame interval."""
        while True:
            try:
                async with asyncio.timeout(ear.patience):
                    await self.wanted.wait()
            except TimeoutError:
                if not await self._may_go_on():
                    return
                if not await _has_news(viewer):
                    continue
            self.wanted.clear()
            if not await self._may_go_on():
                return
            if self.followed is not None:
                self._follow(viewer, self.followed)
                self.followed = None
            self.owed = self._lags(viewer)
            if not self.following or self.owed:
                continue  # the follow or the acknowledgement will want the frame
            frame = await self._frame(viewer)
            if frame is None:
                return
            await self.send(text_data=frame.html)
            if frame.more or (not self.holding and self.feed.beyond(viewer.place)):
                self.wanted.set()

    def _lags(self, viewer: Viewer) -> bool:
        return viewer.frames - self.acknowledged >= settings.MAX_FRAMES_UNACKNOWLEDGED

    async def _frame(self, viewer: Viewer) -> Frame | None:
        """The next frame; closes when the recording is gone, or the database for more than a moment."""
        for _ in range(_DATABASE_TRIES):
            try:
                return framed(viewer, await self._found(viewer))
            except Recording.DoesNotExist:
                await self.close(NO_SUCH_RECORDING)
                return None
            except ShareOver:
                await self.close(SHARE_OVER)
                return None
            except DatabaseError as error:
                logger.warning("reading a frame failed: %s", type(error).__name__)
                await asyncio.sleep(_DATABASE_PAUSE_SECONDS)
        await self.close(DATABASE_AWAY)
        return None

    async def _found(self, viewer: Viewer) -> Cut:
        """What follows the viewer's place; without rows also where it came to hold them during the read."""
        if not self.holding:
            found = await self.feed.after(viewer.place)
            if not self.holding:
                return found
        return await self.feed.without_rows(viewer.place)


def same_origin(scope: Mapping[str, Any]) -> bool:
    """False for a socket that a page from elsewhere opened, or one under a host name that is not ours.

    Only browsers send an Origin; a program on this machine need not.
    """
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    origin = headers.get(b"origin")
    return origin is None or origin.decode("latin-1").partition("://")[2] == host


def _cursor(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 2**62 else 0


def _parsed(text: str | None) -> dict[str, Any] | None:
    if text is None or len(text) > _LONGEST_MESSAGE:
        return None
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return message if isinstance(message, dict) else None


@database_sync_to_async
def _recording_id(key: str) -> int | None:
    try:
        return get_recording(key).pk
    except Http404:
        return None


@database_sync_to_async
def _has_news(viewer: Viewer) -> bool:
    """Also where the recording or the database is gone: the next frame finds that out."""
    try:
        at = Recording.objects.filter(pk=viewer.recording).values_list("last_seq", "last_change").first()
        return at is None or at > viewer.place
    except DatabaseError:
        return True  # the frame will tell
