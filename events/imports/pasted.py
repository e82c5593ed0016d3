"""Pasted text -> events: payloads in any wire shape, pixels, ``cact()`` calls, curl commands. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from events.imports.addresses import kind_of
from events.imports.commands import Command, read_commands
from events.imports.foreign import foreign
from events.imports.literals import MOST_NOTES, Absent, Note, Reader
from events.imports.permanent import Permanent
from events.imports.tokens import Place
from events.pixel import read_pixel
from events.reference import Reference
from events.wire import Delivery, Incoming, Unreadable, parse, read, read_delivery

_MOST_EVENTS: Final = 5_000  # a call carries all that was set before: the text's length alone is no bound
#: An address or a query string. Quotes and brackets may be in it, as encodeURIComponent leaves them, where it
#: cannot be code: behind a host, behind a question mark, beside an event's name.
_PIXEL_LINE: Final = re.compile(
    r"""https?://[^\s"<>=]++=[^\s"<>]*+\Z
    |(?:\?|(?=(?:[^\s"<>{};]*?&)?event_name=))[^\s"<>{};=]*+=[^\s"<>{};]*+\Z
    |[^\s'"(){}<>;=]*+=[^\s'"(){}<>;]*+\Z""",
    re.VERBOSE,
)
_COMMAND: Final = re.compile(
    r"\s*+(?:(?:#|::|(?i:rem)\s)[^\n]*+\s*+)*+(?:[$>%]\s+)?+(?:[A-Za-z]:[^\s>]*+>)?+curl(?:\.exe)?\s"
)
_TAG_TRIGGER: Final = re.compile(r"trigger_(\w{1,60})\Z")


@dataclass(slots=True)
class Pasted:
    """The events of a text, and what of it was not read; ``unread`` counts beyond the notes that are kept."""

    delivery: Delivery
    notes: list[Note] = field(default_factory=list)
    unread: int = 0

    def refuse(self, line: int, reason: str) -> None:
        """Note that something in ``line`` was not read."""
        self.unread += 1
        if len(self.notes) < MOST_NOTES:
            self.notes.append(Note(Place(line, 1), reason))


def read_pasted(text: str, reference: Reference) -> Pasted:
    """The events in ``text``, whatever it is. Never raises; what it cannot read is noted."""
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
    return read_delivery(value) if isinstance(value, dict | list) and value and not foreign(value) else None


def _pixel_lines(text: str) -> list[tuple[int, str]] | None:
    """The lines, with their numbers, where each is an address or a query string; else None."""
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


def _read_commands(commands: list[Command], reference: Reference, found: Pasted) -> None:
    for command in commands:
        try:
            found.delivery.events += _requested(command, reference)
        except ValueError as error:
            found.refuse(command.line, str(error))


def _requested(command: Command, reference: Reference) -> list[Incoming]:
    """The events that a command sends. Raises ValueError where there is none, or where it is not here."""
    if command.missing:
        raise Unreadable(command.missing)
    if command.body:
        return read_body(command.body, reference)
    event = read_pixel(urlsplit(command.address).query, reference)
    if event.name is None and not event.sent:
        raise Unreadable("this command sends no event: it has neither a body nor a query that holds one")
    return [event]


def read_body(body: str, reference: Reference) -> list[Incoming]:
    """The events in a request's body: JSON in any wire shape, or a form. Raises Unreadable."""
    try:
        return read(parse(body.encode(errors="replace")))
    except Unreadable:
        if body.lstrip()[:1] in ("{", "[") or "=" not in body:
            raise
    return [read_pixel(body, reference)]


def _read_code(text: str, reference: Reference) -> Pasted:
    code = _Code(text, reference)
    code.read()
    return Pasted(Delivery(code.events), code.reader.notes, code.reader.unread)


class _Code:
    """Finds calls and payloads in code, from its beginning to its end."""

    def __init__(self, text: str, reference: Reference) -> None:
        self.reader = Reader(text)
        self.tokens = self.reader.tokens
        self.reference = reference
        self.events: list[Incoming] = []
        self.permanent = Permanent()
        self._callees: dict[str, Callable[[int, list[Any]], None]] = {
            "cact": self._cact,
            "push": self._queued,
            "fetch": self._request,
            "sendBeacon": self._request,
        }

    def read(self) -> None:
        """Fill ``events``."""
        payloads = True  # until the first piece of code
        while (token := self.tokens.peek()).kind != "end":
            if payloads and token.text in ("{", "["):
                self._payload()
                continue
            payloads &= token.text in (",", ";")
            if token.kind == "template":
                self.tokens.take()
                if self.tokens.template() is None:
                    self.tokens.skip_template()
                continue
            self.tokens.take()
            read = self._callees.get(token.text) if token.kind == "word" else None
            if read and (self.tokens.take_if("?.") or True) and self.tokens.take_if("("):
                read(token.start, self.reader.arguments())

    def _payload(self) -> None:
        start = self.tokens.peek().start
        value = self.reader.document()
        if reason := foreign(value):
            self.reader.note(start, reason)
        elif isinstance(value, dict | list) and value:
            self._add(start, read(value))

    def _add(self, start: int, events: list[Incoming]) -> None:
        place = self.reader.lines.place(start)
        for event in events:
            event.call_site = event.call_site or f"line {place.line}, column {place.column}"
        self.events += events

    def _cact(self, start: int, given: list[Any]) -> None:
        command = given[0] if given else None
        if not isinstance(command, str):
            self.reader.note(start, "only the page knows the command of this call")
        elif command == "trigger" or (tag := _TAG_TRIGGER.match(command)):
            self._trigger(start, given[1:], "" if command == "trigger" or not tag else tag[1])
        elif command == "setProperty" and len(given) > 2:
            if isinstance(given[2], Absent) or not self.permanent.put(given[1], given[2]):
                self.reader.note(start, "this property cannot be kept for the calls that follow")
        elif command in self.reference.events:
            params = next((entry for entry in given[1:] if isinstance(entry, dict)), {})
            self._add(start, [Incoming(name=command, called=params, old_form=True)])

    def _trigger(self, start: int, given: list[Any], container: str) -> None:
        """The first string is the name, the first object the parameters; null stands for none."""
        name = next((entry for entry in given if isinstance(entry, str)), None)
        if Absent.UNKNOWN in given[:2]:
            what = "parameters" if name else "name"
            self.reader.note(start, f"this call is left out: its {what} cannot be known from the text")
            return
        params = next((entry for entry in given if entry is None or isinstance(entry, dict | list)), None)
        event = Incoming(name=name, called={} if params is None else params, container=container)
        event.permanent = self.permanent.properties
        self._add(start, [event])

    def _queued(self, start: int, given: list[Any]) -> None:
        """What is pushed into the queue is a call."""
        if len(given) == 1 and isinstance(given[0], list) and self._behind(start, "caReady."):
            self._cact(start, given[0])

    def _request(self, start: int, given: list[Any]) -> None:
        """``fetch(address, {body})`` and ``sendBeacon(address, body)``, as browsers copy them."""
        if len(given) < 2 or not isinstance(given[0], str) or not kind_of(given[0]):
            return
        body = given[1].get("body") if isinstance(given[1], dict) else given[1]
        if not isinstance(body, str):
            self.reader.note(start, "only the page knows the body of this request")
            return
        try:
            self._add(start, read_body(body, self.reference))
        except Unreadable as error:
            self.reader.note(start, str(error))

    def _behind(self, start: int, before: str) -> bool:
        return self.tokens.text[max(start - len(before), 0) : start] == before
