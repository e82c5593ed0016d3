"""Reads events from JavaScript and TypeScript code: ``cact()`` calls, queued calls, requests. Pure."""

import re
from collections.abc import Callable
from typing import Any, Final

from events.imports.endpoints import kind_of
from events.imports.javascript.lexer import Token
from events.imports.javascript.literals import Absent, Reader
from events.imports.javascript.script_elements import ScriptRange, scripts_of
from events.imports.javascript.set_property import Permanent
from events.imports.not_payloads import why_no_payload
from events.imports.request_body import read_body
from events.reference import Reference
from events.wire import Incoming, Unreadable, read

_INNER: Final = re.compile(r"\bcact\s*+(?:\?\.\s*+)?+\(\s*+['\"`]trigger")
_TAG_TRIGGER: Final = re.compile(r"trigger_(\w{1,60})\Z")
#: The code before a ``push`` to the queue: ``caReady.``, ``(window.caReady = … || []).``
_QUEUE: Final = re.compile(
    r"""\bcaReady(?:['"]\s{0,9}\]|\s{0,9}(?:\|\|=?|\?\?=?)[^()]{0,40}\)|\))?+\s{0,9}(?:\?|!)?\.\s{0,9}\Z"""
)
_QUEUE_CHARACTERS: Final = 120  # characters before ``push`` that are searched
#: The argument of ``push`` in the stub of ``cact``, which queues its own arguments until the client loads.
_STUB: Final = re.compile(
    r"\s*+(?:\[\s*+\.\.\.|\.\.\.|\[\s*+\]\.slice\.call\(|Array\.(?:from|prototype\.slice\.call)\()?+\s*+"
    r"(?:arguments|args)\b"
)


