"""Writes findings as CSV (RFC 4180), a row each, with a byte order mark by which Excel detects UTF-8.

Muted findings have no rows.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from events.exports.schema import moment_text
from events.exports.scope import Scope
from events.recordings.public_event import PublicEvent
from events.verdict.groups import group_of

_COLUMNS: Final = (
    *("seq", "time", "page", "event", "verdict", "severity", "code", "path", "message", "expected", "got"),
    "group",
)
#: Characters with which a formula begins in spreadsheets, and control characters that may precede a formula.
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
        facts = (found["severity"], found["code"], found["path"], found["message"])
        values = (found["expected"] or "", found["got"] or "", group_of(found["code"]))
        yield tuple(map(_as_text, (*shared, event["verdict"], *facts, *values)))


def _as_text(cell: str) -> str:
    """The cell; where a spreadsheet would run it as a formula, with an apostrophe, which marks it as text."""
    text = cell.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _rows(rows: Any) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
