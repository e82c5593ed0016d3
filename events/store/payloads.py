"""What is known of a stored event's parameters, read back from its columns."""

from typing import Any, Protocol

import orjson

from events.judging.effective import Effective, Payloads, effective
from events.reference import Reference


class PayloadColumns(Protocol):
    """The columns of an event that hold its parameters: of a row, a draft or a shown event."""

    @property
    def name(self) -> str: ...
    @property
    def called(self) -> str: ...
    @property
    def sent(self) -> str: ...
    @property
    def automatic(self) -> str: ...
    @property
    def permanent(self) -> str: ...


def payloads_of(event: PayloadColumns) -> Payloads:
    """The event's parameters as they were called, sent, observed and set before."""
    return Payloads(
        _parsed(event.called),
        _parsed(event.sent),
        _parsed(event.automatic) or {},
        _parsed(event.permanent) or {},
    )


def effective_of(event: PayloadColumns, reference: Reference) -> Effective:
    """The event as it was judged."""
    return effective(event.name, payloads_of(event), reference)


def _parsed(text: str) -> Any:
    return orjson.loads(text) if text else None
