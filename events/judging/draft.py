"""Turns each incoming event into a draft of its row: judged, cut to the limits, written as text. Pure."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from events.judging.content import content_digest
from events.judging.effective import Effective, Payloads, effective
from events.judging.facts import facts_of, with_content
from events.judging.masked_findings import beside_masks, holds_masks
from events.judging.requests import missing_id, missing_id_as_before, of_request
from events.judging.unread import may_hold_marks
from events.reference import Reference
from events.verdict import Finding, StoredFinding, Verdict, judge, verdict_of
from events.verdict.across import Facts, is_across
from events.verdict.unknown import proven_findings
from events.wire import Delivered, Incoming, Page, Seen, Update
from events.wire.pixel import typed_parameters

_LONGEST_NAME: Final = 200  # characters, as the column has
#: The source of events that came as a pixel.
PIXEL: Final = "pixel"
#: Findings about the event as a whole that no further knowledge of its parameters changes.
LASTING: Final = frozenset({"unreadable", "not_triggered"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one event: bytes of JSON, levels of nesting, stored findings."""

    event_bytes: int
    depth: int
    findings: int


@dataclass(slots=True)
class Draft:
    """An event judged by ``edition``, with the values of its database row except the sequence number.

    ``called``, ``sent``, ``automatic``, ``permanent`` and ``unknown`` are JSON text, "" where the event has
    none. ``facts`` are those that the rules across events read, and ``across`` the findings of these rules,
    which the transaction sets. ``occurrence`` is the digest of the event's content, which tells events of one
    id apart.
    ``untyped`` are the parameters of a query string before ``edition`` gave them types, None for others.
    """

    event_id: str
    name: str
    edition: Reference
    verdict: Verdict
    findings: list[StoredFinding]
    called: str
    sent: str
    automatic: str
    permanent: str
    unknown: str
    delivery: Delivered
    seen: Seen
    sent_to: str
    container: str
    page: Page | None
    n: int | None
    page_url: str
    call_site: str
    source: str
    fired_at: datetime
    received_at: datetime
    occurrence: int
    sent_id: str
    facts: Facts
    across: list[StoredFinding] = field(default_factory=list)
    untyped: Any = None

    @property
    def all_findings(self) -> list[StoredFinding]:
        """The event's own findings, then those across events."""
        return [*self.findings, *self.across] if self.across else self.findings

    @property
    def whole_verdict(self) -> Verdict:
        """The verdict by all findings."""
        return _verdict_of_stored(self.all_findings) if self.across else self.verdict


def draft(incoming: Incoming, reference: Reference, limits: Limits) -> Draft:
    """Judge ``incoming`` and return its draft. Never raises for an event that was read from JSON."""
    now = datetime.now(UTC)
    fired_at = storable(incoming.at or now, now)
    untyped = incoming.sent if incoming.untyped else None
    if untyped is not None:
        incoming.sent = typed_parameters(incoming.name, untyped, reference)
    texts = [_Text.of(value, limits.depth) for value in _payloads(incoming)]
    called, sent, automatic, permanent = (text.text for text in texts)
    marked = may_hold_marks(incoming.source, called, automatic, permanent)
    given = Payloads(
        incoming.called,
        incoming.sent,
        incoming.automatic,
        incoming.permanent,
        marked,
        incoming.unknown,
        came_on=now.date(),
        in_query=incoming.source == PIXEL,
    )
    findings = _findings(incoming, given, reference)
    faults = _faults(incoming.size, texts, limits)
    name = _column(incoming.name)[:_LONGEST_NAME]
    if faults:
        findings = faults + findings
    event_id = incoming.event_id or str(uuid.uuid4())
    occurrence = content_digest(name, texts[0].value, texts[1].value)  # as stored: cut to the limits
    return Draft(
        event_id=event_id,
        name=name,
        edition=reference,
        verdict=_verdict(findings),
        findings=[finding.stored() for finding in _gravest(findings, limits.findings)],
        called=called,
        sent=sent,
        automatic=automatic,
        permanent=permanent,
        unknown=orjson.dumps(incoming.unknown).decode() if incoming.unknown else "",
        delivery=incoming.delivery,
        seen=incoming.seen,
        sent_to=_column(incoming.sent_to)[:4000],
        container=_column(incoming.container)[:64],
        page=incoming.page,
        n=incoming.n,
        page_url=_column(incoming.page_url)[:4000],
        call_site=_column(incoming.call_site)[:1000],
        source=incoming.source,
        fired_at=fired_at,
        received_at=now,
        occurrence=occurrence,
        sent_id=incoming.sent_id,
        facts=facts_of(
            name,
            given,
            event_id=event_id,
            sent_id=incoming.sent_id,
            occurrence=occurrence,
            page_id=incoming.page.id if incoming.page else "",
            n=incoming.n,
            page_url=_column(incoming.page_url),
            fired_at=fired_at,
            void=any(finding.code in LASTING and finding.path == "" for finding in findings),
        ),
        untyped=untyped,
    )


