"""Masks the personal values in a comparison's difference, so that it can be shared.

Differences are found in the unmasked values and masked afterwards: two different values may have equal masks,
and one value has different masks in two recordings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from events.comparison.difference import Difference, EventRow, Head, PageRow
from events.comparison.rules import Rule
from events.comparison.value_diff import Change
from events.verdict.pointer import child, tokens_of

_Event = TypeVar("_Event", bound=Mapping[str, Any])


class Mask(Protocol):
    """Interface of the redactor that masks personal values: ``events.redaction.Redactor``."""

    def event(self, public: _Event) -> _Event:
        """A masked copy of an event, or of one with fewer fields."""

    def text(self, text: str) -> str:
        """A masked URL or title."""


@dataclass(frozen=True, slots=True)
class _Both:
    """Masks with one side's redactor and then with the other's: a value known to one may occur in both."""

    own: Mask
    other: Mask

    def event(self, public: _Event) -> _Event:
        return self.other.event(self.own.event(public))

    def text(self, text: str) -> str:
        return self.other.text(self.own.text(text))


def masked(difference: Difference, own_a: Mask, own_b: Mask) -> Difference:
    """A copy of ``difference``: each side's values are masked by its own redactor, then by the other's."""
    a, b = _Both(own_a, own_b), _Both(own_b, own_a)
    pages = [_page(page, a, b) for page in difference.pages]
    proposals = [
        replace(
            each,
            rule=_rule(each.rule, a),
            before=_value(each.rule.path, each.before, a)[1],
            after=_value(each.rule.path, each.after, b)[1],
        )
        for each in difference.proposals
    ]
    rules = [_rule(rule, a) for rule in difference.rules]
    return replace(difference, pages=pages, rules=rules, proposals=proposals)


def masked_names(name_a: str, name_b: str, a: Mask, b: Mask) -> tuple[str, str]:
    """The names of the two recordings, masked by both redactors."""
    return _Both(a, b).text(name_a), _Both(b, a).text(name_b)


def _rule(rule: Rule, mask: Mask) -> Rule:
    event = rule.event and mask.event({"event_name": rule.event})["event_name"]
    return replace(rule, path=_value(rule.path, None, mask)[0], event=event)


def _page(page: PageRow, a: Mask, b: Mask) -> PageRow:
    first = a if page.url_a is not None else b
    return replace(
        page,
        path=first.text(page.path),
        title=first.text(page.title),
        url_a=page.url_a and a.text(page.url_a),
        url_b=page.url_b and b.text(page.url_b),
        rows=[_row(row, a, b) for row in page.rows],
    )


def _row(row: EventRow, a: Mask, b: Mask) -> EventRow:
    return replace(
        row,
        a=row.a and _head(row.a, a),
        b=row.b and _head(row.b, b),
        changes=[_change(change, a, b) for change in row.changes],
        ignored=[_change(change, a, b) for change in row.ignored],
        gained=[one._replace(path=_value(one.path, None, b)[0]) for one in row.gained],
        lost=[one._replace(path=_value(one.path, None, a)[0]) for one in row.lost],
    )


def _head(head: Head, mask: Mask) -> Head:
    name = mask.event({"event_name": head.name})["event_name"]
    return head._replace(name=name, page=mask.text(head.page))


def _change(change: Change, a: Mask, b: Mask) -> Change:
    path_a, before = _value(change.path_a, change.before, a)
    path_b, after = _value(change.path_b, change.after, b)
    return Change(change.kind, path_a, path_b, before, after)


def _value(path: str, value: Any, mask: Mask) -> tuple[str, Any]:
    """``path`` (a JSON Pointer) and the value there, masked as they would be in their event."""
    steps = tokens_of(path)
    for step in reversed(steps):
        value = [value] if _is_index(step) else {step: value}
    shown = mask.event({"effective": value})["effective"]
    masked_path = ""
    for step in steps:
        name = step if isinstance(shown, list) else next(iter(shown))
        shown = shown[0] if isinstance(shown, list) else shown[name]
        masked_path = child(masked_path, name)
    return masked_path, shown


def _is_index(step: str) -> bool:
    """Whether the step is an index of a list: a number, any index (``*``), or ``+3``, which only b has."""
    return step == "*" or step.removeprefix("+").isdecimal()
