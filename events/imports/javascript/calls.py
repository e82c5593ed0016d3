"""Reads events from JavaScript and TypeScript: calls of ``cact``, queued calls, requests, payloads. Pure."""

import re
from typing import Any, Final, NamedTuple

from tree_sitter import Node

from events.imports.endpoints import kind_of
from events.imports.javascript.code import Code
from events.imports.javascript.constants import Constants
from events.imports.javascript.documents import BETWEEN, document_end
from events.imports.javascript.evaluator import Evaluator
from events.imports.javascript.holes import Holes
from events.imports.javascript.literal import note_unclosed, read_literal
from events.imports.javascript.notes import Notes
from events.imports.javascript.regions import Region, regions_of, unquoted
from events.imports.javascript.set_property import Permanent
from events.imports.javascript.syntax import CodeParser, Parsed, as_ascii
from events.imports.javascript.telling import Telling, plain_text
from events.imports.javascript.tree_walk import FoundCall, Walk
from events.imports.javascript.values import Absent, KnownInPart, More, Written
from events.imports.not_payloads import why_no_payload
from events.imports.request_body import read_body
from events.reference import Reference
from events.wire import Incoming, Unreadable, read

_TAG_TRIGGER: Final = re.compile(r"trigger_(\w{1,60})\Z")
#: The argument of ``push`` in the stub of ``cact``, which queues its own arguments until the client loads.
_STUB: Final = re.compile(
    r"\s*+(?:\[\s*+\.\.\.|\.\.\.|\[\s*+\]\.slice\.call\(|Array\.(?:from|prototype\.slice\.call)\()?+\s*+"
    r"(?:arguments|args)\b"
)
_UNKNOWN: Final = Absent.UNKNOWN


_DEEPEST_TEXT: Final = 2  # levels of scripts in texts in scripts


class _Place(NamedTuple):
    """A call at an offset of the whole text, and what evaluates its arguments."""

    start: int
    call: FoundCall
    evaluator: Evaluator
    source: Code


