"""Recognises JSON that holds events but is no payload: lines of exports and parts of HAR files. Pure."""

from typing import Any, Final

_LINES: Final = ("event", "page_load", "report", "strip", "end")
_RECORDING: Final = "this is a line of an exported recording: import the whole of it as a file"
_HAR: Final = "this is part of a HAR: import the whole of it as a file"


def why_no_payload(value: Any) -> str:
    """The reason why ``value``, or an entry of the list ``value``, is no payload; "" where it may be one."""
    if isinstance(value, list):
        return next(
            (reason for entry in value if isinstance(entry, dict) and (reason := why_no_payload(entry))), ""
        )
    if not isinstance(value, dict):
        return ""
    if "format" in value and "recording" in value:
        return _RECORDING
    (key, content), *more = value.items() if value else [("", None)]
    if key in _LINES and not more and isinstance(content, dict):
        return _RECORDING
    log = value.get("log")
    whole = isinstance(log, dict) and isinstance(log.get("entries"), list) and "event_name" not in value
    entry = isinstance(value.get("request"), dict) and "startedDateTime" in value
    return _HAR if whole or entry else ""
