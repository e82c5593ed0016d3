"""Parses the payloads of a stored event from its text columns."""

from datetime import UTC, datetime
from typing import Any, Protocol

import orjson

from events.judging.content import content_digest
from events.judging.draft import PIXEL
from events.judging.effective import Effective, Payloads, effective
from events.judging.unread import may_hold_marks
from events.reference import Reference


class PayloadColumns(Protocol):
    """The columns that tell an event's parameters, as a row, a draft and a shown event have them."""

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
    @property
    def unknown(self) -> str: ...
    @property
    def source(self) -> str: ...


def payloads_of(event: PayloadColumns) -> Payloads:
    """The event's parsed payloads: called, sent, automatic and permanent parameters, and unknown paths."""
    return Payloads(
        _parsed(event.called),
        _parsed(event.sent),
        _parsed(event.automatic) or {},
        _parsed(event.permanent) or {},
        may_hold_marks(event.source, event.called, event.automatic, event.permanent),
        _parsed(event.unknown) or (),
    )


def digest_of_content(event: PayloadColumns) -> int:
    """The digest of a stored event's content, as ``Event.occurrence`` has it."""
    return content_digest(event.name, _parsed(event.called), _parsed(event.sent))


class JudgedColumns(PayloadColumns, Protocol):
    """The columns that judging needs."""

    @property
    def received_at(self) -> datetime: ...


def judged_payloads_of(event: JudgedColumns) -> Payloads:
    """The event's parsed payloads, and what else its verdict depends on: when and how it came."""
    given = payloads_of(event)
    given.came_on = event.received_at.astimezone(UTC).date()
    given.in_query = event.source == PIXEL
    return given


def effective_of(event: PayloadColumns, reference: Reference) -> Effective:
    """The effective event by the edition ``reference``."""
    return effective(event.name, payloads_of(event), reference)


def _parsed(text: str) -> Any:
    return orjson.loads(text) if text else None
