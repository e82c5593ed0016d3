"""Reads a side of a comparison from an exported file, without storing anything."""

from typing import BinaryIO

from django.conf import settings

from events.comparison import PageInfo, Side
from events.comparison.sides import ComparedEvent
from events.exports.embedded import embedded_lines
from events.exports.schema import EventData, PageLoadData
from events.imports.formats import HEAD_BYTES, format_of
from events.imports.ndjson import Ndjson, bounded_lines
from events.imports.refusals import Unimportable
from events.judging.edition import edition_named
from events.judging.effective import Payloads, effective
from events.judging.event_limits import limits
from events.reference import Reference
from events.verdict.muting import muted_bits


def side_of_file(file: BinaryIO) -> Side:
    """The first events of the exported NDJSON or HTML in ``file``, as many as a comparison may hold.

    Unreadable lines are skipped. Raises Unimportable where the file is no export.
    """
    form = format_of(file.read(HEAD_BYTES))
    file.seek(0)
    if form not in ("ndjson", "html"):
        raise Unimportable("It is no recording that was exported as NDJSON or HTML.")
    lines = bounded_lines(file)
    found = Ndjson(embedded_lines(lines) if form == "html" else enumerate(lines, 1), limits())
    recording = found.header.recording
    edition = edition_named(recording.edition)
    events: list[ComparedEvent] = []
    pages: dict[str, PageInfo] = {}
    size, cut = 0, False
    for _, data in found.data():
        if isinstance(data, PageLoadData):
            pages[data.page_id] = PageInfo(data.url, data.title, data.frame)
        elif isinstance(data, EventData):
            size += len(data.model_dump_json())
            cut = len(events) == settings.MAX_EVENTS_COMPARED or size > settings.MAX_BYTES_COMPARED
            if cut:
                break
            events.append(_plain(data, edition))
    return Side(recording.name, events, pages, recording.edition, cut=cut, muted=muted_bits(recording.muted))


def _plain(data: EventData, edition: Reference) -> ComparedEvent:
    """The compared fields of an event."""
    given = Payloads(
        data.called, data.sent, data.observed or {}, data.set_before or {}, marked=data.source == "page"
    )
    judged = effective(data.event_name, given, edition)
    return {
        "seq": data.seq,
        "event_name": data.event_name,
        "verdict": data.verdict,
        "findings": [finding.stored() for finding in data.findings],
        "sent": data.sent,
        "effective": judged.params,
        "automatic": judged.automatic,
        "delivery": data.delivery,
        "page_load": data.page_load,
        "page_url": data.page_url,
    }
