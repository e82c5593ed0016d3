"""The difference of two editions for its page: totals, groups of rows, and what each means for a verdict."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from events.reference import Enumeration, Parameter
from events.reference.differences import Differences, OwnerDifference, RowDifference, rules_of
from events.verdict import Severity
from events.verdict.findings import shorten

_SIGNS: Final = {"new": "+ new", "gone": "− gone", "other": "± other"}
_MOST_EXCEPTIONS: Final = 4  # in the sentence above the table


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a difference does to verdicts: the ``severity`` and ``code`` of its finding, and a sentence."""

    text: str
    code: str = ""
    severity: Severity | None = None
    changes: bool = False


@dataclass(frozen=True, slots=True)
class DiffRow:
    """Rows of one owner with equal cells, written once; ``kind`` is new, gone or other."""

    kind: str
    names: tuple[str, ...]
    before: str
    after: str
    meaning: Meaning

    @property
    def sign(self) -> str:
        """The change as a sign and a word."""
        return _SIGNS[self.kind]


@dataclass(frozen=True, slots=True)
class DiffGroup:
    """The differences of one event, of one schema, or of several new events with the same rows.

    ``edition`` is the one whose reference shows it; "" where it has no page.
    """

    names: tuple[str, ...]
    kind: str
    status: str
    added: int
    removed: int
    aside: str
    rows: tuple[DiffRow, ...]
    edition: str = ""

    @property
    def id(self) -> str:
        """The group's anchor."""
        return f"of-{self.names[0]}"

    @property
    def title(self) -> str:
        """The names: at most two, else the first, the last and how many."""
        if len(self.names) < 3:
            return ", ".join(self.names)
        return f"{self.names[0]} … {self.names[-1]}"

    @property
    def changes(self) -> int:
        """How many of its rows change verdicts."""
        return sum(row.meaning.changes for row in self.rows)


@dataclass(frozen=True, slots=True)
class Totals:
    """The line of totals. ``rows_in`` counts the events and schemas that gained or lost rows."""

    events_added: int
    events_removed: int
    rows_added: int
    rows_removed: int
    rows_in: int
    types: int
    required: int


def totals_of(found: Differences) -> Totals:
    """Count what differs; rows and cells only of events and schemas that both editions have."""
    both = [owner for owner in found.owners if owner.status == "changed"]
    rows = [row for owner in both for row in owner.rows if row.before and row.after]
    listed = [(row.before, row.after) for row in rows if row.before and row.after and row.before.listed]
    listed = [(before, after) for before, after in listed if after.listed]
    return Totals(
        events_added=_events(found, "new"),
        events_removed=_events(found, "gone"),
        rows_added=sum(owner.added for owner in both),
        rows_removed=sum(owner.removed for owner in both),
        rows_in=sum(bool(owner.added or owner.removed) for owner in both),
        types=sum(before.type != after.type for before, after in listed),
        required=sum(before.required != after.required for before, after in listed),
    )


def groups_of(found: Differences, *, only_verdicts: bool = False) -> list[DiffGroup]:
    """The groups of rows: first those that change verdicts, then by size; new events last."""
    shown_in = {"gone": found.before.edition}
    groups = [
        _group(owner, shown_in.get(owner.status, found.after.edition))
        for owner in found.owners
        if owner.status != "same"
    ]
    groups += _list_groups(found)
    if found.event_name:
        groups.append(_EVERY_EVENT)
    if found.request_id:
        groups.append(_request(found.request_id))
    groups = [group for group in groups if group.rows]
    if only_verdicts:
        groups = [_only_verdicts(group) for group in groups if group.changes]
    return sorted(groups, key=lambda group: (group.status == "new", not group.changes, -len(group.rows)))


def sentence_of(found: Differences) -> str:
    """What a call that is right by the earlier edition has to mind."""
    before, after = found.before.edition, found.after.edition
    if found.equal:
        return "These two say the same."
    exceptions = [
        (owner.names[0], row)
        for owner in found.owners
        if owner.status == "changed"
        for row in owner.rows
        if _meaning(row, owner.status).severity in ("error", "warning")
    ]
    gone = [name for owner in found.owners if owner.status == "gone" for name in owner.names]
    if gone or len(exceptions) > _MOST_EXCEPTIONS:
        return f"A call that is right by {before} need not be right by {after}."
    right = f"A call that is right by {before} is right by {after}"
    if not exceptions:
        return f"{right}."
    return f"{right}, except that {'; '.join(_exception(owner, row) for owner, row in exceptions)}."


def _exception(owner: str, row: RowDifference) -> str:
    former = row.after.formerly if row.after else None
    return f"{owner} must say {row.name}{f' instead of {former.name}' if former else ''}"


def _events(found: Differences, status: str) -> int:
    return sum(len(owner.names) for owner in found.owners if (owner.kind, owner.status) == ("event", status))


def _group(owner: OwnerDifference, edition: str) -> DiffGroup:
    rows: dict[tuple[str, str, str, Meaning], list[str]] = {}
    for row in owner.rows:
        kind = "new" if row.is_new else "gone" if row.is_gone else "other"
        if kind == "other" and owner.status != "changed":
            continue  # known to new events, without a row
        some = _in_which(owner, row.name)
        key = (kind, cells(row.before, some), cells(row.after, some), _meaning(row, owner.status))
        rows.setdefault(key, []).append(row.name)
    lines = [DiffRow(kind, tuple(names), old, new, said) for (kind, old, new, said), names in rows.items()]
    lines.sort(key=lambda line: not line.meaning.changes)
    aside = ""
    if owner.kind == "event":
        aside = {"new": "new: custom before", "gone": "gone: custom now"}.get(owner.status, "")
    sizes = owner.added, owner.removed
    return DiffGroup(owner.names, owner.kind, owner.status, *sizes, aside, tuple(lines), edition)


