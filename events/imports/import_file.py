"""Imports a file as a new recording, and a pasted text into an existing one.

The new recording is hidden from the list until the import is complete. Events from a HAR or a text are judged
and stored by the writer (``ingest``); our own exports are restored row by row (``restore``).
"""

import mmap
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePath
from typing import BinaryIO, Final

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from events.exports.embedded import embedded_lines
from events.exports.schema import FORMAT
from events.imports.formats import HEAD_BYTES, Format, format_of
from events.imports.har.reader import Har
from events.imports.ingest import ingest
from events.imports.javascript.notes import Note, Position
from events.imports.ndjson import Ndjson, bounded_lines
from events.imports.pasted import Pasted, read_pasted
from events.imports.refusals import Refusals, Refused, Unimportable
from events.imports.restore import Restoration
from events.judging.edition import edition_of
from events.judging.event_limits import limits
from events.models import Recording
from events.recordings import create_recording
from events.recordings.owners import NOBODY, Person
from events.recordings.retention import delete_recording
from events.reference import Reference
from events.store.writer import StoreUnavailable
from events.wire import Delivery

_LONGEST_NAME: Final = 200
_PART: Final = " (part)"
_UNFINISHED: Final = "Import, not finished"

#: Called with the share of the file that has been read, from 0 to 1.
Progress = Callable[[float], None]


@dataclass(slots=True)
class Imported:
    """The result of an import: the recording, counts of events, what was not read, remarks for the user.

    ``kept`` events were stored; ``duplicates`` were not, since their recording holds them already.
    """

    recording: Recording
    kept: int = 0
    duplicates: int = 0
    refusals: Refusals = field(default_factory=Refusals)
    remarks: list[str] = field(default_factory=list)

    @property
    def refused(self) -> list[Refused]:
        """The first thousand refusals."""
        return self.refusals.listed


def import_file(
    file: BinaryIO,
    *,
    name: str = "",
    file_name: str = "",
    person: Person = NOBODY,
    edition: str = "",
    progress: Progress = lambda _: None,
) -> Imported:
    """Make a recording of ``file``, a file on disk at offset 0; ``name``, or the file's own name, names it.

    The recording belongs to ``person``, except where the file names its owner. Its events are judged by
    ``edition``, without one by the default edition; an exported recording keeps its own.

    Raises Unimportable where no event can be stored, NotAccepted and writer.Busy as ``ingest`` does, and
    StoreUnavailable where the database fails; the recording is then deleted.
    """
    path = PurePath(file_name.replace("\0", "").replace("\\", "/"))
    form = format_of(file.read(HEAD_BYTES))
    file.seek(0)
    recording = create_recording(name=_UNFINISHED, person=person, edition=edition)
    try:
        return _Import(file, recording, name, path, progress).run(form)
    except BaseException as error:
        with suppress(DatabaseError):  # the unfinished recording then stays hidden from the list
            delete_recording(recording)
        if isinstance(error, DatabaseError):
            raise StoreUnavailable from error
        raise


def add_pasted(pasted: Pasted, recording: Recording) -> Imported:
    """Store the events of a pasted text in ``recording``. Raises Unimportable where the text has none."""
    result = Imported(recording, refusals=_refusals(pasted))
    if not pasted.delivery.events:
        raise Unimportable(_nothing(result))
    result.kept, result.duplicates = ingest(recording, [pasted.delivery], lambda: None)
    return result


def read_text(content: bytes, edition: Reference) -> Pasted:
    """The events in a text or a HAR; the strings of pixels are typed by ``edition``.

    Raises Unimportable for other files, exports, and too long texts.
    """
    if len(content) > settings.MAX_REQUEST_BYTES:
        raise Unimportable(
            "It is none of the formats that are read: a recording as NDJSON or HTML, a HAR file, "
            f"or events as text of at most {settings.MAX_REQUEST_BYTES // 1000} KB."
        )
    form = format_of(content[:HEAD_BYTES])
    if _is_exported(form, content):
        raise Unimportable("It is an exported recording: choose it as a file, so that all of it comes back.")
    if form == "har":
        return _read_har(content, edition)
    try:
        return read_pasted(content.decode("utf-8-sig"), edition)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unimportable(f"It is not UTF-8 text: line {line} cannot be read.") from None


def _read_har(content: bytes, edition: Reference) -> Pasted:
    """The events in a HAR. Raises Unimportable where none of its requests holds events."""
    har = Har(content, edition, settings.MAX_REQUEST_BYTES)
    whole = Delivery([])
    for delivery in har.deliveries():
        whole.events += delivery.events
        whole.updates += delivery.updates
        whole.reports += delivery.reports
        whole.left += delivery.left
    if not whole.size and not har.refusals.count:
        raise Unimportable(_no_request(har))
    notes = [Note(Position(line, 1), reason) for line, reason in har.refusals.listed]
    return Pasted(whole, notes, har.refusals.count)


