"""The one writer of this process: adaptive group commit.

Requests hand their drafts over and wait; a thread stores whatever queued while it committed the last batch,
then answers every caller. So an idle server commits at once and a busy one commits in large batches, without
a timer. Nobody is answered before the commit.
"""

import asyncio
import logging
import queue
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import NamedTuple

from django.db import DatabaseError, connection

from events.db.errors import DATABASE_UNAVAILABLE
from events.db.resolve_futures import AnyFuture, resolve
from events.store.transaction import Outcome, Stored, Submission, store

#: One commit's share: beyond it, callers at the end of the batch would wait too long.
_MOST_EVENTS_IN_A_COMMIT = 2_000
#: What may wait for the writer: some 100 MB at worst. Beyond it callers are told to come back.
_MOST_EVENTS_WAITING = 20_000
_PATIENCE_SECONDS = 2.0
_PAUSE_SECONDS = 0.2

logger = logging.getLogger(__name__)


class Busy(RuntimeError):
    """Too much is waiting already: try again in a moment."""


class StoreUnavailable(RuntimeError):
    """The database could not store this: try again later."""


class _Entry(NamedTuple):
    """Something to store, and who waits for what becomes of it."""

    submission: Submission
    waiting: AnyFuture[Stored]


class Writer:
    """Takes submissions from any thread and stores them in one of its own, started at the first of them."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Entry] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._waiting = 0

    async def store(self, submission: Submission) -> Stored:
        """Store ``submission``; returns after the commit.

        Raises Busy, StoreUnavailable, store.UnknownCaptureKey, store.RecordingStopped.
        """
        waiting: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._take(_Entry(submission, waiting))
        try:
            return await waiting
        finally:  # else an error, its traceback and this frame hold each other, and the request with them
            del waiting

    def submit(self, submission: Submission) -> "Future[Stored]":
        """The same for a thread. Raises Busy; the others are the future's."""
        future: Future[Stored] = Future()
        self._take(_Entry(submission, future))
        return future

    def _take(self, entry: _Entry) -> None:
        size = entry.submission.size
        with self._lock:
            if self._waiting + size > _MOST_EVENTS_WAITING:
                raise Busy
            self._waiting += size
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="events-writer", daemon=True)
                self._thread.start()
        self._queue.put(entry)

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            try:
                self._store(batch)
            except Exception:  # the thread must live on, whatever one batch did
                logger.exception("storing a batch failed")
                _fail(batch)
            finally:
                self._forget(batch)

    def _next_batch(self) -> list[_Entry]:
        """Wait for one submission, then take what else is there."""
        batch = [self._queue.get()]
        events = batch[0].submission.size
        while events < _MOST_EVENTS_IN_A_COMMIT:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
            events += batch[-1].submission.size
        return batch

    def _store(self, batch: list[_Entry]) -> None:
        """Store the batch; where a part of it cannot be stored, each by itself: one must not spoil all."""
        try:
            outcomes = _patiently([entry.submission for entry in batch])
        except DatabaseError as error:
            logger.warning("storing %d submissions failed: %s", len(batch), type(error).__name__)
            if isinstance(error, DATABASE_UNAVAILABLE):
                self._turn_away()  # first: who comes once these were answered has a try of their own
                _fail(batch)
                return
            if len(batch) == 1:
                _fail(batch)
                return
            for part in batch:
                self._store([part])
            return
        # Errors among the outcomes are answers too: who raises them is up to whoever asked.
        resolve((entry.waiting, outcome) for entry, outcome in zip(batch, outcomes, strict=True))

    def _turn_away(self) -> None:
        """Answer at once whoever waits behind a batch that the database did not take: each try takes long."""
        waiting = []
        with suppress(queue.Empty):
            while True:
                waiting.append(self._queue.get_nowait())
        _fail(waiting)
        self._forget(waiting)

    def _forget(self, batch: list[_Entry]) -> None:
        size = sum(entry.submission.size for entry in batch)
        with self._lock:
            self._waiting -= size


def _patiently(submissions: list[Submission]) -> list[Outcome]:
    """``store``, tried again for a moment while the database is away; event ids make that harmless."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return store(submissions)
        except DATABASE_UNAVAILABLE:
            connection.close()  # the next try opens a new one
            if time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)  # a database that is away does not say when it is back


def _fail(batch: list[_Entry]) -> None:
    resolve((entry.waiting, StoreUnavailable()) for entry in batch)


writer = Writer()
