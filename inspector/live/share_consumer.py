"""The live socket of a share link: pushes frames of what the link shows, and closes when the link ends."""

import asyncio

from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.http import parse_cookie
from django.urls import reverse
from django.utils import timezone

from events.models import Share
from events.recordings.shares import NoSuchShare, ShareOver, find_share, reread
from inspector.auth import share_password
from inspector.live.consumer import FOREIGN_ORIGIN, NO_SUCH_RECORDING, SHARE_OVER, LiveConsumer
from inspector.live.frames import Viewer
from inspector.live.share_visibility import share_reader

_LONGEST_TIMER = 86_400.0  # seconds: links live for weeks, sockets do not


class ShareConsumer(LiveConsumer):
    """The socket of one open shared view."""

    ending: asyncio.TimerHandle | None = None

    async def _open(self) -> Viewer | None:
        token = self.scope["url_route"]["kwargs"]["token"]
        try:
            share = await database_sync_to_async(find_share)(token)
        except NoSuchShare:
            await self.close(NO_SUCH_RECORDING)
            return None
        except ShareOver:
            await self.close(SHARE_OVER)
            return None
        cookies = dict(self.scope["headers"]).get(b"cookie", b"").decode("latin-1")
        if not share_password.is_open_to(share, parse_cookie(cookies)):
            await self.close(FOREIGN_ORIGIN)
            return None
        self.share = share.pk
        self._wake_when_over(share)
        read_visible = share_reader(share.pk, reverse("shared", args=[token]))
        return Viewer(share.recording_id, read_visible, ("share", share.pk))

    async def disconnect(self, code: int) -> None:
        if self.ending is not None:
            self.ending.cancel()
        await super().disconnect(code)

    async def _may_continue(self) -> bool:
        """Whether the link still holds; checked also while the page lags. False closed the socket."""
        try:
            await database_sync_to_async(reread)(self.share)
        except ShareOver:
            await self.close(SHARE_OVER)
            return False
        except DatabaseError:
            pass  # the frame waits for the database, and checks again
        return True

    def _wake_when_over(self, share: Share) -> None:
        """Wake the push loop at the moment when the link expires."""
        left = (share.expires_at - timezone.now()).total_seconds()
        if left < _LONGEST_TIMER:
            self.ending = asyncio.get_running_loop().call_later(max(left, 0) + 0.01, self._expired)

    def _expired(self) -> None:
        self.wake.set()
