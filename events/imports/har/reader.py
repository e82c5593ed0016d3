"""Reads events from HAR files of any browser or proxy: requests to Commanders Act and of our script. Pure."""

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from events.imports.endpoints import kind_of
from events.imports.har.json_scanner import Buffer, Element, LineCounter, elements
from events.imports.har.page_loads import Pages
from events.imports.refusals import Refusals, Unimportable
from events.imports.request_body import read_body
from events.judging.content import content_digest
from events.reference import Reference
from events.wire import Delivery, Incoming, Unreadable, parse, read, read_delivery, read_time
from events.wire.pixel import read_pixel

#: An entry with events holds one of these; an entry without them is not parsed.
_MARKS: Final = (b"events", b"collect")
#: An unparsable entry is refused where it holds one of these, and skipped otherwise.
_VENDOR: Final = (b"tc_s", b"/cdp/events", b"\\/cdp\\/events")
_SCRIPT: Final = re.compile(rb"/collect\\?/[\w-]{20}")
_MOST_REQUESTS: Final = 1_000_000
#: What identifies a vendor request: the event's id and the digest of its content.
_Request = tuple[str, int]
_MOST_BYTES: Final = 16_000_000  # an entry: half a megabyte of payload, the rest headers and the response


@dataclass(slots=True)
class Har:
    """A reader of one HAR. ``requests`` counts its entries; ``offset`` is the end of the last one, in bytes.

    ``repeated`` counts events of vendor requests that are skipped, because our script reported them too.
    """

    buffer: Buffer
    reference: Reference
    largest_body: int
    refusals: Refusals = field(default_factory=Refusals)
    requests: int = 0
    repeated: int = 0
    offset: int = 0
    _reported: set[_Request] = field(default_factory=set)

    def deliveries(self) -> Iterator[Delivery]:
        """Yield the events of each request that holds some, in the file's order. Raises Unimportable."""
        if _SCRIPT.search(self.buffer):
            self._reported.update(self._reported_requests())
        pages, lines = self._pages(), LineCounter(self.buffer)
        for element in elements(self.buffer, frozenset({"entries"})):
            self.offset = element.end
            if not element.name:
                self.refusals.add(lines.line(element.start), "the file ends in the middle: it was cut off")
            else:
                self.requests += 1
                if self.requests > _MOST_REQUESTS:
                    raise Unimportable(f"It holds more than {_MOST_REQUESTS:,} requests.")
                try:
                    delivery = self._delivery(element, pages)
                except Unreadable as error:
                    reason = f"request {element.number}: {error}"
                    self.refusals.add(lines.line(element.start), reason)
                else:
                    if delivery is not None:
                        yield delivery

    def _pages(self) -> Pages:
        """The HAR's pages, which may follow the entries that refer to them."""
        pages, some = Pages(), False
        for element in elements(self.buffer, frozenset({"pages", "entries"})):
            if element.name == "pages":
                pages.add(self._parsed(element))
                some = True
            elif some:
                break
        return pages

    def _parsed(self, element: Element) -> Any:
        """The element parsed as JSON; None where it is invalid or larger than 16 MB."""
        if element.end - element.start > _MOST_BYTES:
            return None
        try:
            return parse(self.buffer[element.start : element.end])
        except Unreadable:
            return None

    def _delivery(self, element: Element, pages: Pages) -> Delivery | None:
        """The events of an entry; None where its request holds no events. Raises Unreadable."""
        if not any(self.buffer.find(mark, element.start, element.end) >= 0 for mark in _MARKS):
            return None
        entry = self._parsed(element)
        request = entry.get("request") if isinstance(entry, dict) else None
        if not isinstance(request, dict):
            if any(self.buffer.find(mark, element.start, element.end) >= 0 for mark in _VENDOR):
                raise Unreadable("it is not readable as JSON, or larger than 16 MB.")
            return None
        address, method = _text(request.get("url")), _text(request.get("method")).upper()
        kind = kind_of(address)
        if not kind or method not in ("GET", "POST"):
            return None
        if kind == "script":
            return self._script(request) if method == "POST" else None
        events, value = self._vendor(method, address, request)
        fresh = [event for event in events if _request_of(event) not in self._reported]
        self.repeated += len(events) - len(fresh)
        self._set_page_and_time(fresh, value, entry, pages)
        return Delivery(fresh)

    def _script(self, request: dict[str, Any]) -> Delivery | None:
        value = parse(self._body(request).encode(errors="replace"))
        whole = isinstance(value, dict) and isinstance(value.get("events"), list)
        return read_delivery(value) if whole else None

    def _reported_requests(self) -> Iterator[_Request]:
        """Yield the vendor requests that our script reported; it reports after the request."""
        for element in elements(self.buffer, frozenset({"entries"})):
            if self.buffer.find(_MARKS[1], element.start, element.end) < 0:
                continue
            entry = self._parsed(element)
            request = entry.get("request") if isinstance(entry, dict) else None
            if isinstance(request, dict) and kind_of(_text(request.get("url"))) == "script":
                with suppress(Unreadable):
                    value = parse(self._body(request).encode(errors="replace"))
                    yield from _sent_requests(value, self.reference)

    def _vendor(self, method: str, address: str, request: dict[str, Any]) -> tuple[list[Incoming], Any]:
        """The events of a vendor request, and the parsed body where it is the JSON of one event."""
        query = urlsplit(address).query
        if method == "GET":
            return [read_pixel(query, self.reference)], None
        try:
            body = self._body(request)
        except Unreadable:
            if "event_name=" in query:
                return [read_pixel(query, self.reference)], None
            raise
        events = read_body(body, self.reference)
        whole = len(events) == 1 and events[0].source == "http"
        return events, parse(body.encode(errors="replace")) if whole else None

    def _body(self, request: dict[str, Any]) -> str:
        """The request body. Raises Unreadable where the HAR does not hold it, or where it is too large."""
        data = request.get("postData")
        data = data if isinstance(data, dict) else {}
        text, params = data.get("text"), _list(data.get("params"))
        if isinstance(text, str) and text:
            if "base64" in (data.get("encoding"), data.get("_encoding")):
                text = _decoded(text)
        elif params:
            pairs = [
                (_text(one.get("name")), _text(one.get("value"))) for one in params if isinstance(one, dict)
            ]
            text = urlencode(pairs)
        elif "_file" in data or "_sha1" in data:
            raise Unreadable("its body lies in another file: record the HAR with the bodies embedded.")
        else:
            raise Unreadable("its body is not in the file: some tools leave out what a beacon sent.")
        if len(text) > self.largest_body:
            raise Unreadable(
                f"its body is larger than {self.largest_body // 1000} KB, the most that is taken."
            )
        return text

    def _set_page_and_time(
        self, events: list[Incoming], value: Any, entry: dict[str, Any], pages: Pages
    ) -> None:
        """Set the events' page load, and the request's time as their time."""
        started = read_time(entry.get("startedDateTime"))
        for event in events:
            event.at = started or event.at
            page = pages.of(entry, event, value, started)
            event.page, event.page_url = page, event.page_url or (page.url if page else "")


def _request_of(event: Incoming) -> _Request | None:
    """What identifies the vendor request of ``event``; None where the request has no id."""
    if event.event_id is None:
        return None
    name = event.name if isinstance(event.name, str) else ""
    try:
        return event.event_id, content_digest(name, None, event.sent)
    except TypeError:  # nested too deep to be compared
        return event.event_id, 0


def _sent_requests(value: Any, reference: Reference) -> Iterator[_Request]:
    """Yield the vendor requests that a delivery of our script reports."""
    holder = value if isinstance(value, dict) else {}
    for entry in [*_list(holder.get("events")), *_list(holder.get("updates"))]:
        if not isinstance(entry, dict):
            continue
        sent, query = entry.get("sent"), entry.get("pixel")
        if isinstance(sent, dict):
            yield from filter(None, map(_request_of, read([sent])))
        elif isinstance(query, str):
            with suppress(Unreadable):
                yield from filter(None, [_request_of(read_pixel(query.removeprefix("?"), reference))])


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        raise Unreadable("its body is not readable as text.") from None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
