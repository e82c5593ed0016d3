"""Compares two editions of the reference: events, schemas and lists, row by row. Pure.

Only what judges a value counts: descriptions, notes and examples are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from events.reference.types import Parameter, Reference, Schema

Status = Literal["new", "gone", "changed", "same"]


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A parameter in both editions; None where one of them does not know it."""

    name: str
    before: Parameter | None
    after: Parameter | None

    @property
    def is_new(self) -> bool:
        """Whether the row is listed after, and was not before."""
        return _is_listed(self.after) and not _is_listed(self.before)

    @property
    def is_gone(self) -> bool:
        """Whether the row was listed before, and is not after."""
        return _is_listed(self.before) and not _is_listed(self.after)


@dataclass(frozen=True, slots=True)
class OwnerDifference:
    """An event or a schema in both editions; ``names`` are several new or gone events with the same rows.

    ``required_in`` names, for a row that only some of these events require, those that do.
    """

    names: tuple[str, ...]
    kind: Literal["event", "schema"]
    status: Status
    rows: tuple[RowDifference, ...]
    required_in: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def added(self) -> int:
        """How many rows are newly listed, in all ``names`` together."""
        return len(self.names) * sum(row.is_new for row in self.rows)

    @property
    def removed(self) -> int:
        """How many rows are no longer listed, in all ``names`` together."""
        return len(self.names) * sum(row.is_gone for row in self.rows)


@dataclass(frozen=True, slots=True)
class ListDifference:
    """A list of values in both editions."""

    name: str
    status: Status
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that two editions say differently, and what they say alike (status ``same``)."""

    before: Reference
    after: Reference
    owners: tuple[OwnerDifference, ...]
    lists: tuple[ListDifference, ...]

    @property
    def request_id(self) -> str:
        """Where the later edition newly asks for a request's id; "" where it does not."""
        return self.after.request_id if self.after.request_id != self.before.request_id else ""

    @property
    def event_name(self) -> bool:
        """Whether the later edition alone says of each event that its parameters may repeat its name."""
        return _names_events(self.after) and not _names_events(self.before)

    @property
    def equal(self) -> bool:
        """Whether both say the same."""
        rules = [(each.request_id, _names_events(each)) for each in (self.before, self.after)]
        statuses = {*(owner.status for owner in self.owners), *(list_.status for list_ in self.lists)}
        return rules[0] == rules[1] and statuses <= {"same"}


def differences(before: Reference, after: Reference) -> Differences:
    """Compare two editions: events in the order of ``after``, then schemas."""
    owners = [
        *_owners("event", dict(before.events), dict(after.events)),
        *_owners("schema", before.schemas, after.schemas),
    ]
    return Differences(before, after, tuple(_joined(owners)), tuple(_lists(before, after)))


def _owners(
    kind: Literal["event", "schema"], before: dict[str, Schema], after: dict[str, Schema]
) -> Iterator[OwnerDifference]:
    for name in dict.fromkeys((*after, *before)):
        old, new = before.get(name), after.get(name)
        rows = tuple(_rows(old, new))
        status: Status = "new" if old is None else "gone" if new is None else "changed" if rows else "same"
        yield OwnerDifference((name,), kind, status, rows)


def _rows(old: Schema | None, new: Schema | None) -> Iterator[RowDifference]:
    """The rows that differ, in the order of the later edition, then those that are gone."""
    before, after = _by_name(old), _by_name(new)
    for name in dict.fromkeys((*after, *before)):
        row = RowDifference(name, before.get(name), after.get(name))
        if row.before is None or row.after is None or rules_of(row.before) != rules_of(row.after):
            yield row


def _by_name(owner: Schema | None) -> dict[str, Parameter]:
    """The rows of ``owner``, without one that every event has: ``Differences.event_name`` tells of that."""
    rows = owner.parameters if owner else ()
    return {row.name: row for row in rows if row.listed or not row.is_event_name}


def _names_events(reference: Reference) -> bool:
    rows = (row for event in reference.events.values() for row in event.parameters)
    return any(row.is_event_name and not row.listed for row in rows)


def rules_of(row: Parameter) -> tuple[object, ...]:
    """What of a row judges a value."""
    return (
        row.type,
        row.required,
        row.listed,
        row.format,
        row.enumeration,
        row.numbered,
        row.range,
        row.unless,
        row.required_with,
        row.recommended,
        row.satisfied_by,
        row.automatic,
        row.deprecated,
        row.takes_array,
        row.may_be_empty,
        row.is_event_name,
    )


def _joined(owners: list[OwnerDifference]) -> Iterator[OwnerDifference]:
    """The owners, with new events of the same listed rows joined into one, as with gone ones."""
    groups: dict[object, list[OwnerDifference]] = {}
    for owner in owners:
        key: object = owner.names
        if owner.status in ("new", "gone"):
            listed = tuple(row.name for row in owner.rows if _is_listed(row.after or row.before))
            key = (owner.kind, owner.status, listed)
        groups.setdefault(key, []).append(owner)
    yield from map(_one, groups.values())


def _one(group: list[OwnerDifference]) -> OwnerDifference:
    """The owners of ``group`` as one; a row that some of them require is taken from one of these."""
    first = group[0]
    if len(group) == 1:
        return first
    requiring: dict[str, list[str]] = {}
    rows = {row.name: row for row in first.rows}
    for owner in group:
        for row in owner.rows:
            if row.name in rows and (given := row.after or row.before) and given.is_required:
                rows[row.name] = row
                requiring.setdefault(row.name, []).append(owner.names[0])
    some = {name: tuple(events) for name, events in requiring.items() if len(events) < len(group)}
    names = tuple(owner.names[0] for owner in group)
    return replace(first, names=names, rows=tuple(rows.values()), required_in=some)


def _lists(before: Reference, after: Reference) -> Iterator[ListDifference]:
    for name in dict.fromkeys((*after.enumerations, *before.enumerations)):
        old, new = before.enumerations.get(name), after.enumerations.get(name)
        olds, news = (list_.values if list_ else () for list_ in (old, new))
        added = tuple(value for value in news if value not in olds)
        removed = tuple(value for value in olds if value not in news)
        alike = old and new and old.closed == new.closed and not added and not removed
        status: Status = "new" if old is None else "gone" if new is None else "same" if alike else "changed"
        yield ListDifference(name, status, added, removed)


def _is_listed(row: Parameter | None) -> bool:
    return row is not None and row.listed
