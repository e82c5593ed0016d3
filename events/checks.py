"""Checks at start-up that editions compile, the store writes every column, and finding codes have groups."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db.models.fields import NOT_PROVIDED

from events.models import Event
from events.reference import BrokenReference, editions, load
from events.store.transaction import COLUMNS
from events.verdict import CODES
from events.verdict.compiled_checks import gates
from events.verdict.groups import GROUP_OF


@register
def reference_check(**_kwargs: Any) -> list[CheckMessage]:
    """One error (events.E001) for each edition with a broken file."""
    problems: list[CheckMessage] = []
    for edition in editions():
        try:
            gates(load(edition))
        except BrokenReference as broken:
            problems.append(Error(str(broken), hint="Mend the file named above.", id="events.E001"))
    return problems


@register
def columns_check(**_kwargs: Any) -> list[CheckMessage]:
    """One error (events.E002) where the write path leaves out a column that the database does not fill."""
    columns = [
        field.name
        for field in Event._meta.concrete_fields
        if not field.primary_key and (field.db_default is NOT_PROVIDED or field.name in COLUMNS)
    ]
    if list(COLUMNS) == columns:
        return []
    return [
        Error(
            "Events are stored without some of their columns.",
            hint="See events.store.transaction.",
            id="events.E002",
        )
    ]


@register
def groups_check(**_kwargs: Any) -> list[CheckMessage]:
    """One error (events.E003) where the finding codes and those with a group differ."""
    different = CODES.keys() ^ GROUP_OF.keys()
    if not different:
        return []
    hint = f"Give every finding code one group in events.verdict.groups: {', '.join(sorted(different))}."
    return [Error("Not every finding code has a group.", hint=hint, id="events.E003")]
