"""Reading a recording once for all who watch it in this process.

Viewers of one recording through the same lens and filter, who have all been sent the same rows, are at the
same place. What comes after it is read and rendered once and handed to each of them. Who is elsewhere (just
opened, or back after a lag) reads by itself until it has caught up. Either way a viewer gets every row after
its own cursor, each once and in order: who shares what is a matter of speed alone.
"""

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary

from channels.db import database_sync_to_async
from django.conf import settings

from events.recordings.filter import Filter
from inspector.live.frames import Cut, Place, cut
from inspector.live.visible_recording import Look

#: Cuts that are kept for viewers a few frames behind; each is at most one frame.
_KEPT = 16
#: For how many times as long as a read took the next one waits.
_REST = 3


class Feed:
    """What comes after the place that the viewers of one lens and filter have reached.

    ``stale`` is set by whoever hears that there is news.
    """

    def __init__(self, look: Look, wanted: Filter) -> None:
        self.stale = False
        self._look = look
        self._wanted = wanted
        self._head = Place()
        self._cuts: dict[Place, Cut] = {}
        self._reading: dict[Place, asyncio.Task[Cut]] = {}
        self._rest_until = 0.0

    async def after(self, place: Place) -> Cut:
        """What follows ``place``; perhaps nothing but the counters. Raises what ``cut`` raises."""
        known = self._cuts.get(place)
        if known is not None:
            return known
        reading = self._reading.get(place)
        if reading is None:
            reading = self._reading[place] = asyncio.create_task(self._read(place))
            reading.add_done_callback(lambda done: self._finish(place, done))
        return await asyncio.shield(reading)  # a viewer who leaves takes it from nobody

    async def without_rows(self, place: Place) -> Cut:
        """Only the counters, for one who holds the rows."""
        await asyncio.sleep(_interval())
        return await database_sync_to_async(cut)(self._look, self._wanted, place, rows=False)

    def beyond(self, place: Place) -> bool:
        """True where there is, or may be, something after ``place`` that was not read for this viewer."""
        return self.stale or place in self._cuts

    async def _read(self, place: Place) -> Cut:
        """Those ahead read on, at most once in a frame interval; those behind catch up with them."""
        if not _reaches(place, self._head):
            found = await database_sync_to_async(cut)(self._look, self._wanted, place, until=self._head)
            await asyncio.sleep(_interval())
            return found
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._rest_until - loop.time())
        self.stale = False  # before the read: what comes while it reads is news again
        began = loop.time()
        found = await database_sync_to_async(cut)(self._look, self._wanted, place)
        now = loop.time()
        # Reading has a quarter of the time at most: in a flood, storing what comes goes before showing it.
        self._rest_until = now + max(_interval(), _REST * (now - began))
        if found.real and _reaches(found.place, self._head):
            self._head = found.place
            if found.place != place:
                self._keep(place, found)
        return found

    def _finish(self, place: Place, reading: asyncio.Task[Cut]) -> None:
        del self._reading[place]
        if not reading.cancelled():
            reading.exception()  # whoever still waits raises it; where nobody does, it is no news

    def _keep(self, place: Place, found: Cut) -> None:
        self._cuts[place] = found
        while len(self._cuts) > _KEPT:
            del self._cuts[next(iter(self._cuts))]


def _reaches(place: Place, other: Place) -> bool:
    return place.cursor >= other.cursor and place.changes >= other.changes


def _interval() -> float:
    return float(settings.FRAME_INTERVAL_MS) / 1000


_FEEDS: WeakValueDictionary[tuple[Hashable, Filter], Feed] = WeakValueDictionary()


def feed_of(name: Hashable, look: Look, wanted: Filter) -> Feed:
    """The feed of the lens called ``name`` through a filter; it lasts as long as somebody holds it."""
    feed = _FEEDS.get((name, wanted))
    if feed is None:
        feed = _FEEDS[name, wanted] = Feed(look, wanted)
    return feed
