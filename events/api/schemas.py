"""Defines the shapes of the API's answers and bodies, for the OpenAPI document."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import BaseModel, ConfigDict

from events.reference import editions
from events.verdict.groups import Group
from events.verdict.messages import WHYS
from events.verdict.muting import muted_bits

Severity = Literal["error", "warning", "info"]
Verdict = Literal["valid", "warning", "invalid"]
Colour = Literal["blue", "teal", "green", "olive", "orange", "red", "pink", "purple"]
Tag = Annotated[str, Field(max_length=40)]


Muted = Annotated[
    list[Group | Literal["no"]],
    Field(
        max_length=20,
        description="Mute the findings of this group in the answer, may be repeated, in place of the groups "
        "that are switched off for the recording; `no` alone: mute none.",
    ),
]


def asked_muting(asked: list[Any]) -> int | None:
    """The bitmask of the groups that a request asks to mute; None where it leaves that to the recording."""
    return muted_bits(asked) if asked else None


class Finding(Schema):
    """One finding about an event; ``path`` is a JSON Pointer into the event's parameters.

    ``message`` is made from the other facts. ``why`` chooses the message where a code has several, and
    ``other`` is the id of an earlier event that the finding is about as well, ``other_seq`` its number in the
    recording; each is left out where there is none.
    """

    severity: Severity
    code: str
    path: str
    message: str
    expected: str | None
    got: str | None
    why: Literal[*WHYS] | None = None  # type: ignore[valid-type]  # mypy knows no unpacking here
    other: str | None = None
    other_seq: int | None = None


class Judged(Schema):
    """The verdict on one event. ``event_name`` is the name found, of any type; null where there is none."""

    event_name: Any
    verdict: Verdict
    findings: list[Finding]


class Judgements(Schema):
    """The verdicts, in the order of the events."""

    results: list[Judged]


class Collected(Schema):
    """The receipt of one event: its number in the recording, its verdict and its findings."""

    event_id: str
    seq: int
    verdict: Verdict
    findings: list[Finding]


class Receipts(Schema):
    """The receipts of a request's events, and the numbers of new ones and of duplicates."""

    accepted: int
    duplicates: int
    results: list[Collected]


class NewRecording(BaseModel):
    """The name, owner, tags and edition of a new recording; without a name, it gets the current time's.

    ``edition`` is the edition of the reference that judges its events; without it, the server's default.
    """

    name: str | None = Field(None, max_length=200)
    person: str | None = Field(None, max_length=80)
    colour: Colour | None = None
    tags: list[Tag] | None = Field(None, max_length=20)
    edition: Literal[*editions()] | None = None  # type: ignore[valid-type]  # as with WHYS


class RecordingChange(BaseModel):
    """New values for a recording; a value that is left out, or null, stays unchanged.

    ``stopped``: the recording accepts no events until it is resumed. ``archived``: it is not listed.
    ``pinned``: it does not expire. An empty ``person`` removes the owner. ``muted`` are all groups of
    findings that are switched off, when the recording is read.
    """

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(None, max_length=200, pattern=r"\S")
    tags: list[Tag] | None = Field(None, max_length=20)
    person: str | None = Field(None, max_length=80)
    colour: Colour | None = None
    pinned: bool | None = None
    stopped: bool | None = None
    archived: bool | None = None
    muted: list[Group] | None = Field(None, max_length=20)


class RecordingUrls(Schema):
    """The addresses of a recording."""

    dashboard: str
    shim: str
    collect: str
    events: str


class CreatedRecording(Schema):
    """A new recording and its addresses."""

    key: str
    name: str
    edition: str
    capture_key: str
    urls: RecordingUrls


class VerdictCounts(Schema):
    """The number of events by verdict."""

    invalid: int
    warning: int
    valid: int


class GroupCounts(Schema):
    """The number of findings by group, muted ones included."""

    required: int
    format: int
    values: int
    across: int


class Loss(Schema):
    """The number of events that pages numbered, that arrived, and that never arrived."""

    sent: int
    received: int
    missing: int


class RecordingState(Schema):
    """A recording with its counters.

    ``verdicts`` and ``events`` leave out the findings of the groups in ``muted``, which are
    ``muted_findings`` findings; ``findings`` counts those of each group, muted or not.
    """

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
    muted: list[Group]
    findings: GroupCounts
    muted_findings: int
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
    muted: list[Group]
    muted_findings: int
    missing: int


class ListedRecordings(Schema):
    """Some recordings, the newest first. Pass ``next`` as ``before`` to read on; null: there are no more."""

    recordings: list[ListedRecording]
    next: str | None


class StoredEvent(Schema):
    """One event with all its values.

    ``automatic`` lists the paths that the client filled in by itself, ``permanent`` those that the page had
    set with ``setProperty``, ``unsent_permanent`` those so set that the client's request lacks: they are
    absent from ``effective``. ``unread`` lists the paths that the script could not read without changing the
    page, a getter or an object with ``toJSON``: ``called`` has ``[not read: getter]`` or ``[not read:
    toJSON]`` there, and ``effective`` the value of the client's request, where one was seen. ``unknown``
    lists the paths in ``effective`` of values that nothing tells: the unread ones without a request, and what
    only the page knows in pasted code. Where ``effective`` has a text there, a part of the text is unknown; a
    path that ends in ``/-`` says that the object or array around it may hold more. ``delivery`` is the fate
    of the call's request: seen (``sent``, to ``sent_to``), not sent by the page (``unsent``), or
    unknown (empty). ``seen`` is ``queue`` where no hook of the script saw the call, and it was read from
    caReady afterwards, so that ``call_site`` is unknown. ``container`` is the site and number of the
    container whose tag fired the event, ``call_site`` the line of code that called. ``findings`` and
    ``verdict`` leave out muted findings, and ``muted`` is their number.
    """

    seq: int
    event_id: str
    event_name: str
    verdict: Verdict
    findings: list[Finding]
    muted: int
    called: Any
    sent: Any
    effective: Any
    automatic: list[str]
    permanent: list[str]
    unsent_permanent: list[str]
    unread: list[str]
    unknown: list[str]
    delivery: Literal["", "sent", "unsent"]
    seen: Literal["", "queue"]
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
