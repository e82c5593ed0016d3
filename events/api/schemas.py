"""The shapes of the API's answers and bodies, for the OpenAPI document."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import BaseModel, ConfigDict

from events.verdict.messages import WHYS

Severity = Literal["error", "warning", "info"]
Verdict = Literal["valid", "warning", "invalid"]
Colour = Literal["blue", "teal", "green", "olive", "orange", "red", "pink", "purple"]
Tag = Annotated[str, Field(max_length=40)]


class Finding(Schema):
    """One thing to know about an event; ``path`` is a JSON Pointer into its parameters.

    ``message`` is made from the other facts. ``why`` is the word that chooses it where a code has several
    sentences, and ``other`` the id of another event that the finding is about as well; both are left out
    where there is none.
    """

    severity: Severity
    code: str
    path: str
    message: str
    expected: str | None
    got: str | None
    why: Literal[*WHYS] | None = None  # type: ignore[valid-type]  # mypy knows no unpacking here
    other: str | None = None


class Judged(Schema):
    """The verdict on one event. ``event_name`` is whatever stood there, null where nothing did."""

    event_name: Any
    verdict: Verdict
    findings: list[Finding]


class Judgements(Schema):
    """The verdicts, in the order of the events."""

    results: list[Judged]


class Collected(Schema):
    """What became of one event: its number in the recording and its verdict."""

    event_id: str
    seq: int
    verdict: Verdict
    findings: list[Finding]


class Receipts(Schema):
    """What became of a request's events."""

    accepted: int
    duplicates: int
    results: list[Collected]


class NewRecording(BaseModel):
    """What a recording is to be called and whose it is; without a name it gets one, nobody need own it."""

    name: str | None = Field(None, max_length=200)
    person: str | None = Field(None, max_length=80)
    colour: Colour | None = None
    tags: list[Tag] | None = Field(None, max_length=20)


class RecordingChange(BaseModel):
    """What is to become of a recording; what is left out, or null, stays as it is.

    ``stopped``: it takes no events until it is resumed. ``archived``: it is out of the list. ``pinned``: it
    does not expire. An empty ``person`` takes it from whoever has it.
    """

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(None, max_length=200, pattern=r"\S")
    tags: list[Tag] | None = Field(None, max_length=20)
    person: str | None = Field(None, max_length=80)
    colour: Colour | None = None
    pinned: bool | None = None
    stopped: bool | None = None
    archived: bool | None = None


class RecordingUrls(Schema):
    """Where everything about a recording is."""

    dashboard: str
    shim: str
    collect: str
    events: str


class CreatedRecording(Schema):
    """A new recording and its addresses."""

    key: str
    name: str
    capture_key: str
    urls: RecordingUrls


class VerdictCounts(Schema):
    """Events by verdict."""

    invalid: int
    warning: int
    valid: int


class Loss(Schema):
    """How many events the pages numbered, how many are here, how many never arrived."""

    sent: int
    received: int
    missing: int


class RecordingState(Schema):
    """A recording's counters."""

    key: str
    name: str
    created_at: datetime
    last_event_at: datetime | None
    site: str
    person: str
    colour: str
    tags: list[str]
    pinned: bool
    stopped: bool
    archived: bool
    bytes: int
    edition: str
    last_seq: int
    verdicts: VerdictCounts
    events: dict[str, VerdictCounts]
    loss: Loss


class ListedRecording(Schema):
    """A recording in the list, with its events by verdict."""

    key: str
    name: str
    created_at: datetime
    last_event_at: datetime | None
    site: str
    person: str
    colour: str
    tags: list[str]
    pinned: bool
    stopped: bool
    archived: bool
    bytes: int
    last_seq: int
    verdicts: VerdictCounts
    missing: int


class ListedRecordings(Schema):
    """Some recordings, the newest first. Pass ``next`` as ``before`` to read on; null: there are no more."""

    recordings: list[ListedRecording]
    next: str | None


class StoredEvent(Schema):
    """One event, whole.

    ``automatic`` lists the paths that the client filled in by itself, ``permanent`` those that the page had
    set with ``setProperty``. ``delivery`` is what became of the call: its request was seen (``sent``, to
    ``sent_to``), none left the page (``unsent``), or nobody knows. ``container`` is the site and number of
    the container whose tag fired it, ``call_site`` where it was called.
    """

    seq: int
    event_id: str
    event_name: str
    verdict: Verdict
    findings: list[Finding]
    called: Any
    sent: Any
    effective: Any
    automatic: list[str]
    permanent: list[str]
    delivery: Literal["", "sent", "unsent"]
    sent_to: str
    container: str
    call_site: str
    page_load: str | None
    page_url: str
    fired_at: datetime
    received_at: datetime
    source: str


class StoredEvents(Schema):
    """Some events. Pass ``last_seq`` as ``after`` to read on; with no more it is the recording's own."""

    events: list[StoredEvent]
    last_seq: int
