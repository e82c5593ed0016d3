"""Restores an exported recording as database rows; ``seq`` is numbered anew where events are missing.

Each slice of lines is one transaction that locks the recording's row, like the writer's transactions, so that
commit order is sequence order.
"""

import base64
import json
import zlib
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Any, Final

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from events import reference
from events.db.bulk_statements import insert
from events.exports import schema
from events.imports.ndjson import Data, Ndjson
from events.judging.content import content_digest
from events.judging.draft import revise
from events.judging.edition import edition_of
from events.judging.event_limits import limits
from events.limits import TooLarge
from events.models import Event, PageLoad, Recording, Report, StripPart
from events.recordings import clean_tags
from events.recordings.owners import person
from events.reference import Reference
from events.replay.part import BadPart, ReplayPart, read_part
from events.store.chain_cache import Ends
from events.store.counters import Counters
from events.store.page_views import is_closed
from events.store.payloads import judged_payloads_of
from events.store.settle import settle_restored
from events.store.sizes import row_bytes
from events.store.tallies import TallyChanges
from events.store.transaction import COLUMNS
from events.verdict import read_findings, write_findings
from events.verdict.across import is_across
from events.verdict.groups import gravest_of
from events.verdict.muting import muted_bits
from events.wire import Update

_SLICE: Final = 250  # lines in one transaction, so that concurrent captures need not wait
#: An event's values in the order of ``COLUMNS``; foreign keys as primary keys.
_KEYS: Final = {field.name: field.attname for field in Event._meta.concrete_fields}
_values: Final = attrgetter(*(_KEYS[name] for name in COLUMNS))


