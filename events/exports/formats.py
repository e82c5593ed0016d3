"""Lists the export formats, and estimates the size of a file in each."""

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from events.exports import findings_csv, har, html, junit, ndjson, sarif
from events.exports.scope import Scope
from events.models import Recording

_SAMPLE: Final = 40  # events that are written to estimate the size of a file


class Format(NamedTuple):
    """An export format. ``progress`` is a regular expression that matches an event's number in its files.

    The page shows the progress of a download with ``progress``. ``purpose`` describes in a sentence the use
    of the file.
    """

    name: str
    extension: str
    content_type: str
    progress: str
    write: Callable[[Scope], Iterator[bytes]]
    purpose: str


FORMATS: Final = {
    known.extension: known
    for known in (
        Format(
            "HTML",
            "html",
            "text/html; charset=utf-8",
            r'{"event":{"seq":(\d+)',
            html.write,
            "One file for a ticket: opens from disk with search, filters and details, needs no network.",
        ),
        Format(
            "NDJSON",
            "ndjson",
            "application/x-ndjson",
            r'{"event":{"seq":(\d+)',
            ndjson.write,
            "Everything, a line each: for scripts, and to be brought back into an inspector.",
        ),
        Format(
            "CSV",
            "csv",
            "text/csv; charset=utf-8",
            r"\r\n(\d+),\d{4}-",
            findings_csv.write,
            "A row for each finding, for a spreadsheet.",
        ),
        Format(
            "HAR",
            "har",
            "application/json",
            r'"_cact":{"seq":(\d+)',
            har.write,
            "The requests of the vendor's client, for a browser's network panel or a proxy.",
        ),
        Format(
            "JUnit XML",
            "xml",
            "application/xml",
            r'<testcase name="#(\d+) ',
            junit.write,
            "A test for each event, for pipelines that show test results.",
        ),
        Format(
            "SARIF",
            "sarif",
            "application/sarif+json",
            r'"properties":{"seq":(\d+)',
            sarif.write,
            "The findings, for pipelines that show code scanning results.",
        ),
    )
}


def estimated_bytes(recording: Recording, form: Format, counts: Sequence[int]) -> list[int]:
    """The estimated sizes in bytes of files with ``counts`` events each.

    Extrapolates from the recording's first events, unmasked: masks have about the same length as values.
    """
    sampled = min(recording.last_seq, _SAMPLE)
    frame, whole = (_size(recording, form, last) for last in (0, sampled))
    return [frame + (whole - frame) * count // max(sampled, 1) for count in counts]


def _size(recording: Recording, form: Format, last: int) -> int:
    """The size in bytes of a file with the events up to the sequence number ``last``."""
    shorter = copy.copy(recording)
    shorter.last_seq = last
    return sum(map(len, form.write(Scope(shorter))))
