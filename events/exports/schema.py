"""Defines the inspector's file format, version 2, for the writer, the reader and the JSON Schema. Pure.

A file is NDJSON: one JSON object a line, each with one key that names its kind. First comes the
``HeaderLine``, then each page load before its first event, the events in the order of ``seq``, the page loads
without events, the reports, the strip (session replay), and an ``EndLine``, whose absence shows that a file
is incomplete. Readers must ignore unknown keys: a later version 2 may add some.

In version 1 a finding had no ``why``, and its sentence (``message``) was the stored one. In version 2 the
writer of the file makes the sentence from the other facts, and a reader may make another one from them.
Files of both versions are read; version 2 is written.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, WithJsonSchema

from events.verdict import StoredFinding
from events.verdict.messages import WHYS
from events.verdict.stored_findings import current

FORMAT: Final = "cact-inspector-recording"
VERSION: Final = 2

#: The keys of an event that hold a payload, each with its column; null stands for an empty column.
PAYLOADS: Final = {
    "called": "called",
    "sent": "sent",
    "observed": "automatic",
    "set_before": "permanent",
}


def moment_text(moment: datetime) -> str:
    """The moment as a text in the file: ISO 8601, UTC, microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def canonical(text: str) -> bool:
    """True where the JSON in ``text`` does not change when it is parsed and written again."""
    return orjson.dumps(orjson.loads(text)).decode() == text


def column_texts(event: Mapping[str, Any]) -> dict[str, str]:
    """The texts of an event's payload columns, by column, exactly as they were exported.

    ``event`` is the object of an event line, parsed by orjson. Raises TypeError (of orjson) for a value that
    JSON cannot represent.
    """
    raw = event.get("raw") or {}
    return {column: raw[key] if key in raw else _text(event.get(key)) for key, column in PAYLOADS.items()}


def _text(value: Any) -> str:
    return "" if value is None else orjson.dumps(value).decode()


def _moment(value: Any) -> Any:
    """Parse a moment from its text, which strict models do not do by themselves."""
    if not isinstance(value, str):
        raise ValueError("must be a moment as text")  # noqa: TRY004  # pydantic wants a ValueError
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("must name its time zone")
    return moment


_PATTERN: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"
Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "pattern": _PATTERN})
]
Count = Annotated[int, Field(ge=0, le=2**62)]
Verdict = Literal["valid", "warning", "invalid"]
Version = Annotated[Literal[1, 2], WithJsonSchema({"type": "integer", "const": VERSION})]


class Model(BaseModel):
    """The base of all objects of the format: no value is converted to another type."""

    model_config = ConfigDict(strict=True, extra="ignore")


class ScopeData(Model):
    """The filter of the events in the file, where it does not hold the whole recording."""

    names: list[str] = Field(description="Event names; empty: all.")
    verdicts: list[Verdict] = Field(description="Verdicts; empty: all.")
    text: str = Field(description="A text anywhere in them; empty: any.")
    query: str = Field("", description="A query that selects them; left out: any.")


class RecordingData(Model):
    """The recording, without its keys, which are secrets of the server on which it was made."""

    name: str
    edition: str = Field(description="The edition of the reference that it was judged by.")
    created_at: Moment
    last_event_at: Moment | None
    person: str
    colour: str
    site: str
    tags: list[Any]
    last_seq: Count = Field(description="The number of its last event.")
    sent: Count = Field(description="How many events its pages say they fired.")
    received: Count = Field(description="How many of these arrived.")
    last_change: Count = Field(description="The number of the latest change to what was stored before.")
    muted: list[str] = Field(
        default_factory=list,
        description="The groups of findings that were switched off: required, format, values, across. "
        "The file has their findings all the same, and verdicts that count them.",
    )


class HeaderLine(Model):
    """The first line of a file."""

    format: Literal["cact-inspector-recording"]
    version: Version
    recording: RecordingData
    redacted: list[str] = Field(description="The kinds of personal values that are masked; empty: none.")
    filter: ScopeData | None = Field(
        description="Null: the whole recording. Else seq may have holes, and the counters are the whole's."
    )


class PageLoadData(Model):
    """One load of one page. ``missing`` are the ranges of its event numbers that never arrived."""

    page_id: str
    url: str
    title: str
    referrer: str
    started_at: Moment
    last_n: Count = Field(description="The highest number that it gave an event.")
    received: Count
    missing: list[Annotated[list[Count], Field(min_length=2, max_length=2)]]
    frame: bool = Field(description="It is not the window's top page.")
    tail_after: Count | None = Field(description="The seq after which its missing last events are shown.")
    change: Count