class Restoration:
    """Restores one file into one new recording."""

    def __init__(self, file: Ndjson, recording: Recording) -> None:
        self.file, self.recording = file, recording
        self.known_edition = file.header.recording.edition in reference.editions()
        self._pages: dict[str, PageLoad] = {}
        self._tails: dict[int, int] = {}  # pk of a page load whose last events are missing -> seq before them
        self._seqs = array("q")  # the file's seq of each stored event
        self._identities: set[tuple[str, int]] = set()  # id and digest of each stored event
        self._ids: Counter[str] = Counter()  # how many stored events have an id
        self._ends = Ends(complete=True, refunds=False)  # nothing is in the recording yet
        self._reports: set[tuple[str, str]] = set()
        self._strips: set[tuple[str, int]] = set()
        self._strip_bytes = 0
        self._last_change = file.header.recording.last_change

    def run(self, progress: Callable[[], None]) -> None:
        """Write all lines, slice by slice, then the counters; call ``progress`` after each slice."""
        header = self.file.header.recording
        if self.known_edition:
            self.recording.edition = header.edition
        lines = self.file.data()
        while part := list(islice(lines, _SLICE)):
            with transaction.atomic():
                Recording.objects.select_for_update().get(pk=self.recording.pk)
                self._write(part)
            progress()
        with transaction.atomic():
            Recording.objects.select_for_update().get(pk=self.recording.pk)
            self._close(header)

    @property
    def partial(self) -> bool:
        """Whether events are missing: filtered at the export, refused, or truncated."""
        return self.file.header.filter is not None or self.file.refusals.count > 0

    def _write(self, part: list[tuple[int, Data]]) -> None:
        events: list[Event] = []
        reports: list[Report] = []
        strips: list[StripPart] = []
        for line, data in part:
            if isinstance(data, schema.EventData):
                events += self._event(line, data)
            elif isinstance(data, schema.PageLoadData):
                self._page_load(line, data)
            elif isinstance(data, schema.ReportData):
                reports += self._report(line, data)
            else:
                strips += self._strip(line, data)
        counters = Counters.of(self.recording)
        shared = {event.event_id for event in events if self._ids[event.event_id] > 1}
        settle_restored(counters, self._ends, events, shared, closed=is_closed(self.recording))
        self.recording.bytes = counters.bytes
        rows = [_values(event) for event in events]
        insert(Event, COLUMNS, rows)
        Report.objects.bulk_create(reports)
        StripPart.objects.bulk_create(strips, batch_size=20)
        tallies = TallyChanges()
        for event in events:
            tallies.add(event.name, event.verdict, event.gravest, read_findings(event.findings))
        tallies.save(self.recording.pk)
        self.recording.last_seq = len(self._seqs)
        self.recording.bytes += sum(map(row_bytes, rows))
        if events:
            self.recording.last_event_at = events[-1].received_at
        self.recording.save(update_fields=["last_seq", "last_event_at", "bytes"])

    def _page_load(self, line: int, data: schema.PageLoadData) -> None:
        if data.page_id in self._pages:
            self.file.refusals.add(line, "this page load was there before")
            return
        page_load = PageLoad.objects.create(
            recording=self.recording,
            page_id=data.page_id,
            url=data.url,
            title=data.title,
            referrer=data.referrer,
            started_at=data.started_at,
            last_n=data.last_n,
            missing=json.dumps(data.missing),  # the same spacing as in loss accounting
            frame=data.frame,
            change=data.change,
        )
        self._last_change = max(self._last_change, data.change)
        self._pages[data.page_id] = page_load
        if data.tail_after is not None:
            self._tails[page_load.pk] = data.tail_after

    def _event(self, line: int, data: schema.EventData) -> Iterator[Event]:
        reason = self._why_refused(data)
        if reason:
            self.file.refusals.add(line, reason)
            return
        try:
            texts = schema.column_texts(_payloads(data))
        except TypeError:
            self.file.refusals.add(line, "a payload nests too deep")
            return
        identity = (data.event_id, content_digest(data.event_name, data.called, data.sent))
        if identity in self._identities:
            self.file.refusals.add(line, "the same event was there before")
            return
        self._seqs.append(data.seq)
        self._identities.add(identity)
        self._ids[data.event_id] += 1
        self._last_change = max(self._last_change, data.change)
        page_load = self._pages.get(data.page_load) if data.page_load is not None else None
        event = Event(
            recording=self.recording,
            seq=len(self._seqs),
            event_id=data.event_id,
            page_load=page_load,
            n=data.n if page_load is not None else None,
            name=data.event_name,
            verdict=data.verdict,
            delivery=data.delivery,
            seen=data.seen,
            sent_to=data.sent_to,
            container=data.container,
            change=data.change,
            page_url=data.page_url,
            call_site=data.call_site,
            source=data.source,
            fired_at=data.fired_at,
            received_at=data.received_at,
            occurrence=identity[1],
            sent_id=data.sent_id,
            unknown=_unknown(data),
            findings=write_findings(
                stored for finding in data.findings if not is_across(stored := finding.stored())
            ),
            **texts,
        )
        if not self.known_edition:
            _judge(event, edition_of(self.recording))
        event.gravest = gravest_of(read_findings(event.findings))
        yield event

    def _why_refused(self, data: schema.EventData) -> str:
        """The reason why the event cannot follow those before it in the file; "" where it can."""
        if not data.seq or (self._seqs and data.seq <= self._seqs[-1]):
            return f"no. {data.seq:,} does not come after no. {self._seqs[-1] if self._seqs else 0:,}"
        if not data.event_id:
            return "it has no event_id"
        return ""

    def _report(self, line: int, data: schema.ReportData) -> Iterator[Report]:
        if (data.code, data.site) in self._reports:
            self.file.refusals.add(line, "this report was there before")
            return
        self._reports.add((data.code, data.site))
        yield Report(recording=self.recording, **data.model_dump())

    def _strip(self, line: int, data: schema.StripData) -> Iterator[StripPart]:
        if (data.page_id, data.n) in self._strips:
            self.file.refusals.add(line, "this part of the strip was there before")
            return
        try:
            part = _part(data)
        except (BadPart, TooLarge) as error:
            self.file.refusals.add(line, f"no part of a strip: {error}")
            return
        self._strip_bytes += part.weight
        if self._strip_bytes > settings.MAX_STRIP_BYTES:
            self.file.refusals.add(line, "the strip is larger than a recording may hold")
            return
        self._strips.add((data.page_id, data.n))
        yield StripPart(
            recording=self.recording,
            page_id=part.page_id,
            n=part.n,
            first_at=part.first_at,
            last_at=part.last_at,
            bytes=part.weight,
            data=part.data,
        )

    def _close(self, header: schema.RecordingData) -> None:
        """Set the recording's counters and header fields, and the positions at which losses are shown."""
        for pk, after in self._tails.items():
            PageLoad.objects.filter(pk=pk).update(tail_after=bisect_right(self._seqs, after))
        here = Event.objects.filter(page_load=OuterRef("pk")).values("page_load")
        counted = Subquery(here.annotate(found=Count("pk")).values("found"))
        self.recording.page_loads.update(received=Coalesce(counted, 0))
        recording, count = self.recording, len(self._seqs)
        recording.received = count
        recording.sent = count if self.partial else header.sent
        recording.last_change = self._last_change
        recording.created_at = header.created_at
        if header.person:
            recording.person, recording.colour = person(header.person, header.colour)
        recording.site = header.site[:300]
        recording.muted = muted_bits(header.muted)
        tags = clean_tags(tag for tag in header.tags if isinstance(tag, str))
        recording.tags = orjson.dumps(tags).decode()
        recording.save()


def _part(data: schema.StripData) -> ReplayPart:
    """Decode a replay part and validate its content like that of a page. Raises BadPart, TooLarge."""
    try:
        content = base64.b64decode(data.data, validate=True)
        plain = zlib.decompressobj().decompress(content, settings.MAX_STRIP_PART_BYTES + 1)
    except (ValueError, zlib.error):
        raise BadPart("It is not packed as strips are.") from None
    return read_part(data.page_id, str(data.n), plain, content)


def _unknown(data: schema.EventData) -> str:
    """The column of the event's unknown values; those of the page-side script follow from its marks."""
    return orjson.dumps(data.unknown).decode() if data.unknown and data.source != "page" else ""


def _payloads(data: schema.EventData) -> dict[str, Any]:
    """The argument of ``column_texts``: the payloads unchanged."""
    return {name: getattr(data, name) for name in schema.PAYLOADS} | {"raw": data.raw}


def _judge(event: Event, edition: Reference) -> None:
    """Judge the event by ``edition`` in place of the one that its file names; set verdict and findings."""
    given = judged_payloads_of(event)
    update = Update(event.event_id, given.sent, "", "")  # no other field of an update changes the verdict
    earlier = read_findings(event.findings)
    revision = revise(event.name, given, earlier, update, edition, limits())
    event.verdict, event.findings = revision.verdict, write_findings(revision.findings)