def storable(moment: datetime, otherwise: datetime) -> datetime:
    """``moment``, or ``otherwise`` where a page's wrong clock gave a year that databases cannot store."""
    return moment if 1970 <= moment.year < 9999 else otherwise


def type_again(entry: Draft, reference: Reference, limits: Limits) -> None:
    """Give the values of a query string the types of ``reference``, in place, without judging them."""
    if entry.untyped is not None:
        sent = typed_parameters(entry.name, entry.untyped, reference)
        text = _Text.of(sent, limits.depth)
        entry.sent = text.text
        called = orjson.loads(entry.called) if entry.called else None
        entry.occurrence = content_digest(entry.name, called, text.value)
        entry.facts = with_content(entry.facts, entry.occurrence)


@dataclass(slots=True)
class _Text:
    """A payload as JSON text, with the value that is written in it.

    ``deep``: the payload was cut because it nests deeper than permitted.
    """

    text: str
    value: Any = None
    deep: bool = False

    @classmethod
    def of(cls, value: Any, depth: int) -> "_Text":
        if value is None:
            return cls("")
        try:
            text = orjson.dumps(value).decode()
        except (TypeError, RecursionError):  # orjson stops at 254 levels
            return cls.cut_off(value, depth)
        # Every level opens a bracket, so a text with few brackets cannot be too deep.
        if text.count("{") + text.count("[") <= depth or not deeper_than(value, depth):
            return cls(text, value)
        return cls.cut_off(value, depth)

    @classmethod
    def cut_off(cls, value: Any, depth: int) -> "_Text":
        """The payload without what lies deeper than ``depth`` levels."""
        cut = _cut(value, depth)
        return cls(orjson.dumps(cut).decode(), cut, True)


@dataclass(frozen=True, slots=True)
class Revision:
    """The new values of a stored event after an update of the page-side script."""

    verdict: Verdict
    findings: list[StoredFinding]
    sent: str
    sent_to: str
    delivery: Delivered


def revise(
    name: str,
    given: Payloads,
    previous: list[StoredFinding],
    update: Update,
    reference: Reference,
    limits: Limits,
) -> Revision:
    """Judge the stored event ``name`` again with the payload of ``update``; ``previous`` are its findings."""
    params = typed_parameters(name, update.sent, reference) if update.untyped else update.sent
    sent = _Text.of(params, limits.depth)
    faults = _faults(0, [sent], limits)
    given = replace(given, sent=params)
    verdict, findings = judged_again(name, given, previous, reference, limits, faults)
    return Revision(verdict, findings, sent.text, _column(update.sent_to)[:4000], update.delivery)


def judged_again(
    name: str,
    given: Payloads,
    previous: list[StoredFinding],
    reference: Reference,
    limits: Limits,
    faults: Sequence[Finding] = (),
) -> tuple[Verdict, list[StoredFinding]]:
    """The verdict and findings by ``reference`` of an event whose findings were ``previous`` before.

    The findings across events among ``previous`` stay: other events decide on them.
    Where ``previous`` calls the whole event unreadable or not triggered, it is returned unchanged. Otherwise
    its findings about values that are masked now are preserved. ``faults`` are placed first.
    """
    if any(finding["code"] in LASTING and finding["path"] == "" for finding in previous):
        return _verdict_of_stored(previous), previous
    across = [finding for finding in previous if is_across(finding)]
    if across:
        own = [finding for finding in previous if not is_across(finding)]
        _, findings = judged_again(name, given, own, reference, limits, faults)
        return _verdict_of_stored([*findings, *across]), [*findings, *across]
    about_name = [finding for finding in previous if finding["path"] == "/event_name"]
    found = effective(name, given, reference)
    params = found.params
    judged = [*faults, *judged_findings(name, found, reference, given)]
    judged += missing_id_as_before(previous, reference)
    findings = [finding.stored() for finding in _gravest(judged, limits.findings)]
    if about_name and not 0 < len(name) < _LONGEST_NAME:
        # The column does not hold the original name (it was no text, or was cut): its findings are preserved.
        rest = [finding for finding in findings if finding["path"] != "/event_name"]
        return _verdict_of_stored([*about_name, *rest]), [*about_name, *rest]
    if holds_masks(params):
        findings = beside_masks(findings, previous, params)
        return _verdict_of_stored(findings), findings
    return _verdict(judged), findings