class _Import:
    """The import of one file into one new recording."""

    def __init__(
        self, file: BinaryIO, recording: Recording, name: str, path: PurePath, progress: Progress
    ) -> None:
        self.file, self.recording, self.progress = file, recording, progress
        self.result = Imported(recording)
        self.name, self.own_name = name or path.stem, name
        recording.archived_at = timezone.now()
        recording.imported_from = (path.name or name or "import")[:200]  # never "": it says that this is one
        recording.save(update_fields=["archived_at", "imported_from"])

    def run(self, form: Format) -> Imported:
        """Import the file and show its recording in the list. Raises Unimportable."""
        if form == "html" and self._is_web_page():
            form = "text"
        if form in ("ndjson", "html"):
            self._restore(bounded_lines(self.file), form)
        else:
            self._har() if form == "har" else self._text()
            if not self.result.kept:
                raise Unimportable(_nothing(self.result))
        self._complete()
        return self.result

    def _is_web_page(self) -> bool:
        """Whether this HTML is a web page, whose scripts may hold calls, and no exported recording."""
        content = self.file.read(settings.MAX_REQUEST_BYTES + 1)
        self.file.seek(0)
        return len(content) <= settings.MAX_REQUEST_BYTES and not _is_exported("html", content)

    def _har(self) -> None:
        with mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ) as buffer:
            har = Har(buffer, edition_of(self.recording), settings.MAX_REQUEST_BYTES)
            size = len(buffer)
            self.result.refusals = har.refusals
            self._ingest(har.deliveries(), lambda: self.progress(har.offset / size))
        self.result.duplicates += har.repeated
        if not self.result.kept and not har.refusals.count:
            raise Unimportable(_no_request(har))

    def _text(self) -> None:
        content = self.file.read(settings.MAX_REQUEST_BYTES + 1)
        pasted = read_text(content, edition_of(self.recording))
        self.result.refusals = _refusals(pasted)
        self._ingest([pasted.delivery], lambda: None)

    def _ingest(self, deliveries: Iterable[Delivery], progress: Callable[[], None]) -> None:
        self.result.kept, self.result.duplicates = ingest(self.recording, deliveries, progress)

    def _restore(self, lines: Iterable[bytes], form: Format) -> None:
        size = self.file.seek(0, 2) or 1
        self.file.seek(0)
        numbered = embedded_lines(lines) if form == "html" else enumerate(lines, 1)
        found = Ndjson(numbered, limits())
        restoration = Restoration(found, self.recording)
        restoration.run(lambda: self.progress(self.file.tell() / size))
        self.result.kept, self.result.refusals = self.recording.last_seq, found.refusals
        original = found.header.recording
        self.name = self.own_name or original.name
        if restoration.partial:
            self.name = self.name[: _LONGEST_NAME - len(_PART)] + _PART
        if found.header.redacted:
            self.result.remarks.append("Personal values in it were masked when it was exported.")
        if not restoration.known_edition:
            missing, judged_by = original.edition[:40], self.recording.edition
            self.result.remarks.append(
                f"Edition {missing} of the reference is not here: judged again by {judged_by}."
            )

    def _complete(self) -> None:
        """Name the recording and show it in the list; pin it where it would expire soon."""
        recording = self.recording
        recording.refresh_from_db()
        recording.name = self.name[:_LONGEST_NAME] or "Import"
        recording.archived_at = None
        oldest = timezone.now() - timedelta(days=settings.RETENTION_DAYS) / 2
        if (recording.last_event_at or recording.created_at) < oldest:
            recording.pinned = True
            self.result.remarks.append("It is old, so it was pinned: it does not expire by itself.")
        recording.save(update_fields=["name", "archived_at", "pinned"])
        self.progress(1.0)


def _is_exported(form: Format, content: bytes) -> bool:
    """Whether the file is an exported recording; HTML may also be a web page."""
    return form == "ndjson" or (form == "html" and FORMAT.encode() in content)


def _no_request(har: Har) -> str:
    searched = f"none of its {har.requests:,} requests" if har.requests else "it holds no request that"
    return f"There is no event in it: {searched} went to Commanders Act."


def _refusals(pasted: Pasted) -> Refusals:
    listed = [Refused(note.position.line, _reason(note)) for note in pasted.notes]
    return Refusals(listed, pasted.unread)


def _reason(note: Note) -> str:
    return note.reason if note.position.column == 1 else f"column {note.position.column}: {note.reason}"


def _nothing(result: Imported) -> str:
    """The message that says why no event was stored."""
    if result.duplicates:
        return "All of its events are here already."
    if result.refused:
        first = result.refused[0]
        return f"There is no event in it that can be read. Line {first.line}: {first.reason}"
    return "There is no event in it."
