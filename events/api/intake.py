"""Reads and stores the deliveries to the capture addresses, and writes their receipts.

Separate from the views, since Daphne answers the page-side script past Django: see ``answer``.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import orjson

from events.api.errors import Refusal, error_body, too_large_body
from events.api.request_body import busy, json_in, require_identity, store_unavailable, too_many
from events.limits import TooLarge
from events.reference import Reference
from events.store.collect import Result, TooManyEvents, collect, edition_for
from events.store.transaction import RecordingStopped, UnknownCaptureKey
from events.store.writer import Busy, StoreUnavailable
from events.wire import Delivery, read_delivery

logger = logging.getLogger(__name__)

_FAILED: Final = error_body("failed", "The inspector failed at this; its log says why.")


class Answer(NamedTuple):
    """An answer in JSON. ``retry_after`` is in seconds, None where a retry does not help."""

    status: int
    content: bytes
    retry_after: int | None = None


async def answer(capture_key: str, body: bytes, encoding: str) -> Answer:
    """Store the delivery that the page-side script posts; returns after the commit. Never raises.

    ``encoding`` is the request's Content-Encoding, "" where it has none.
    """
    try:
        require_identity(encoding)
        results = await store_delivery(capture_key, read_delivery(json_in(body)), unknown=404)
    except Refusal as refusal:
        error_json = error_body(refusal.code, refusal.message)
        return Answer(refusal.status, orjson.dumps(error_json), refusal.retry_after)
    except TooLarge as error:
        return Answer(413, orjson.dumps(too_large_body(error)))
    except Exception:  # a fault of the inspector: logged, and the page still gets an answer
        logger.exception("taking a post failed")
        return Answer(500, orjson.dumps(_FAILED))
    return Answer(202, orjson.dumps(receipts(results)))


async def store_delivery(capture_key: str, delivery: Delivery, *, unknown: int) -> list[Result]:
    """Store ``delivery``. Raises Refusal; ``unknown`` is its status where no recording has the key."""
    with _refusals(unknown):
        return await collect(capture_key, delivery)


async def edition_for_reading(capture_key: str, *, unknown: int) -> Reference:
    """The edition of the capture key's recording, for a wire shape whose parser needs the edition.

    Raises Refusal; ``unknown`` is its status where no recording has the key.
    """
    with _refusals(unknown):
        return await edition_for(capture_key)


@contextmanager
def _refusals(unknown: int) -> Iterator[None]:
    """Turn the errors of the write path into a Refusal; ``unknown`` is the status for an unknown key."""
    try:
        yield
    except TooManyEvents:
        raise too_many() from None
    except UnknownCaptureKey:
        raise Refusal(unknown, "unknown_capture_key", "No recording has this capture key.") from None
    except RecordingStopped:
        message = "This recording is stopped: it takes nothing until somebody resumes it on its dashboard."
        raise Refusal(410, "recording_stopped", message) from None
    except Busy:
        raise busy() from None
    except StoreUnavailable:
        raise store_unavailable() from None


def receipts(results: list[Result]) -> dict[str, Any]:
    """The answer's body: for each event its number, verdict and findings."""
    duplicates = sum(result.duplicate for result in results)
    return {
        "accepted": len(results) - duplicates,
        "duplicates": duplicates,
        "results": [
            {"event_id": one.event_id, "seq": one.seq, "verdict": one.verdict, "findings": one.findings}
            for one in results
        ],
    }