def judged_findings(
    name: Any, judged: Effective, reference: Reference, given: Payloads | None = None
) -> list[Finding]:
    """The findings about the effective event ``judged`` of ``given``; none that depends on an unknown value.

    What is in the future is told by the day on which the event came, so that judging it again later tells
    the same. JSON as a text is no fault of a query string, which has no other way to write an object.
    """
    came_on = given.came_on if given else None
    if (judged.marks or judged.untold) and (unknown := judged.unknown):
        findings = proven_findings(name, judged.params, unknown, reference, judged.marks.keys(), came_on)
    else:
        findings = judge(name, judged.params, reference, came_on).findings
    if given and given.in_query:
        findings = [each for each in findings if each.code != "bad_encoding" or each.why != "json"]
    return of_request(findings) if judged.from_request else findings


def _verdict(findings: list[Finding]) -> Verdict:
    return verdict_of(finding.severity for finding in findings)


def _verdict_of_stored(findings: list[StoredFinding]) -> Verdict:
    return verdict_of(finding["severity"] for finding in findings)


def _payloads(incoming: Incoming) -> tuple[Any, Any, Any, Any]:
    return incoming.called, incoming.sent, incoming.automatic or None, incoming.permanent or None


def _findings(incoming: Incoming, given: Payloads, reference: Reference) -> list[Finding]:
    if incoming.problem:
        found = incoming.sent if incoming.called is None else incoming.called
        return [Finding("error", "unreadable", "", "an object", found, "no_object")]
    if incoming.old_form:
        return [Finding("warning", "not_triggered", "", "cact('trigger', …)", incoming.name)]
    found = effective(incoming.name, given, reference)
    findings = judged_findings(incoming.name, found, reference, given)
    if found.from_request and incoming.event_id is None and isinstance(found.params, dict):
        findings += missing_id(reference)
    return findings


def _faults(size: int, texts: list[_Text], limits: Limits) -> list[Finding]:
    """The findings about the whole event's size and depth, for which the vendor would refuse the event."""
    faults: list[Finding] = []
    size = max(size, *(_bytes(text.text, limits.event_bytes) for text in texts))
    if size > limits.event_bytes:
        most = str(limits.event_bytes)
        faults.append(Finding("error", "unreadable", "", most, size, "too_large"))
    if any(text.deep for text in texts):
        faults.append(Finding("error", "unreadable", "", str(limits.depth), why="too_deep"))
    return faults


def _bytes(text: str, most: int) -> int:
    """The length of the text in UTF-8 bytes where it may exceed ``most``, else 0."""
    return len(text.encode()) if 4 * len(text) > most else 0  # a character has four bytes at most


def _gravest(findings: list[Finding], most: int) -> list[Finding]:
    """All findings, or the gravest ``most`` of them, in their order."""
    if len(findings) <= most:
        return findings
    grave = [finding for finding in findings if finding.severity != "info"][:most]
    light = {id(finding) for finding in [f for f in findings if f.severity == "info"][: most - len(grave)]}
    chosen = {id(finding) for finding in grave} | light
    return [finding for finding in findings if id(finding) in chosen]


def deeper_than(value: Any, depth: int) -> bool:
    """True where containers nest more than ``depth`` levels. A loop: recursion could overflow the stack."""
    level = [value]
    for _ in range(depth):
        level = [child for entry in level for child in _children(entry)]
        if not level:
            return False
    return any(isinstance(entry, dict | list) for entry in level)


def _children(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _cut(value: Any, depth: int) -> Any:
    """``value`` with everything below ``depth`` levels replaced by an ellipsis."""
    if depth == 0 and isinstance(value, dict | list):
        return "…"
    if isinstance(value, dict):
        return {key: _cut(entry, depth - 1) for key, entry in value.items()}
    return [_cut(entry, depth - 1) for entry in value] if isinstance(value, list) else value


def _column(value: Any) -> str:
    """A string for a text column, without NUL, which PostgreSQL does not store; "" for other values."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else ""
