"""Reads a recording once for all viewers at the same cursor.

Viewers of one recording with the same visibility and filter, who have been sent the same rows, stand at the
same cursor. What follows it is read and rendered once, and sent to each of them. A viewer elsewhere (just
opened, or behind) reads for itself until it has caught up. Sharing changes the speed alone: each viewer gets
every row after its own cursor, once and in order.
"""

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary

from channels.db import database_sync_to_async
from django.conf import settings

from events.recordings.filter import Filter
from inspector.live.frames import Cursor, RenderedSlice, render_slice
from inspector.live.visible_recording import ReadVisible

#: Rendered slices cached for viewers a few frames behind; each is at most one frame.
_CACHED = 16
#: The pause before the next read, in multiples of the time that the last one took.
_REST = 3


class SharedReads:
    """The reads that viewers with one visibility and filter share. ``stale``: there may be unread events."""

    def __init__(self, read_visible: ReadVisible, wanted: Filter) -> None:
        self.stale = False
        self._read_visible = read_visible
        self._wanted = wanted
        self._head = Cursor()
        self._slices: dict[Cursor, RenderedSlice] = {}
        self._reading: dict[Cursor, asyncio.Task[RenderedSlice]] = {}
        self._rest_until = 0.0

    async def after(self, cursor: Cursor) -> RenderedSlice:
        """Read what follows ``cursor``: at least the counters. Raises what ``render_slice`` raises."""
        known = self._slices.get(cursor)
        if known is not None:
            return known
        reading = self._reading.get(cursor)
        if reading is None:
            reading = self._reading[cursor] = asyncio.create_task(self._read(cursor))
            reading.add_done_callback(lambda done: self._finish(cursor, done))
        return await asyncio.shield(reading)  # one viewer's end does not cancel the others' read

    async def without_rows(self, cursor: Cursor) -> RenderedSlice:
        """Read the counters alone, for a viewer that holds the rows."""
        await asyncio.sleep(_interval())
        return await database_sync_to_async(render_slice)(
            self._read_visible, self._wanted, cursor, rows=False
        )

    def beyond(self, cursor: Cursor) -> bool:
        """True where something after ``cursor`` is cached, or may be stored and unread."""
        return self.stale or cursor in self._slices

    async def _read(self, cursor: Cursor) -> RenderedSlice:
        """Read on from the head, at most once in a frame interval; from behind it, read up to the head."""
        if not _reaches(cursor, self._head):
            found = await database_sync_to_async(render_slice)(
                self._read_visible, self._wanted, cursor, until=self._head
            )
            await asyncio.sleep(_interval())
            return found
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._rest_until - loop.time())
        self.stale = False  # before the read: an event stored meanwhile sets it again
        began = loop.time()
        found = await database_sync_to_async(render_slice)(self._read_visible, self._wanted, cursor)
        now = loop.time()
        # Reading takes a quarter of the time at most: in a flood, storing events goes before showing them.
        self._rest_until = now + max(_interval(), _REST * (now - began))
        if found.real and _reaches(found.cursor, self._head):
            self._head = found.cursor
            if found.cursor != cursor:
                self._cache(cursor, found)
        return found

    def _finish(self, cursor: Cursor, reading: asyncio.Task[RenderedSlice]) -> None:
        del self._reading[cursor]
        if not reading.cancelled():
            reading.exception()  # a waiting viewer raises it; without one, asyncio would log it

    def _cache(self, cursor: Cursor, found: RenderedSlice) -> None:
        self._slices[cursor] = found
        while len(self._slices) > _CACHED:
            del self._slices[next(iter(self._slices))]


def _reaches(cursor: Cursor, other: Cursor) -> bool:
    return cursor.seq >= other.seq and cursor.change >= other.change


def _interval() -> float:
    return float(settings.FRAME_INTERVAL_MS) / 1000


_SHARED: WeakValueDictionary[tuple[Hashable, Filter], SharedReads] = WeakValueDictionary()


def shared_reads_of(visibility: Hashable, read_visible: ReadVisible, wanted: Filter) -> SharedReads:
    """The reads of a visibility and filter; they live as long as a viewer references them."""
    reads = _SHARED.get((visibility, wanted))
    if reads is None:
        reads = _SHARED[visibility, wanted] = SharedReads(read_visible, wanted)
    return reads
