"""Compares two recordings for machines."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from events.api.errors import Error, Refusal, json_response
from events.api.schemas import Muted, Severity, asked_muting
from events.comparison import BadRule, apply_rules
from events.comparison.as_json import MOST_ROWS, as_dict
from events.comparison.from_recording import aligned, redacted
from events.comparison.rules import LONGEST, MOST_RULES, Rule
from events.recordings import get_recording
from events.recordings.filter_parameters import QueryParameters
from events.recordings.muting import under
from events.verdict.groups import Group

router = Router(tags=["compare"])

RowKind = Literal["missing", "added", "moved", "verdict", "findings", "parameters", "delivery"]


_RuleText = Annotated[str, Field(max_length=LONGEST, pattern=r"^[^/]*/[^\s\x00-\x20\x7f-\xa0]")]


class CompareQuery(QueryParameters):
    """The recordings to compare, the differences to ignore, and the part of the differing events to return.

    Of both recordings only the events of the query are compared.

    ``ignore`` may repeat, a rule each: ``[kind:][event]/path``, kind being value (the default), query,
    address or presence. ``auto`` false: rules that suggest themselves are proposed, not applied.
    ``redact`` masks personal values. Without ``mute``, what is muted in one recording is muted in both.
    """

    a: Annotated[str, Field(max_length=32)]
    b: Annotated[str, Field(max_length=32)]
    ignore: Annotated[list[_RuleText], Field(max_length=MOST_RULES)] = []
    auto: bool = True
    redact: bool = False
    mute: Muted = []
    offset: Annotated[int, Field(ge=0, le=2**31)] = 0
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 200


class BeforeAfter(Schema):
    """A value in both recordings: ``before`` in ``a``, ``after`` in ``b``."""

    before: str
    after: str


class ComparedEvent(Schema):
    """One event of one of the recordings."""

    seq: int
    name: str
    verdict: str
    page: str
    delivery: str


class ComparedFinding(Schema):
    """A finding in one recording only; items have their positions in ``a``, ``+0`` is in ``b`` only."""

    severity: Severity
    code: str
    path: str


class ValueChange(Schema):
    """One value that differs. ``types``: the JSON types before and after, where these differ."""

    kind: Literal["added", "lost", "retyped", "changed", "moved"]
    path: str
    path_a: str | None
    path_b: str | None
    before: Any
    after: Any
    types: list[str] | None


class EventDifference(Schema):
    """One event that differs; null for the recording without it. ``ignored``: changes that rules ignore."""

    event_name: str
    page: str
    kinds: list[RowKind]
    a: ComparedEvent | None
    b: ComparedEvent | None
    verdict: BeforeAfter | None
    delivery: BeforeAfter | None
    gained: list[ComparedFinding]
    lost: list[ComparedFinding]
    changes: list[ValueChange]
    ignored: list[ValueChange]


class PageDifference(Schema):
    """A visit of a page that is in one recording only, or at another position among the visits."""

    path: str
    state: Literal["added", "missing", "moved"]
    events: int


class ProposedRule(Schema):
    """An ignore rule that the differences suggest, its reason, and the number of differences it ignores."""

    rule: str
    reason: str
    count: int


class Sides(Schema):
    """A number for each recording."""

    a: int
    b: int


class Cut(Schema):
    """For each recording: true where it has more events than were compared."""

    a: bool
    b: bool


class MutedOut(Schema):
    """The muted groups of findings, and the number of muted findings of each recording."""

    groups: list[Group]
    a: int
    b: int


class ComparisonOut(Schema):
    """The differences. ``summary`` is for people; ``next`` is the next part's offset, null at the end."""

    same: bool
    summary: list[str]
    counts: dict[str, int]
    compared: Sides
    cut: Cut
    other_edition: bool
    muted: MutedOut
    rules: list[str]
    proposals: list[ProposedRule]
    pages: list[PageDifference]
    differences: list[EventDifference]
    next: int | None


@router.get("/compare", response={200: ComparisonOut, 400: Error, 404: Error})
def compare(request: HttpRequest, wanted: Query[CompareQuery]) -> HttpResponse:
    """The differences between recording ``a`` (before) and ``b`` (after), aligned by page and order."""
    muted = asked_muting(wanted.mute)
    a, b = under(get_recording(wanted.a), muted), under(get_recording(wanted.b), muted)
    try:
        rules = [Rule.parse(text) for text in wanted.ignore]
    except BadRule as error:
        raise Refusal(400, "bad_rule", str(error)) from None
    difference = apply_rules(aligned(a, b, wanted.filter()), rules, automatic=wanted.auto)
    if wanted.redact:
        difference = redacted(difference, a, b)
    return json_response(as_dict(difference, wanted.offset, wanted.limit))
