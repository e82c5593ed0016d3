"""JavaScript and TypeScript, as people have it in their pages -> the events that its calls send. Pure."""

import re
from collections.abc import Callable
from typing import Any, Final

from events.imports.endpoints import kind_of
from events.imports.javascript.lexer import Token
from events.imports.javascript.literals import Absent, Reader
from events.imports.javascript.script_elements import Span, scripts_of
from events.imports.javascript.set_property import Permanent
from events.imports.not_payloads import foreign
from events.imports.request_body import read_body
from events.reference import Reference
from events.wire import Incoming, Unreadable, read

_INNER: Final = re.compile(r"\bcact\s*+(?:\?\.\s*+)?+\(\s*+['\"`]trigger")
_TAG_TRIGGER: Final = re.compile(r"trigger_(\w{1,60})\Z")
#: What stands before ``push`` where it is the queue's: ``caReady.``, ``(window.caReady = … || []).``
_QUEUE: Final = re.compile(
    r"""\bcaReady(?:['"]\s{0,9}\]|\s{0,9}(?:\|\|=?|\?\?=?)[^()]{0,40}\)|\))?+\s{0,9}(?:\?|!)?\.\s{0,9}\Z"""
)
_QUEUE_CHARACTERS: Final = 120  # of what stands before, no more is looked at
#: What the function pushes that stands in until the real one is there: its own arguments, whatever they are.
_STUB: Final = re.compile(
    r"\s*+(?:\[\s*+\.\.\.|\.\.\.|\[\s*+\]\.slice\.call\(|Array\.(?:from|prototype\.slice\.call)\()?+\s*+"
    r"(?:arguments|args)\b"
)


class Code:
    """Finds calls and payloads in code, from its beginning to its end; in markup, calls in its scripts."""

    def __init__(self, text: str, reference: Reference) -> None:
        self.reader = Reader(text)
        self.tokens = self.reader.tokens
        self.reference = reference
        self.events: list[Incoming] = []
        self.permanent = Permanent()
        self._callees: dict[str, Callable[[int], None]] = {
            "cact": self._called,
            "push": self._queued,
            "fetch": self._request,
            "sendBeacon": self._request,
        }

    def read(self) -> None:
        """Fill ``events``."""
        text = self.tokens.text
        scripts = scripts_of(text)
        for start, end in scripts.code if scripts else [Span(0, len(text))]:
            self.tokens.restrict(start, end)
            self._read(payloads=scripts is None)
            while self.tokens.end < end:  # a broken call ended before another
                self.tokens.restrict(self.tokens.end, end)
                self._read(payloads=False)
        for position in scripts.outside if scripts else ():
            self.reader.note(position, "this call is left out: it stands outside the page's scripts")

    def _read(self, *, payloads: bool) -> None:
        """On to the end; payloads are looked for until the first piece of code."""
        before = ""
        while (token := self.tokens.peek()).kind != "end":
            if payloads and token.text in ("{", "["):
                self._payload()
                continue
            payloads &= token.text in (",", ";")
            self.tokens.take()
            if token.kind == "template":
                if self.tokens.template() is None:
                    self.tokens.skip_template()
            elif (read := self._callees.get(self._name(token, before))) and self._opens():
                read(token.start)
            before = token.text

    def _name(self, token: Token, before: str) -> str:
        """The name of what may be called: a word, or ``['word']``; "" for a function that begins."""
        if token.kind == "word":
            return "" if before == "function" else token.text
        if token.kind == "string" and before == "[" and self.tokens.take_if("]"):
            return token.text[1:-1]
        return ""

    def _opens(self) -> bool:
        """Whether a call begins here, and on into its brackets; ``?.``, ``!`` and types may come before."""
        self.tokens.take_if("?.", "!")
        if self.tokens.peek().text == "<":
            self.tokens.skip_types()
        return self.tokens.take_if("(")

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

    def _called(self, start: int) -> None:
        """A call of ``cact``; into the arguments of one that sends nothing: there may be calls in them."""
        token = self.tokens.peek()
        if token.kind != "string" or self._matters(token.text[1:-1]):
            given = self.reader.arguments()
            self._cact(start, given)
            for call in _INNER.finditer(self.tokens.text, token.end, self.tokens.at):
                self.reader.note(call.start(), "this call is left out: it stands in what another is given")

    def _matters(self, command: str) -> bool:
        sends = command == "trigger" or _TAG_TRIGGER.match(command) or command in self.reference.events
        return bool(sends) or command == "setProperty" or "\\" in command

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

    def _queued(self, start: int) -> None:
        """Each array that is pushed into the queue is a call."""
        text = self.tokens.text
        behind = _QUEUE.search(text[max(start - _QUEUE_CHARACTERS, 0) : start])
        if not behind or _STUB.match(text, self.tokens.at, self.tokens.end):
            return
        while self.tokens.take_if("["):
            self._cact(start, self.reader.items())
            self.tokens.take_if(",")
        follows = self.tokens.peek().text
        if follows not in (")", "", "function", "async", "("):  # there may be calls in a function
            self.reader.note(start, "only the page knows what is put into the queue here")

    def _request(self, start: int) -> None:
        """``fetch(address, {body})`` and ``sendBeacon(address, body)``, as browsers copy them."""
        given = self.reader.arguments()
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