class PageLoadLine(Model):
    """The line of a page load, before its first event."""

    page_load: PageLoadData


class FindingData(Model):
    """One finding about an event; ``path`` is a JSON Pointer into the event's parameters."""

    severity: Literal["error", "warning", "info"]
    code: str
    path: str
    message: str
    expected: str | None = None
    got: str | None = None
    why: str | None = Field(None, description="The word that chooses the sentence where a code has several.")
    other: str | None = Field(None, description="The id of another event that it is about as well.")
    other_seq: int | None = Field(None, description="The seq of that event.")

    def stored(self) -> StoredFinding:
        """The finding in its stored form, with its sentence only where its facts do not suffice for one."""
        found: StoredFinding = {
            "severity": self.severity,
            "code": self.code,
            "path": self.path,
            "expected": self.expected,
            "got": self.got,
            "message": self.message,
        }
        if self.why in WHYS:
            found["why"] = self.why
        if self.other is not None:
            found["other"] = self.other
        if self.other_seq is not None:
            found["other_seq"] = self.other_seq
        return current(found)


class EventData(Model):
    """One event.

    ``called``, ``sent``, ``observed`` and ``set_before`` are the parameters as the page passed them, as they
    were on the wire, as the script observed the client to add them, and as set with setProperty; null where
    there are none. ``effective`` are the parameters that were judged; ``automatic`` and ``permanent`` are the
    JSON Pointers of those among them that the call itself did not hold. In an event of the source ``page``,
    ``[not read: getter]`` and ``[not read: toJSON]`` in ``called``, ``observed`` and ``set_before`` stand for
    values that the script could not read without changing the page.
    """

    seq: Count
    event_id: str
    page_load: str | None = Field(description="Its page load's page_id.")
    n: Count | None = Field(description="Its number in its page load.")
    event_name: str
    verdict: Verdict
    findings: list[FindingData]
    called: Any
    sent: Any
    observed: Any
    set_before: Any
    effective: Any = Field(None, description="Left out where it is what was called.")
    automatic: list[str]
    permanent: list[str]
    unsent_permanent: list[str] = Field(
        default_factory=list,
        description="Pointers of what was set before and the request lacks. Left out where there are none.",
    )
    unread: list[str] = Field(
        default_factory=list,
        description="Pointers of what the script could not read. Left out where there are none.",
    )
    unknown: list[str] = Field(
        default_factory=list,
        description=(
            "Pointers of values in effective that nothing tells. Where effective has a text there, a part of "
            "the text is unknown; a pointer that ends in /- says that the object or array around it may hold "
            "more. Left out where there are none."
        ),
    )
    delivery: Literal["", "sent", "unsent"]
    seen: Literal["", "queue"] = Field(
        "", description="queue: no hook saw the call, it was read from caReady afterwards. Else left out."
    )
    sent_to: str
    sent_id: str = Field("", description="The id in the client's own request. Left out where unknown.")
    container: str
    page_url: str
    call_site: str
    source: str
    fired_at: Moment
    received_at: Moment
    change: Count
    raw: dict[str, str] = Field(
        default_factory=dict,
        description="Texts of payloads, by key, where writing them as JSON again would change them.",
    )


class EventLine(Model):
    """The line of an event."""

    event: EventData


class ReportData(Model):
    """A problem that stops the page-side script from working on a site, as the script reported it."""

    code: str
    site: str
    detail: str
    page_url: str
    count: Count
    last_at: Moment


class ReportLine(Model):
    """The line of a report of the page-side script."""

    report: ReportData


class StripData(Model):
    """A part of a page load's session replay, as stored, in base64. Only in files without redaction."""

    page_id: str
    n: Count
    first_at: Moment
    last_at: Moment
    data: str


class StripLine(Model):
    """The line of a part of the session replay."""

    strip: StripData


class EndData(Model):
    """The number of events in the file."""

    events: Count


class EndLine(Model):
    """The last line of a file."""

    end: EndData


Line = HeaderLine | PageLoadLine | EventLine | ReportLine | StripLine | EndLine


#: The file with the JSON Schema of a line of version 1, as published; its content no longer changes.
FIRST_SCHEMA: Final = Path(__file__).with_name("recording-1.schema.json")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one line of version 2."""
    schema = TypeAdapter(Line).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A line of a recording of Cact Inspector, version {VERSION}",
    } | schema
