"""The formats that a recording can be taken away in."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from events.exports import findings_csv, har, html, junit, ndjson, sarif
from events.exports.scope import Scope


class Format(NamedTuple):
    """One format: how its files end, what they are, and who writes them."""

    extension: str
    content_type: str
    write: Callable[[Scope], Iterator[bytes]]


FORMATS: Final = {
    known.extension: known
    for known in (
        Format("html", "text/html; charset=utf-8", html.write),
        Format("ndjson", "application/x-ndjson", ndjson.write),
        Format("csv", "text/csv; charset=utf-8", findings_csv.write),
        Format("har", "application/json", har.write),
        Format("xml", "application/xml", junit.write),
        Format("sarif", "application/sarif+json", sarif.write),
    )
}
