"""CSV of the findings, one row each, for a spreadsheet: RFC 4180, with a mark by which Excel knows UTF-8."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from events.exports.schema import moment_text
from events.exports.scope import Scope
from events.recordings.public_event import PublicEvent

_COLUMNS: Final = (
    *("seq", "time", "page", "event", "verdict", "severity", "code", "path", "message", "expected", "got"),
)
#: What spreadsheets take for the start of a formula, and what they pass over before one.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(scope: Scope) -> Iterator[bytes]:
    """The file, a slice at a time. Raises RecordingGone."""
    yield b"\xef\xbb\xbf" + _rows([_COLUMNS])
    for events in scope.slices():
        yield _rows(row for event in events for row in _findings(scope.public(event)))


def _findings(event: PublicEvent) -> Iterator[tuple[str, ...]]:
    """A row for each finding of an event in its public form."""
    shared = (str(event["seq"]), moment_text(event["fired_at"]), event["page_url"], event["event_name"])
    for found in event["findings"]:
        told = (found["severity"], found["code"], found["path"], found["message"])
        values = (found["expected"] or "", found["got"] or "")
        yield tuple(map(_defused, (*shared, event["verdict"], *told, *values)))


def _defused(cell: str) -> str:
    """The cell, as text even where a spreadsheet would run it: an apostrophe says so, and is not shown."""
    text = cell.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _rows(rows: Any) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