def _only_verdicts(group: DiffGroup) -> DiffGroup:
    rows = tuple(row for row in group.rows if row.meaning.changes)
    return replace(group, rows=rows)


def _list_groups(found: Differences) -> Iterator[DiffGroup]:
    for list_ in found.lists:
        if list_.status == "same":
            continue
        before, after = (edition.enumerations.get(list_.name) for edition in (found.before, found.after))
        words = ["" if each is None else "closed" if each.closed else "suggested" for each in (before, after)]
        rows: list[DiffRow] = []
        if list_.added:
            told = Meaning("The values of the rows that name it.")
            rows.append(DiffRow("new", list_.added, words[0], words[1], told))
        if list_.removed:
            rows.append(DiffRow("gone", list_.removed, words[0], words[1], _off_the_list(after)))
        sizes = len(list_.added), len(list_.removed)
        yield DiffGroup((list_.name,), "list", list_.status, *sizes, "", tuple(rows))


def _off_the_list(after: Enumeration | None) -> Meaning:
    """What it means that a value is no longer on the list ``after``."""
    if after is None:
        return Meaning("Any value is taken.")
    if after.closed:
        return Meaning("where it is sent", "not_allowed", "error", changes=True)
    return Meaning("where it is sent", "not_suggested", "info")


_OTHER_NAME: Final = Meaning("where it is not the event's own name", "bad_format", "warning", changes=True)
_EVERY_EVENT: Final = DiffGroup(
    names=("Every event",),
    kind="request",
    status="changed",
    added=0,
    removed=0,
    aside="the client sends the event's own name in its place",
    rows=(DiffRow("other", ("event_name",), "not judged", "the event's name", _OTHER_NAME),),
)


def _request(path: str) -> DiffGroup:
    said = Meaning("on a request without an id in any spelling", "missing_recommended", "info")
    row = DiffRow("new", (path,), "", "asked for", said)
    return DiffGroup(("Requests",), "request", "changed", 0, 0, "never asked of a page’s call", (row,))


def _in_which(owner: OwnerDifference, name: str) -> str:
    """In which of several events the row ``name`` is required; "" where in all or none of them."""
    some = owner.required_in.get(name, ())
    others = tuple(event for event in owner.names if event not in some)
    if not some or len(some) <= len(others):
        return f"only in {', '.join(some)}" if some else ""
    return f"not in {', '.join(others)}"


def cells(row: Parameter | None, in_which: str = "") -> str:
    """A row's rules as words: its type, whether it is required, and in which events, its limits."""
    if row is None:
        return ""
    kind = row.type or "any type"
    if not row.listed:
        return f"{kind}, known, not listed"
    words = [shorten(row.example) if row.is_event_name else kind, _required(row)]
    if in_which:
        words.append(in_which)
    if row.format:
        words.append(row.format)
    if row.range:
        words.append(f"from {row.range.least:g} to {row.range.most:g}")
    if row.enumeration:
        words.append(f"list {row.enumeration}")
    return ", ".join(words)


def _required(row: Parameter) -> str:
    if row.deprecated:
        return "deprecated"
    word = {"yes": "required", "yes*": "required *", "no": "no", "no*": "no *"}[row.required]
    return f"{word} unless {row.unless.name} is {shorten(row.unless.value)}" if row.unless else word


def _meaning(row: RowDifference, owner: str) -> Meaning:
    """What the difference of a row means for a verdict; ``owner`` is the status of its event."""
    before, after = row.before, row.after
    required = after is not None and after.is_required
    was_required = before is not None and before.is_required
    if after is not None and after.is_event_name:
        return Meaning("Met by every call: it is the name of the event.")
    if required and not was_required:
        former = after.formerly if after else None
        where = f"where only {former.name} is sent; the message names it" if former else "where it is absent"
        return Meaning(where, "missing_required", "error", changes=True)
    if was_required and not required:
        return Meaning("No error any more where it is absent.", changes=owner == "changed")
    if after is not None and after.deprecated and not (before and before.deprecated):
        said = f"send {after.deprecated}. Only on what the page called."
        return Meaning(said, "deprecated_property", "info")
    if after is None:
        return Meaning("where it is sent", "unknown_property", "info")
    if before is None:
        return Meaning("" if owner == "new" else "Was an unknown property before.")
    return _changed(before, after)


def _changed(before: Parameter, after: Parameter) -> Meaning:
    """What it means that a row, known to both editions, has other rules."""
    if before.type != after.type and before.type is not None:
        return Meaning("where the value has the type of before", "wrong_type", "error", changes=True)
    if before.type is None and after.type is not None:
        return Meaning("Known before; now its value is checked.")
    if before.listed and not after.listed:
        return Meaning("No finding where it is sent.")
    if rules_of(before)[3:] != rules_of(after)[3:]:
        return Meaning("Its value is checked in another way.", changes=True)
    return Meaning("")
