"""The live socket: after a wake-up it reads from the page's cursor and pushes frames.

The page speaks first: ``{"follow": {"after": 41, "changes": 7, "query": "verdict=invalid", "epoch": 1}}``.
From then on it is sent every event after 41, each once and in order, and the changes of earlier ones after
change 7, in frames that carry the epoch. ``{"hold": true}`` stops the rows (the counters go on) until the
next follow. The page acknowledges each frame with ``{"ack": <its number>}``; the server sends no further
frame to a page that lags, so that nothing is buffered without bound. An unknown message is ignored, and so is
a follow with an invalid filter. ``FollowState`` holds the page's requests.
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
from events.recordings.filter_parameters import InvalidFilter, parse_filter
from events.recordings.shares import ShareOver
from inspector.live.follow_state import Follow, FollowState
from inspector.live.frames import Cursor, Frame, RenderedSlice, Viewer, frame_for
from inspector.live.shared_reads import shared_reads_of
from inspector.live.visible_recording import whole_reader
from inspector.live.wakeups import wakeup_listener

logger = logging.getLogger(__name__)

#: Close codes after which the page does not connect again.
NO_SUCH_RECORDING = 4404
FOREIGN_ORIGIN = 4403
SHARE_OVER = 4410
#: Close codes after which the page connects again.
PUSHING_FAILED = 4500
DATABASE_AWAY = 4503
#: How often a frame is tried while the database is away; then the socket closes, and the page shows that.
_DATABASE_TRIES = 3
_DATABASE_PAUSE_SECONDS = 1.0
_LONGEST_MESSAGE = 20_000


class LiveConsumer(AsyncWebsocketConsumer):
    """The socket of one open dashboard.

    It does not subscribe to the channel layer, where an error would end it: ``wakeup_listener`` does so for
    the whole process.
    """

    channel_layer_alias = ""

    async def connect(self) -> None:
        self.viewer: Viewer | None = None
        await self.accept()  # first: a refused handshake could not tell the page why
        if not same_origin(self.scope):
            await self.close(FOREIGN_ORIGIN)
            return
        try:
            viewer = await self._open()
        except DatabaseError as error:
            logger.warning("opening a live socket failed: %s", type(error).__name__)
            await self.close(DATABASE_AWAY)
            return
        if viewer is None:
            return
        self.viewer = viewer
        self.state = FollowState(settings.MAX_FRAMES_UNACKNOWLEDGED)
        self.reads = shared_reads_of(viewer.visibility, viewer.read_visible, viewer.wanted)
        self.wake = asyncio.Event()
        await wakeup_listener.listen(viewer.recording, self._news)
        self.pushing = asyncio.create_task(self._push_or_close(viewer))

    async def _open(self) -> Viewer | None:
        """The viewer of the recording in the address; None, and the socket closed, where there is none."""
        recording = await _recording_id(self.scope["url_route"]["kwargs"]["key"])
        if recording is None:
            await self.close(NO_SUCH_RECORDING)
            return None
        return Viewer(recording, whole_reader(recording), ("recording", recording))

    async def _may_continue(self) -> bool:
        """Whether the viewer may see the recording; checked at every wake-up. False closed the socket."""
        return True

    async def disconnect(self, code: int) -> None:
        if self.viewer is not None:
            self.pushing.cancel()
            await wakeup_listener.leave(self.viewer.recording, self._news)

    async def dispatch(self, message: Any) -> None:
        """Handle an ASGI message; one from the page without Channels' check of database connections.

        That check runs in the thread that reads frames: each acknowledgement would wait in its queue.
        """
        if message["type"] == "websocket.receive":
            await self.websocket_receive(message)
        else:
            await super().dispatch(message)

    def _news(self) -> None:
        self.reads.stale = True
        self.state.news()
        self.wake.set()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        message = _parsed(text_data)
        if self.viewer is None or message is None:
            return
        follow, ack = message.get("follow"), message.get("ack")
        if isinstance(follow, dict) and _can_be_filtered(request := Follow.parse(follow)):
            self.state.follow(request)
            self.wake.set()
        if message.get("hold") is True:
            self.state.hold()
        if type(ack) is int and self.state.acknowledge(ack):
            self.wake.set()

    def _start(self, viewer: Viewer, follow: Follow) -> None:
        viewer.cursor = Cursor(follow.after, follow.changes)
        viewer.wanted = parse_filter(follow.query)
        viewer.epoch = follow.epoch
        viewer.names = None
        self.reads = shared_reads_of(viewer.visibility, viewer.read_visible, viewer.wanted)

    async def _push_or_close(self, viewer: Viewer) -> None:
        """Push frames; close the socket at an error, so that the page connects again instead of waiting."""
        try:
            await self._push(viewer)
        except Exception:  # a bug: the log shows where
            logger.exception("pushing failed")
            await self.close(PUSHING_FAILED)

    async def _push(self, viewer: Viewer) -> None:
        """Send each frame that is due: at once, but never two within the frame interval."""
        while await self._woken(viewer):
            follow = self.state.start()
            if follow is not None:
                self._start(viewer, follow)
            if not self.state.due or not self.state.may_send():
                continue  # the next follow or acknowledgement wakes this loop again
            number = self.state.begin_frame()
            frame = await self._frame(viewer, number)
            if frame is None:
                return
            await self.send(text_data=frame.html)
            self.state.frame_sent(more=frame.more, beyond=self.reads.beyond(viewer.cursor))
            if self.state.due:
                self.wake.set()

    async def _woken(self, viewer: Viewer) -> bool:
        """Wait for a wake-up, polling for one that was lost. False where the viewer may see no more."""
        while True:
            try:
                async with asyncio.timeout(wakeup_listener.poll_seconds):
                    await self.wake.wait()
            except TimeoutError:
                if not await self._may_continue():
                    return False
                if not await _has_news(viewer):
                    continue
                self.state.news()
            self.wake.clear()
            return await self._may_continue()

    async def _frame(self, viewer: Viewer, number: int) -> Frame | None:
        """The next frame; None, and the socket closed, where the recording or the database is gone."""
        for _ in range(_DATABASE_TRIES):
            try:
                return frame_for(viewer, await self._read(viewer), number)
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

    async def _read(self, viewer: Viewer) -> RenderedSlice:
        """What follows the viewer's cursor; the counters alone where the page holds, or began to."""
        if not self.state.holding:
            found = await self.reads.after(viewer.cursor)
            if not self.state.holding:
                return found
        return await self.reads.without_rows(viewer.cursor)


def same_origin(scope: Mapping[str, Any]) -> bool:
    """False for a socket opened by another site's page, or under a host name that is not allowed.

    Only browsers send an Origin; a program on this machine need not.
    """
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    origin = headers.get(b"origin")
    return origin is None or origin.decode("latin-1").partition("://")[2] == host


def _can_be_filtered(follow: Follow) -> bool:
    try:
        parse_filter(follow.query)
    except InvalidFilter:
        return False
    return True


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
    """Whether something follows the viewer's cursor. True also where the next frame will raise an error."""
    try:
        at = Recording.objects.filter(pk=viewer.recording).values_list("last_seq", "last_change").first()
        return at is None or at > viewer.cursor
    except DatabaseError:
        return True
