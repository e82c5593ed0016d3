"""What is known of a stored event's parameters, read back from its columns."""

from typing import Any

import orjson

from events.judging.draft import Draft
from events.judging.effective import Effective, Payloads, effective
from events.models import Event
from events.reference import Reference


def payloads_of(event: Event | Draft) -> Payloads:
    """The event's parameters as they were called, sent, observed and set before."""
    return Payloads(
        _parsed(event.called),
        _parsed(event.sent),
        _parsed(event.automatic) or {},
        _parsed(event.permanent) or {},
    )


def effective_of(event: Event, reference: Reference) -> Effective:
    """The event as it was judged."""
    return effective(event.name, payloads_of(event), reference)


def _parsed(text: str) -> Any:
    return orjson.loads(text) if text else None