class CallReader:
    """Reads calls and payloads from code; from markup, the calls in its scripts. Fills ``events``."""

    def __init__(self, text: str, reference: Reference) -> None:
        self.reader = Reader(text)
        self.tokens = self.reader.tokens
        self.reference = reference
        self.events: list[Incoming] = []
        self.permanent = Permanent()
        self._callees: dict[str, Callable[[int], None]] = {
            "cact": self._read_cact,
            "push": self._read_push,
            "fetch": self._read_request,
            "sendBeacon": self._read_request,
        }

    def read(self) -> None:
        """Read the whole text into ``events``; unreadable parts become notes of ``reader``."""
        text = self.tokens.text
        scripts = scripts_of(text)
        for start, end in scripts.code if scripts else [ScriptRange(0, len(text))]:
            self.tokens.restrict(start, end)
            self._read(payloads=scripts is None)
            while self.tokens.end < end:  # an unclosed string ended the tokens before the next call
                self.tokens.restrict(self.tokens.end, end)
                self._read(payloads=False)
        for position in scripts.outside if scripts else ():
            self.reader.note(position, "this call is left out: it stands outside the page's scripts")

    def _read(self, *, payloads: bool) -> None:
        """Read to the end; with ``payloads``, JSON before the first statement is read as payloads."""
        before = ""
        while (token := self.tokens.peek()).kind != "end":
            if payloads and token.text in ("{", "["):
                self._payload()
                continue
            payloads &= token.text in (",", ";")
            self.tokens.consume()
            if token.kind == "template":
                if self.tokens.template() is None:
                    self.tokens.skip_template()
            elif (read_call := self._callees.get(self._name(token, before))) and self._opens():
                read_call(token.start)
            before = token.text

    def _name(self, token: Token, before: str) -> str:
        """The name of a possible callee: a word, or ``['word']``; "" for the name of a declared function."""
        if token.kind == "word":
            return "" if before == "function" else token.text
        if token.kind == "string" and before == "[" and self.tokens.consume_if("]"):
            return token.text[1:-1]
        return ""

    def _opens(self) -> bool:
        """Consume ``?.``, ``!`` or types, and a call's opening bracket; return whether there is a bracket."""
        self.tokens.consume_if("?.", "!")
        if self.tokens.peek().text == "<":
            self.tokens.skip_types()
        return self.tokens.consume_if("(")

    def _payload(self) -> None:
        start = self.tokens.peek().start
        value = self.reader.document()
        if reason := why_no_payload(value):
            self.reader.note(start, reason)
        elif isinstance(value, dict | list) and value:
            self._add(start, read(value))

    def _add(self, start: int, events: list[Incoming]) -> None:
        position = self.reader.lines.position(start)
        for event in events:
            event.call_site = event.call_site or f"line {position.line}, column {position.column}"
        self.events += events

    def _read_cact(self, start: int) -> None:
        """Read a call of ``cact``. Arguments of a command without effect are left, as they may hold calls."""
        token = self.tokens.peek()
        if token.kind != "string" or self._has_effect(token.text[1:-1]):
            arguments = self.reader.arguments()
            self._add_call(start, arguments)
            for call in _INNER.finditer(self.tokens.text, token.end, self.tokens.at):
                self.reader.note(call.start(), "this call is left out: it stands in what another is given")

    def _has_effect(self, command: str) -> bool:
        sends = command == "trigger" or _TAG_TRIGGER.match(command) or command in self.reference.events
        return bool(sends) or command == "setProperty" or "\\" in command

    def _add_call(self, start: int, arguments: list[Any]) -> None:
        command = arguments[0] if arguments else None
        if not isinstance(command, str):
            self.reader.note(start, "only the page knows the command of this call")
        elif command == "trigger" or (tag := _TAG_TRIGGER.match(command)):
            self._add_trigger(start, arguments[1:], "" if command == "trigger" or not tag else tag[1])
        elif command == "setProperty" and len(arguments) > 2:
            if isinstance(arguments[2], Absent) or not self.permanent.put(arguments[1], arguments[2]):
                self.reader.note(start, "this property cannot be kept for the calls that follow")
        elif command in self.reference.events:
            params = next((entry for entry in arguments[1:] if isinstance(entry, dict)), {})
            self._add(start, [Incoming(name=command, called=params, old_form=True)])

    def _add_trigger(self, start: int, arguments: list[Any], container: str) -> None:
        """Add a triggered event: the first string is its name, the first object or null its parameters."""
        name = next((entry for entry in arguments if isinstance(entry, str)), None)
        if Absent.UNKNOWN in arguments[:2]:
            what = "parameters" if name else "name"
            self.reader.note(start, f"this call is left out: its {what} cannot be known from the text")
            return
        params = next((entry for entry in arguments if entry is None or isinstance(entry, dict | list)), None)
        event = Incoming(name=name, called={} if params is None else params, container=container)
        event.permanent = self.permanent.properties
        self._add(start, [event])

    def _read_push(self, start: int) -> None:
        """Read a ``push`` to the queue of calls: each pushed array is a call."""
        text = self.tokens.text
        queue = _QUEUE.search(text[max(start - _QUEUE_CHARACTERS, 0) : start])
        if not queue or _STUB.match(text, self.tokens.at, self.tokens.end):
            return
        while self.tokens.consume_if("["):
            self._add_call(start, self.reader.items())
            self.tokens.consume_if(",")
        follows = self.tokens.peek().text
        if follows not in (")", "", "function", "async", "("):  # a function's body may hold calls
            self.reader.note(start, "only the page knows what is put into the queue here")

    def _read_request(self, start: int) -> None:
        """Read ``fetch(url, {body})`` or ``sendBeacon(url, body)``, which browsers copy."""
        arguments = self.reader.arguments()
        if len(arguments) < 2 or not isinstance(arguments[0], str) or not kind_of(arguments[0]):
            return
        body = arguments[1].get("body") if isinstance(arguments[1], dict) else arguments[1]
        if not isinstance(body, str):
            self.reader.note(start, "only the page knows the body of this request")
            return
        try:
            self._add(start, read_body(body, self.reference))
        except Unreadable as error:
            self.reader.note(start, str(error))
