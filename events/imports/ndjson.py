"""Parses and validates NDJSON exports line by line (schema: ``events.exports.schema``). Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO, Final

import orjson
from pydantic import ValidationError

from events.exports import schema
from events.imports.refusals import Refusals, Unimportable
from events.judging.draft import Limits, deeper_than
from events.verdict import verdict_of
from events.verdict.across import ACROSS
from events.wire import BYTE_ORDER_MARK, CAUSES

#: Bytes of a line at most. Exported lines are far shorter: the longest hold the largest event or replay part.
_MOST_BYTES: Final = 8_000_000
_MOST_RANGES: Final = 1_000
_MOST_UNKNOWN: Final = 4_000  # pointers of unknown values: more than an event of the greatest size has values
_SOURCES: Final = frozenset({"page", "http", "pixel", "import"})

_LINES: Final[dict[str, type[schema.Model]]] = {
    "page_load": schema.PageLoadLine,
    "event": schema.EventLine,
    "report": schema.ReportLine,
    "strip": schema.StripLine,
    "end": schema.EndLine,
}
#: Characters of a text field at most: the length of its column, or far more than is ever stored.
_LONGEST: Final = {
    **dict.fromkeys(("event_id", "sent_id", "page_id", "page_load", "container"), 64),
    **dict.fromkeys(("event_name",), 200),
    **dict.fromkeys(("site",), 300),
    **dict.fromkeys(("title", "call_site", "detail"), 4_000),
    **dict.fromkeys(("url", "referrer", "page_url", "sent_to"), 16_000),
}
#: Our message for each of pydantic's error types.
_EXPECTED: Final = {
    "missing": "it is missing",
    "model_type": "an object is expected here",
    "dict_type": "an object is expected here",
    "list_type": "an array is expected here",
    "string_type": "a text is expected here",
    "int_type": "a whole number is expected here",
    "bool_type": "true or false is expected here",
}
_HIGHEST: Final = 2**53  # the greatest number in a line: JavaScript counts exactly up to it

Data = schema.PageLoadData | schema.EventData | schema.ReportData | schema.StripData


class _Bad(ValueError):
    """An invalid line; the message says why."""


def bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file, each truncated behind 8,000,001 bytes."""
    while line := file.readline(_MOST_BYTES + 1):
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(_MOST_BYTES)):
            pass
        yield line


class Ndjson:
    """A reader of one export: ``header`` first, then ``data()``. ``ended``: the end line was read.

    ``lines`` are numbered from 1. Raises Unimportable where the header is invalid.
    """

    def __init__(self, lines: Iterable[tuple[int, bytes]], limits: Limits) -> None:
        self._lines = iter(lines)
        self._limits = limits
        self.refusals = Refusals()
        self.ended = False
        self.header = self._header()

    def data(self) -> Iterator[tuple[int, Data]]:
        """Yield the number and the data of each line; invalid lines are added to ``refusals`` and skipped."""
        last = 1
        for number, line in self._lines:
            last = number
            if not line.strip():
                continue
            if self.ended:
                self.refusals.add(number, "it stands behind the end of the recording")
                continue
            try:
                found = self._data(line)
            except _Bad as error:
                self.refusals.add(number, str(error))
            else:
                if isinstance(found, schema.EndData):
                    self.ended = True
                elif found is not None:
                    yield number, found
        if not self.ended:
            self.refusals.add(last + 1, "the file ends before the recording does: it was cut off")

    def _header(self) -> schema.HeaderLine:
        first = next((line for _, line in self._lines if line.strip()), b"")
        value = _parsed(first.removeprefix(BYTE_ORDER_MARK))
        if not isinstance(value, dict) or value.get("format") != schema.FORMAT:
            raise Unimportable("It holds no recording of Cact Inspector.")
        version = value.get("version")
        if type(version) is int and version > schema.VERSION:
            raise Unimportable(
                f"It was written by a newer Cact Inspector, in version {version} of the format; "
                f"this one reads version {schema.VERSION}."
            )
        try:
            header = schema.HeaderLine.model_validate(value)
            _check_texts(header.recording)
        except ValidationError as error:
            raise Unimportable(f"Its first line is not as it should be: {_reason(error)}.") from None
        except _Bad as error:
            raise Unimportable(f"Its first line is not as it should be: {error}.") from None
        return header

    def _data(self, line: bytes) -> Data | schema.EndData | None:
        """The data of a line; None for a kind of line that this version does not know. Raises _Bad."""
        value = _parsed(line)
        if not isinstance(value, dict):
            raise _Bad("it is no JSON object" if value is not _NO_JSON else _no_json(line))
        kind = next((name for name in _LINES if name in value), None)
        if kind is None:
            return None
        try:
            found: Data | schema.EndData = getattr(_LINES[kind].model_validate(value), kind)
        except ValidationError as error:
            raise _Bad(_reason(error)) from None
        _check_texts(found)
        if isinstance(found, schema.EventData):
            self._check_event(found)
        elif isinstance(found, schema.PageLoadData):
            _check_page_load(found)
        elif isinstance(found, schema.ReportData) and found.code not in CAUSES:
            raise _Bad("/report/code: no cause that is known")
        return found

    def _check_event(self, event: schema.EventData) -> None:
        if event.source not in _SOURCES:
            raise _Bad("/event/source: none of page, http, pixel, import")
        for name in ("observed", "set_before"):
            if not isinstance(getattr(event, name), dict | None):
                raise _Bad(f"/event/{name}: neither an object nor null")
        for name in ("called", "sent", "observed", "set_before"):
            if deeper_than(getattr(event, name), self._limits.depth):
                raise _Bad(f"/event/{name}: it nests more than {self._limits.depth} levels deep")
        if len(event.findings) > self._limits.findings + len(ACROSS):
            raise _Bad(f"/event/findings: more than {self._limits.findings}")
        if len(event.unknown) > _MOST_UNKNOWN:
            raise _Bad(f"/event/unknown: more than {_MOST_UNKNOWN:,}")
        if event.verdict != verdict_of(found.severity for found in event.findings):
            raise _Bad("/event/verdict: not what its findings say")
        _check_raw(event)


