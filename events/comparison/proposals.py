"""Ignore rules that the values themselves suggest: what differs each time and says nothing.

A rule is proposed for a place where every difference looks volatile on both sides (a moment, a token, the
query of an address), where a name says so (an order's number), or where the values differ in every aligned
pair and never repeat within either recording. Amounts, products and texts that people read are never
proposed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from events.comparison.rules import Rule, RuleKind
from events.comparison.value_diff import Change
from events.comparison.volatile import address_parts, look_of, outline

_AMOUNT: Final = re.compile(
    r"price|value|revenue|amount|total|tax|shipping|discount|quantity|currency|cost|fee|rate|position|stock",
    re.IGNORECASE,
)
_ORDER: Final = frozenset({"purchase", "refund", "generate_lead"})
_VOLATILE_NAME: Final = re.compile(
    r"(order|transaction|session|visit|visitor|client|request|event|page_?view|device|cookie|correlation|trace|"
    r"basket|cart|lead|call|message)_?(id|number|no|nr|key|ref)"
    r"|.*(token|nonce|uuid|guid|timestamp|cookies?|fingerprint|random|cache_?bust(er)?)"
    r"|(time|ts|_ga|_gid|gclid|fbclid|sid)",
    re.IGNORECASE,
)
_ITEMS: Final = "/items/"  # other products are a difference, however often they differ
_FEWEST: Final = 3  # aligned pairs that must all differ before that alone is a reason
_MOST_PATHS: Final = 20_000  # places looked at: a hostile event brings thousands of names of its own
_MOST_VALUES: Final = 2_000  # of one place that are remembered
_MOST_PROPOSALS: Final = 30


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule with the reason for it, how many differences it passes over, and one of them."""

    rule: Rule
    reason: str
    count: int
    before: Any
    after: Any


@dataclass(slots=True)
class _Place:
    """What was seen at one place (items at any position) of one event."""

    pairs: int = 0
    changes: list[Change] = field(default_factory=list)
    reasons: set[tuple[RuleKind, str]] = field(default_factory=set)
    plain: bool = False  # one difference at least that no look explains


def pattern_of(path: str) -> str:
    """``/items/*/product/id`` for ``/items/0/product/id``."""
    return "/".join("*" if step.isascii() and step.isdigit() else step for step in path.split("/"))


def propose(found: Iterable[tuple[str, list[Change]]], pairs: dict[str, int]) -> list[Proposal]:
    """Rules for ``found``: each aligned pair's event name with its changes; ``pairs`` counts all by name."""
    places: defaultdict[tuple[str, str], _Place] = defaultdict(_Place)
    for event, changes in found:
        seen: set[str] = set()
        for change in changes:
            if change.kind != "changed":
                continue
            pattern = pattern_of(change.path)
            key = (pattern, event)
            if key not in places and len(places) >= _MOST_PATHS:
                continue
            place = places[key]
            place.pairs += pattern not in seen
            seen.add(pattern)
            _note(place, event, change)
    by_pattern: defaultdict[str, list[tuple[str, RuleKind, str, _Place]]] = defaultdict(list)
    for (pattern, event), place in places.items():
        verdict = _verdict(pattern, place, pairs.get(event, 0))
        if verdict is not None:
            by_pattern[pattern].append((event, *verdict, place))
    proposals = [proposal for pattern, told in by_pattern.items() for proposal in _proposals(pattern, told)]
    return sorted(proposals, key=lambda each: (-each.count, str(each.rule)))[:_MOST_PROPOSALS]


def _note(place: _Place, event: str, change: Change) -> None:
    reason = _reason(event, change)
    if reason is None:
        place.plain = True
    else:
        place.reasons.add(reason)
    if len(place.changes) < _MOST_VALUES:
        place.changes.append(change)


def _reason(event: str, change: Change) -> tuple[RuleKind, str] | None:
    """What the look of this one difference says, or None."""
    name = change.path.rpartition("/")[2]
    before, after = address_parts(change.before), address_parts(change.after)
    if before and after:
        if before[1] != after[1]:
            return None
        return (
            ("query", "query of an address") if before[0] == after[0] else ("address", "host of an address")
        )
    look = look_of(change.before)
    if _AMOUNT.search(name) or look != look_of(change.after):
        return None
    words = {"moment": "moment in time", "uuid": "random identifier", "token": "random token"}
    if look in words:
        return "value", words[look]
    serial = _serial(change.before) and _serial(change.after)
    if name == "id" and change.path == "/id" and event in _ORDER and serial:
        return "value", "number of an order"
    if serial and _VOLATILE_NAME.fullmatch(name):
        return "value", "identifier by its name"
    return None


def _serial(value: Any) -> bool:
    """A word with a digit, or a number that is too large to be an amount or a position."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return abs(value) >= 10_000
    return isinstance(value, str) and not re.search(r"\s", value) and any(map(str.isdigit, value))


def _verdict(pattern: str, place: _Place, pairs: int) -> tuple[RuleKind, str] | None:
    """Whether to propose a rule for the place: its kind and the reason."""
    changed = place.changes
    if not place.plain and place.reasons:
        kinds = {kind for kind, _ in place.reasons}
        kind: RuleKind = (
            next(iter(kinds)) if len(kinds) == 1 else "address" if "value" not in kinds else "value"
        )
        return kind, min(reason for of, reason in place.reasons if of == kind)
    name = pattern.rpartition("/")[2]
    if len(changed) < _FEWEST or place.pairs < pairs or _AMOUNT.search(name) or _ITEMS in pattern:
        return None
    before, after = [repr(each.before) for each in changed], [repr(each.after) for each in changed]
    never_again = len(set(before)) == len(before) and len(set(after)) == len(after)
    serial = all(_serial(each.before) and _serial(each.after) for each in changed)
    outlines = {outline(str(value)) for each in changed for value in (each.before, each.after)}
    if never_again and serial and not set(before) & set(after) and len(outlines) == 1:
        return "value", "differs every time"
    return None


def _proposals(pattern: str, told: list[tuple[str, RuleKind, str, _Place]]) -> Iterable[Proposal]:
    """One rule for all events where several need it, else one for the event."""
    kinds = {kind for _, kind, _, _ in told}
    if len({event for event, *_ in told}) > 1 and (len(kinds) == 1 or kinds == {"query", "address"}):
        kind: RuleKind = "address" if "address" in kinds else next(iter(kinds))
        places = [place for *_, place in told]
        yield _proposal(Rule(pattern, kind), min(reason for _, _, reason, _ in told), places)
        return
    for event, kind, reason, place in told:
        yield _proposal(Rule(pattern, kind, event), reason, [place])


def _proposal(rule: Rule, reason: str, places: list[_Place]) -> Proposal:
    changes = [change for place in places for change in place.changes]
    return Proposal(rule, reason, len(changes), changes[0].before, changes[0].after)
