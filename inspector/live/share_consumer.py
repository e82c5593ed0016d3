"""The live socket of a share: the same frames, made through its lens, for as long as the link lasts."""

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
from inspector.live.share_visibility import look_of

_NOT_LONGER_THAN = 86_400.0  # seconds that a timer may wait: links live for weeks, sockets do not


class ShareConsumer(LiveConsumer):
    """One open shared view."""

    ending: asyncio.TimerHandle | None = None

    async def _opened(self) -> Viewer | None:
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
        if not share_password.may_look(share, parse_cookie(cookies)):
            await self.close(FOREIGN_ORIGIN)
            return None
        self.share = share.pk
        self._end_with(share)
        look = look_of(share.pk, reverse("shared", args=[token]))
        return Viewer(share.recording_id, look, ("share", share.pk))

    async def disconnect(self, code: int) -> None:
        """Forget the timer, then as every viewer."""
        if self.ending is not None:
            self.ending.cancel()
        await super().disconnect(code)

    async def _may_go_on(self) -> bool:
        """Also of a page that does not keep up: nothing stays open once the link is over."""
        try:
            await database_sync_to_async(reread)(self.share)
        except ShareOver:
            await self.close(SHARE_OVER)
            return False
        except DatabaseError:
            pass  # the frame waits for the database, and asks again
        return True

    def _end_with(self, share: Share) -> None:
        """Look again at the moment when the link expires."""
        left = (share.expires_at - timezone.now()).total_seconds()
        if left < _NOT_LONGER_THAN:
            self.ending = asyncio.get_running_loop().call_later(max(left, 0) + 0.01, self._look_again)

    def _look_again(self) -> None:
        self.wanted.set()
