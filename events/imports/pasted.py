"""Reads events from pasted text: payloads of any wire shape, pixel URLs, ``cact()`` calls, curl. Pure."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from events.imports.curl.command import CurlRequest, read_commands
from events.imports.javascript.calls import CallReader
from events.imports.javascript.notes import MOST_NOTES, Note, Position
from events.imports.not_payloads import why_no_payload
from events.imports.request_body import read_body
from events.reference import Reference
from events.wire import Delivery, Incoming, Unreadable, parse, read_delivery
from events.wire.pixel import read_pixel

_MOST_EVENTS: Final = 5_000  # each call includes all properties set before it: a short text may grow large
#: A URL or a query string. It may hold quotes and brackets, which encodeURIComponent leaves, where it cannot
#: be code: after a host, after a question mark, beside an event's name.
_PIXEL_LINE: Final = re.compile(
    r"""https?://[^\s"<>=]++=[^\s"<>]*+\Z
    |(?:\?|(?=(?:[^\s"<>{};]*?&)?event_name=))[^\s"<>{};=]*+=[^\s"<>{};]*+\Z
    |[^\s'"(){}<>;=]*+=[^\s'"(){}<>;]*+\Z""",
    re.VERBOSE,
)
_COMMAND: Final = re.compile(
    r"\s*+(?:(?:#|::|(?i:rem)\s)[^\n]*+\s*+)*+(?:[$>%]\s+)?+(?:[A-Za-z]:[^\s>]*+>)?+curl(?:\.exe)?\s"
)


@dataclass(slots=True)
class Pasted:
    """The events of a text, with notes on what was not read; ``unread`` counts more than ``notes`` lists."""

    delivery: Delivery
    notes: list[Note] = field(default_factory=list)
    unread: int = 0

    def refuse(self, line: int, reason: str) -> None:
        """Add a note that a part of ``line`` was not read."""
        self.unread += 1
        if len(self.notes) < MOST_NOTES:
            self.notes.append(Note(Position(line, 1), reason))


def read_pasted(text: str, reference: Reference) -> Pasted:
    """The events in any ``text``. Never raises: unreadable parts become notes."""
    text = text.removeprefix("\ufeff")
    found = Pasted(_as_json(text) or Delivery([]))
    if not found.delivery.size:
        if _COMMAND.match(text):
            _read_commands(read_commands(text), reference, found)
        elif (lines := _pixel_lines(text)) is not None:
            _read_pixels(lines, reference, found)
        else:
            found = _read_code(text, reference)
    events = found.delivery.events
    if len(events) > _MOST_EVENTS:
        found.refuse(1, f"it holds {len(events):,} events, and only the first {_MOST_EVENTS:,} are read")
        del events[_MOST_EVENTS:]
    for event in events:
        event.source = "import"
    if not found.delivery.events and not found.notes:
        found.refuse(1, "there is no event in it: neither a payload, nor a call of cact(), nor an address")
    return found


def _as_json(text: str) -> Delivery | None:
    try:
        value = parse(text.encode(errors="replace"))
    except Unreadable:
        return None
    return (
        read_delivery(value)
        if isinstance(value, dict | list) and value and not why_no_payload(value)
        else None
    )


def _pixel_lines(text: str) -> list[tuple[int, str]] | None:
    """The numbered lines, where each line is a URL or a query string; else None."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    return lines if lines and all(_PIXEL_LINE.match(line) for _, line in lines) else None


def _read_pixels(lines: list[tuple[int, str]], reference: Reference, found: Pasted) -> None:
    for number, line in lines:
        address = line.startswith(("http://", "https://"))
        try:
            query = urlsplit(line).query if address else line.removeprefix("?")
            found.delivery.events.append(read_pixel(query, reference))
        except ValueError as error:  # Unreadable is one
            found.refuse(number, str(error))


def _read_commands(commands: list[CurlRequest], reference: Reference, found: Pasted) -> None:
    for command in commands:
        try:
            found.delivery.events += _command_events(command, reference)
        except ValueError as error:
            found.refuse(command.line, str(error))


def _command_events(command: CurlRequest, reference: Reference) -> list[Incoming]:
    """The events that a curl command sends. Raises ValueError where the command has no readable event."""
    if command.missing:
        raise Unreadable(command.missing)
    if command.body:
        return read_body(command.body, reference)
    event = read_pixel(urlsplit(command.address).query, reference)
    if event.name is None and not event.sent:
        raise Unreadable("this command sends no event: it has neither a body nor a query that holds one")
    return [event]


def _read_code(text: str, reference: Reference) -> Pasted:
    code = CallReader(text, reference)
    code.read()
    return Pasted(Delivery(code.events), code.notes.listed, code.notes.unread)