class CallReader:
    """Reads calls and payloads from code; from markup, the calls in its scripts. Fills ``events``."""

    def __init__(self, text: str, reference: Reference) -> None:
        self.notes = Notes(text)
        self.reference = reference
        self.events: list[Incoming] = []
        self.permanent = Permanent()
        self._text = text
        self._holes = Holes(text)
        self._parser = CodeParser()
        self._telling = Telling()

    def read(self) -> None:
        """Read the whole text into ``events``; what is not read becomes ``notes``."""
        regions = regions_of(self._text, self._holes.filled)
        for region in regions.code:
            self._read_calls(self._places(region))
        for position in regions.outside:
            self.notes.add(position, "this call is left out: it stands outside the page's scripts")
        if self._parser.cut:
            self.notes.add(0, "parts of it are too intricate to be read in time")

    def _places(self, region: Region, level: int = 0) -> list[_Place]:
        """Read the payloads at the beginning of a region, and find the calls behind them."""
        at = self._payloads(region) if region.payloads else 0
        walk = Walk(as_ascii(region.filled), at)
        if not walk.candidates:
            return []
        code = as_ascii(region.filled[at:])
        parsed = self._parser.parse(code)
        found = self._calls(
            walk, parsed, Code(region.text[at:], region.start + at, self._holes, self.notes), code
        )
        for start, end in walk.lost_pieces():
            piece = as_ascii(region.filled[start:end])
            parsed = self._parser.parse(piece)
            source = Code(region.text[start:end], region.start + start, self._holes, self.notes)
            found += self._calls(Walk(piece, 0, most=1), parsed, source, piece)
        found += [
            place
            for start, end in walk.nested
            if level < _DEEPEST_TEXT
            for inner in unquoted(region.start + start, region.text[start:end], region.filled[start:end]).code
            for place in self._places(inner, level + 1)
        ]
        return found

    def _calls(self, walk: Walk, parsed: Parsed, source: Code, code: str) -> list[_Place]:
        """The calls in a tree, with the notes about what is not closed in them."""
        evaluator = Evaluator(source)
        found = list(walk.calls(parsed.tree.root_node, Constants(code)))
        first = min((call.node.start_byte for call in found), default=len(code))
        note_unclosed([place for place in parsed.closed if place >= first], source)
        return [_Place(source.offset(call.start), call, evaluator, source) for call in found]

    def _read_calls(self, places: list[_Place]) -> None:
        """Read the calls in the order of the text, as properties that are set last."""
        for _, call, evaluator, source in sorted(places, key=lambda place: place.start):
            if call.kind == "cact":
                self._read_cact(call, evaluator, source)
            elif call.kind == "push":
                self._read_push(call, evaluator, source)
            else:
                self._read_request(call, evaluator, source)

    def _payloads(self, region: Region) -> int:
        """Read payloads up to the first statement; return the offset behind them."""
        at = 0
        while True:
            between = BETWEEN.match(region.text, at)
            start = between.end() if between else at
            if region.text[start : start + 1] not in ("{", "["):
                return start if at else 0
            end = document_end(region.filled, start)
            self._payload(region, start, end)
            at = end

    def _payload(self, region: Region, start: int, end: int) -> None:
        place = region.start + start
        value = read_literal(
            region.text[start:end], region.filled[start:end], place, self._holes, self.notes, self._parser
        )
        if reason := why_no_payload(value):
            self.notes.add(place, reason)
        elif isinstance(value, dict | list) and value:
            self._add(place, read(value))

    def _add(self, start: int, events: list[Incoming]) -> None:
        position = self.notes.lines.position(start)
        for event in events:
            event.call_site = event.call_site or f"line {position.line}, column {position.column}"
            self._telling.tell(event)
        self.events += events

    def _read_cact(self, call: FoundCall, evaluator: Evaluator, source: Code) -> None:
        """Read a call of ``cact``, also by ``call`` and ``apply``. Commands without effect are left."""
        nodes = call.arguments
        if call.through:
            nodes = nodes[1:]
        if call.through == "apply":
            self._read_applied(call, nodes, evaluator, source)
            return
        if not nodes:
            self._read_command([], call, source)
            return
        first = nodes[0]
        if first.type == "string" and not self._has_effect(source.slice(first)[1:-1]):
            return
        self._read_command(evaluator.values(nodes, call.scope, broken=call.node.has_error), call, source)

    def _read_applied(self, call: FoundCall, nodes: list[Node], evaluator: Evaluator, source: Code) -> None:
        if nodes and _STUB.match(source.slice(nodes[0])):
            return
        given = evaluator.value(nodes[0], call.scope) if nodes else _UNKNOWN
        if isinstance(given, list):
            self._read_command(given, call, source)
        else:
            self.notes.add(source.offset(call.start), "only the page knows the command of this call")

    def _has_effect(self, command: str) -> bool:
        sends = command == "trigger" or _TAG_TRIGGER.match(command) or command in self.reference.events
        return bool(sends) or command == "setProperty" or "\\" in command

    def _read_command(self, arguments: list[Any], call: FoundCall, source: Code) -> None:
        start = source.offset(call.start)
        command = arguments[0] if arguments else None
        if not isinstance(command, str) or isinstance(command, KnownInPart):
            self.notes.add(start, "only the page knows the command of this call")
        elif command == "trigger" or (tag := _TAG_TRIGGER.match(command)):
            self._add_trigger(start, arguments[1:], "" if command == "trigger" or not tag else tag[1])
        elif command == "setProperty" and len(arguments) > 2:
            value = plain_text(arguments[2])
            if value is Absent.UNDEFINED or not self.permanent.put(arguments[1], value):
                self.notes.add(start, "this property cannot be kept for the calls that follow")
        elif command in self.reference.events:
            params = next((entry for entry in arguments[1:] if isinstance(entry, dict)), {})
            self._add(start, [Incoming(name=command, called=params, old_form=True)])

    def _add_trigger(self, start: int, arguments: list[Any], container: str) -> None:
        """Add a triggered event: the first text is its name, the first object or null its parameters.

        What only the page knows is the name where it stands before any text, else the parameters.
        """
        given = [plain_text(entry) for entry in arguments]
        more = More.ELEMENT in given
        name: Any = next((entry for entry in given if isinstance(entry, str)), None)
        places = [index for index, entry in enumerate(given) if entry is _UNKNOWN]
        if name is None and (places or more):
            name = _UNKNOWN
            open_places = places[1:]
        else:
            open_places = places
        found = next(
            (entry for entry in given if entry is None or isinstance(entry, dict | list)), Absent.UNDEFINED
        )
        called: Any = {} if found is None or found is Absent.UNDEFINED else found
        if found is Absent.UNDEFINED and (more or open_places or (name is _UNKNOWN and places)):
            called = _UNKNOWN
        if name is _UNKNOWN and called is _UNKNOWN:
            self.notes.add(start, "this call is left out: only the page knows its name and its parameters")
            return
        event = Incoming(name=name, called=called, container=container)
        event.permanent = self.permanent.properties
        self._add(start, [event])

    def _read_push(self, call: FoundCall, evaluator: Evaluator, source: Code) -> None:
        """Read a ``push`` to the queue of calls: each pushed array is a call."""
        if call.arguments and _STUB.match(source.text, call.arguments[0].start_byte):
            return
        for node in call.arguments:
            value = evaluator.value(node, call.scope) if node.type in ("array", "identifier") else None
            if isinstance(value, list):
                self._read_command(value, call, source)
            elif node.type not in ("function_expression", "arrow_function", "function", "identifier"):
                self.notes.add(
                    source.offset(node.start_byte), "only the page knows what is put into the queue here"
                )

    def _read_request(self, call: FoundCall, evaluator: Evaluator, source: Code) -> None:
        """Read ``fetch(url, {body})`` or ``sendBeacon(url, body)``, which browsers copy."""
        if len(call.arguments) < 2:
            return
        unread = self.notes.mark()
        address, given = (evaluator.value(node, call.scope) for node in call.arguments[:2])
        if not isinstance(address, str) or not kind_of(address):
            self.notes.reset(unread)
            return
        start = source.offset(call.start)
        body = given.get("body") if isinstance(given, dict) else given
        if isinstance(body, Written):
            self._add(start, read(body.value))
        elif not isinstance(body, str) or isinstance(body, KnownInPart):
            self.notes.add(start, "only the page knows the body of this request")
        else:
            try:
                self._add(start, read_body(body, self.reference))
            except Unreadable as error:
                self.notes.add(start, str(error))