_NO_JSON: Final = object()


def _parsed(line: bytes) -> Any:
    if len(line) > _MOST_BYTES:
        return _NO_JSON
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return _NO_JSON


def _no_json(line: bytes) -> str:
    if len(line) > _MOST_BYTES:
        return f"it is longer than {_MOST_BYTES // 1_000_000} MB"
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"it is not valid JSON: {error.msg} at column {error.colno}"
    return "it is no JSON object"


def _reason(error: ValidationError) -> str:
    """The first error of the validation: its JSON Pointer and what is wrong."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    pointer = "/" + "/".join(str(step) for step in first["loc"])
    return f"{pointer[:200]}: {_EXPECTED.get(first['type']) or first['msg'][:200].lower()}"


def _check_texts(holder: schema.Model) -> None:
    """Raises _Bad where a text is too long for its column, or a value is one that PostgreSQL cannot store.

    Payloads are exempt: they are stored as JSON, in which any text and any number is valid.
    """
    for name, value in holder:
        if name in schema.PAYLOADS:
            continue
        if isinstance(value, str):
            if len(value) > _LONGEST.get(name, len(value)):
                raise _Bad(f"/{name}: longer than {_LONGEST[name]:,} characters")
            if "\0" in value:
                raise _Bad(f"/{name}: it holds a NUL character")
        elif type(value) is int and value > _HIGHEST:
            raise _Bad(f"/{name}: too large a number")
        elif isinstance(value, datetime) and not 1970 <= value.year < 9999:
            raise _Bad(f"/{name}: a moment that no page has known")


def _check_page_load(page_load: schema.PageLoadData) -> None:
    before = 0
    for first, last in page_load.missing[:_MOST_RANGES]:
        if not before < first <= last <= page_load.last_n:
            raise _Bad("/page_load/missing: the ranges are not in order, or beyond last_n")
        before = last
    if len(page_load.missing) > _MOST_RANGES:
        raise _Bad(f"/page_load/missing: more than {_MOST_RANGES:,} ranges")


def _check_raw(event: schema.EventData) -> None:
    """Raises _Bad where a raw JSON text does not equal its field: only the field is validated and shown."""
    for key, text in event.raw.items():
        if key not in schema.PAYLOADS:
            continue
        try:
            same = orjson.loads(text) == getattr(event, key)
        except orjson.JSONDecodeError:
            same = False
        if not same:
            raise _Bad(f"/event/raw/{key}: not the same as /event/{key}")
