"""Runs the only writer of this process, with adaptive group commit.

Requests queue submissions and await their futures. A thread stores all submissions that were queued during
the previous commit in one transaction, then resolves their futures. So an idle server commits at once and a
busy one commits in large batches, without a timer. No future is resolved before the commit.
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

#: The size of one commit: with a larger one, callers would wait too long for their answers.
_MOST_EVENTS_IN_A_COMMIT = 2_000
#: The capacity of the queue: some 100 MB at worst. Beyond it the writer raises Busy.
_MOST_EVENTS_WAITING = 20_000
_RETRY_SECONDS = 2.0
_RETRY_PAUSE_SECONDS = 0.2

logger = logging.getLogger(__name__)


class Busy(RuntimeError):
    """The writer's queue is full: try again in a moment."""


class StoreUnavailable(RuntimeError):
    """The database could not store the submission: try again later."""


class _Entry(NamedTuple):
    """A queued submission and the future of its outcome."""

    submission: Submission
    future: AnyFuture[Stored]


class Writer:
    """Accepts submissions from any thread and stores them in its own, started by the first submission."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Entry] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._waiting = 0

    async def store(self, submission: Submission) -> Stored:
        """Store ``submission`` from a coroutine; returns after the commit.

        Raises Busy, StoreUnavailable, transaction.UnknownCaptureKey, transaction.RecordingStopped.
        """
        future: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._enqueue(_Entry(submission, future))
        try:
            return await future
        finally:  # breaks the reference cycle of an error, its traceback and this frame
            del future

    def submit(self, submission: Submission) -> "Future[Stored]":
        """Store ``submission`` from a thread; the future is resolved after the commit.

        Raises Busy. The future raises StoreUnavailable, transaction.UnknownCaptureKey,
        transaction.RecordingStopped.
        """
        future: Future[Stored] = Future()
        self._enqueue(_Entry(submission, future))
        return future

    def _enqueue(self, entry: _Entry) -> None:
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
            except Exception:  # an error of one batch must not end the thread
                logger.exception("storing a batch failed")
                _fail(batch)
            finally:
                self._release(batch)

    def _next_batch(self) -> list[_Entry]:
        """Wait for one submission, then add those that are queued already, up to the size of a commit."""
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
        """Store the batch; where the database refuses it, each submission in a transaction of its own."""
        try:
            outcomes = _store_with_retries([entry.submission for entry in batch])
        except DatabaseError as error:
            logger.warning("storing %d submissions failed: %s", len(batch), type(error).__name__)
            if isinstance(error, DATABASE_UNAVAILABLE):
                self._fail_queued()  # before the batch: submissions after its failure get their own try
                _fail(batch)
                return
            if len(batch) == 1:
                _fail(batch)
                return
            for part in batch:
                self._store([part])
            return
        # Errors among the outcomes are raised by their futures.
        resolve((entry.future, outcome) for entry, outcome in zip(batch, outcomes, strict=True))

    def _fail_queued(self) -> None:
        """Fail all queued submissions at once while the database is unavailable: each retry takes long."""
        queued = []
        with suppress(queue.Empty):
            while True:
                queued.append(self._queue.get_nowait())
        _fail(queued)
        self._release(queued)

    def _release(self, batch: list[_Entry]) -> None:
        """Release the capacity of the queue that ``batch`` took."""
        size = sum(entry.submission.size for entry in batch)
        with self._lock:
            self._waiting -= size


def _store_with_retries(submissions: list[Submission]) -> list[Outcome]:
    """Call ``store``; retry for two seconds while the database is unavailable. Event ids make that harmless.

    Raises DatabaseError.
    """
    until = time.monotonic() + _RETRY_SECONDS
    while True:
        try:
            return store(submissions)
        except DATABASE_UNAVAILABLE:
            connection.close()  # the next try opens a new connection
            if time.monotonic() > until:
                raise
            time.sleep(_RETRY_PAUSE_SECONDS)  # no event announces that a database is available again


def _fail(batch: list[_Entry]) -> None:
    resolve((entry.future, StoreUnavailable()) for entry in batch)


writer = Writer()
