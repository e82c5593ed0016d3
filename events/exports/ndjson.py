"""Writes a complete recording as NDJSON, from which an import restores the same rows. See ``schema``.

Findings of muted groups are in the file: its head names these groups.
"""

import base64
from collections.abc import Iterator
from typing import Any, Final

import orjson
from django.db.models import Exists, OuterRef

from events.exports.schema import FORMAT, PAYLOADS, VERSION, canonical, moment_text
from events.exports.scope import SLICE, Scope
from events.models import Event, PageLoad
from events.recordings.public_event import EventFacts
from events.store.payloads import payloads_of
from events.verdict import public_findings
from events.verdict.muting import groups_in


def write(scope: Scope, *, strip: bool = True) -> Iterator[bytes]:
    """The file, a slice at a time; each piece consists of complete lines. Raises RecordingGone.

    ``strip``: include the session replay, which is large; a redacted file never contains it.
    """
    yield _line(_header(scope))
    written: dict[int, str] = {}
    count = 0
    for events in scope.slices():
        yield b"".join(_lines(scope, events, written))
        count += len(events)
    yield from _rest(scope)
    if strip and scope.redactor is None and not scope.wanted:
        yield from _strip(scope)
    yield _line({"end": {"events": count}})


def _lines(scope: Scope, events: list[Event], written: dict[int, str]) -> Iterator[bytes]:
    """The lines of ``events``, and of their page loads that are not in ``written`` yet.

    ``written`` maps the primary keys of page loads to their page ids in the file; new ones are added.
    """
    for event in events:
        page_load = event.page_load
        if page_load is not None and page_load.pk not in written:
            shown = _page_load(scope, page_load)
            written[page_load.pk] = shown["page_id"]
            yield _line({"page_load": shown})
        yield _line({"event": _event(scope, event, written[page_load.pk] if page_load else None)})


def _rest(scope: Scope) -> Iterator[bytes]:
    """The lines of page loads without events, and of reports; none for a filtered export."""
    if scope.wanted:
        return
    recording = scope.recording
    silent = recording.page_loads.filter(~Exists(Event.objects.filter(page_load=OuterRef("pk")))).order_by(
        "pk"
    )
    for page_load in silent.iterator(SLICE):
        yield _line({"page_load": _page_load(scope, page_load)})
    for report in recording.reports.order_by("code", "site"):
        shown = {
            "code": report.code,
            "site": scope.text(report.site),
            "detail": scope.text(report.detail),
            "page_url": scope.text(report.page_url),
            "count": report.count,
            "last_at": moment_text(report.last_at),
        }
        yield _line({"report": shown})


def _strip(scope: Scope) -> Iterator[bytes]:
    for part in scope.recording.strip_parts.order_by("page_id", "n").iterator(1):
        shown = {
            "page_id": part.page_id,
            "n": part.n,
            "first_at": moment_text(part.first_at),
            "last_at": moment_text(part.last_at),
            "data": base64.b64encode(part.data).decode(),
        }
        yield _line({"strip": shown})


def _header(scope: Scope) -> dict[str, Any]:
    recording, wanted = scope.shown, scope.wanted
    masked = list(scope.redactor.masked) if scope.redactor else []
    return {
        "format": FORMAT,
        "version": VERSION,
        "recording": {
            "name": scope.text(recording.name),
            "edition": recording.edition,
            "created_at": moment_text(recording.created_at),
            "last_event_at": moment_text(recording.last_event_at) if recording.last_event_at else None,
            "person": "" if scope.redactor else recording.person,
            "colour": recording.colour,
            "site": scope.text(recording.site),
            "tags": [scope.text(tag) for tag in recording.tags],
            "last_seq": recording.last_seq,
            "sent": recording.sent,
            "received": recording.received,
            "last_change": recording.last_change,
            "muted": groups_in(recording.muted),
        },
        "redacted": masked,
        "filter": wanted.as_exported(scope.text, masked=bool(masked)) if wanted else None,
    }


def _page_load(scope: Scope, page_load: PageLoad) -> dict[str, Any]:
    return {
        "page_id": scope.text(page_load.page_id),
        "url": scope.text(page_load.url),
        "title": scope.text(page_load.title),
        "referrer": scope.text(page_load.referrer),
        "started_at": moment_text(page_load.started_at),
        "last_n": page_load.last_n,
        "received": page_load.received,
        "missing": orjson.loads(page_load.missing),
        "frame": page_load.frame,
        "tail_after": page_load.tail_after,
        "change": page_load.change,
    }


#: The keys of an event in the order in which they are written.
_KEYS: Final = (
    *("seq", "event_id", "page_load", "n", "event_name", "verdict", "findings"),
    *("called", "sent", "observed", "set_before", "effective", "automatic", "permanent"),
    *("unsent_permanent", "unread", "unknown"),
    *("delivery", "seen", "sent_to", "sent_id", "container", "page_url", "call_site", "source"),
    *("fired_at", "received_at", "change", "raw"),
)


#: Where all of these are empty, the effective parameters are the called ones.
_DIFFERENCES: Final = ("automatic", "permanent", "unread")


class _WholeEvent(EventFacts):
    """An event with all values of its line, in the form that is masked."""

    observed: Any
    set_before: Any
    sent_id: str


def _event(scope: Scope, event: Event, page_id: str | None) -> dict[str, Any]:
    given = payloads_of(event)
    whole: _WholeEvent = {
        **scope.facts(event),
        "sent_id": event.sent_id,
        "observed": given.automatic if event.automatic else None,
        "set_before": given.permanent if event.permanent else None,
    }
    masked = scope.redactor.event(whole) if scope.redactor else whole
    shown: dict[str, Any] = {
        **masked,
        "findings": public_findings(
            masked["findings"], masked["event_name"], scope.edition, scope.hides_examples
        ),
        "fired_at": moment_text(masked["fired_at"]),
        "received_at": moment_text(masked["received_at"]),
        "page_load": page_id,
        "n": event.n,
        "change": event.change,
    }
    for name in ("unsent_permanent", "unread", "unknown", "seen", "sent_id"):
        if not shown[name]:
            del shown[name]
    if shown["called"] is not None and not any(shown.get(name) for name in _DIFFERENCES):
        del shown["effective"]
    if scope.redactor is None and (raw := _raw(event)):
        shown["raw"] = raw
    return {key: shown[key] for key in _KEYS if key in shown}


def _raw(event: Event) -> dict[str, str]:
    """The texts of payloads that change when their JSON is parsed and written again."""
    texts = {key: getattr(event, column) for key, column in PAYLOADS.items()}
    return {key: text for key, text in texts.items() if text and not canonical(text)}


def _line(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
