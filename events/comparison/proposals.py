"""Proposes ignore rules for parameters whose values differ at each visit and mean nothing.

A rule is proposed for a path where each difference is volatile on both sides (a timestamp, a token, the query
of a URL), where the parameter's name says so (an order's number), or where the values differ in every aligned
pair and never repeat within either recording. Amounts, products and texts for readers are never proposed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from events.comparison.rules import Rule, RuleKind
from events.comparison.value_diff import Change
from events.comparison.volatile import address_parts, outline, volatile_kind

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
_ITEMS: Final = "/items/"  # other products are a real difference, even where they differ in each pair
_FEWEST: Final = 3  # aligned pairs that must all differ where no other reason exists
_MOST_PATHS: Final = 20_000  # paths that are tracked: a hostile event brings thousands of names
_MOST_VALUES: Final = 2_000  # changes stored for one path
_MOST_PROPOSALS: Final = 30


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed rule, its reason, the number of differences that it passes over, and one example of them."""

    rule: Rule
    reason: str
    count: int
    before: Any
    after: Any


@dataclass(slots=True)
class _Evidence:
    """The differences found at one path pattern of one event name, from which a rule may follow."""

    pairs: int = 0
    changes: list[Change] = field(default_factory=list)
    reasons: set[tuple[RuleKind, str]] = field(default_factory=set)
    unexplained: bool = False  # at least one difference has no reason by its values or name


#: Event name, kind of the rule, reason, evidence.
_Candidate = tuple[str, RuleKind, str, _Evidence]


def pattern_of(path: str) -> str:
    """The path with ``*`` for each index: ``/items/*/product/id`` for ``/items/0/product/id``."""
    return "/".join("*" if step.isascii() and step.isdigit() else step for step in path.split("/"))


def propose(found: Iterable[tuple[str, list[Change]]], pairs: dict[str, int]) -> list[Proposal]:
    """Propose rules, those with the most differences first.

    ``found`` holds the event name and the changes of each aligned pair; ``pairs`` counts the aligned pairs by
    event name.
    """
    evidences: defaultdict[tuple[str, str], _Evidence] = defaultdict(_Evidence)
    for event, changes in found:
        seen: set[str] = set()
        for change in changes:
            if change.kind != "changed":
                continue
            pattern = pattern_of(change.path)
            key = (pattern, event)
            if key not in evidences and len(evidences) >= _MOST_PATHS:
                continue
            evidence = evidences[key]
            evidence.pairs += pattern not in seen
            seen.add(pattern)
            _record(evidence, event, change)
    by_pattern: defaultdict[str, list[_Candidate]] = defaultdict(list)
    for (pattern, event), evidence in evidences.items():
        verdict = _verdict(pattern, evidence, pairs.get(event, 0))
        if verdict is not None:
            by_pattern[pattern].append((event, *verdict, evidence))
    proposals = [
        each for pattern, candidates in by_pattern.items() for each in _proposals(pattern, candidates)
    ]
    return sorted(proposals, key=lambda each: (-each.count, str(each.rule)))[:_MOST_PROPOSALS]


def _record(evidence: _Evidence, event: str, change: Change) -> None:
    reason = _reason(event, change)
    if reason is None:
        evidence.unexplained = True
    else:
        evidence.reasons.add(reason)
    if len(evidence.changes) < _MOST_VALUES:
        evidence.changes.append(change)


def _reason(event: str, change: Change) -> tuple[RuleKind, str] | None:
    """The rule's kind and reason that one change gives by its values and name; None where it gives none."""
    name = change.path.rpartition("/")[2]
    before, after = address_parts(change.before), address_parts(change.after)
    if before and after:
        if before[1] != after[1]:
            return None
        return (
            ("query", "query of an address") if before[0] == after[0] else ("address", "host of an address")
        )
    volatile = volatile_kind(change.before)
    if _AMOUNT.search(name) or volatile != volatile_kind(change.after):
        return None
    words = {"moment": "moment in time", "uuid": "random identifier", "token": "random token"}
    if volatile in words:
        return "value", words[volatile]
    serial = _serial(change.before) and _serial(change.after)
    if name == "id" and change.path == "/id" and event in _ORDER and serial:
        return "value", "number of an order"
    if serial and _VOLATILE_NAME.fullmatch(name):
        return "value", "identifier by its name"
    return None


def _serial(value: Any) -> bool:
    """Whether the value is a word with a digit, or a number too large for an amount or an index."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return abs(value) >= 10_000
    return isinstance(value, str) and not re.search(r"\s", value) and any(map(str.isdigit, value))


def _verdict(pattern: str, evidence: _Evidence, pairs: int) -> tuple[RuleKind, str] | None:
    """Kind and reason of the rule to propose for ``pattern``; None for no rule."""
    changed = evidence.changes
    if not evidence.unexplained and evidence.reasons:
        kinds = {kind for kind, _ in evidence.reasons}
        kind: RuleKind = (
            next(iter(kinds)) if len(kinds) == 1 else "address" if "value" not in kinds else "value"
        )
        return kind, min(reason for of, reason in evidence.reasons if of == kind)
    name = pattern.rpartition("/")[2]
    if len(changed) < _FEWEST or evidence.pairs < pairs or _AMOUNT.search(name) or _ITEMS in pattern:
        return None
    before, after = [repr(each.before) for each in changed], [repr(each.after) for each in changed]
    never_again = len(set(before)) == len(before) and len(set(after)) == len(after)
    serial = all(_serial(each.before) and _serial(each.after) for each in changed)
    outlines = {outline(str(value)) for each in changed for value in (each.before, each.after)}
    if never_again and serial and not set(before) & set(after) and len(outlines) == 1:
        return "value", "differs every time"
    return None


def _proposals(pattern: str, candidates: list[_Candidate]) -> Iterable[Proposal]:
    """Yield one rule for all events where several need it, else one rule for each event."""
    kinds = {kind for _, kind, _, _ in candidates}
    if len({event for event, *_ in candidates}) > 1 and (len(kinds) == 1 or kinds == {"query", "address"}):
        kind: RuleKind = "address" if "address" in kinds else next(iter(kinds))
        evidences = [evidence for *_, evidence in candidates]
        yield _proposal(Rule(pattern, kind), min(reason for _, _, reason, _ in candidates), evidences)
        return
    for event, kind, reason, evidence in candidates:
        yield _proposal(Rule(pattern, kind, event), reason, [evidence])


def _proposal(rule: Rule, reason: str, evidences: list[_Evidence]) -> Proposal:
    changes = [change for evidence in evidences for change in evidence.changes]
    return Proposal(rule, reason, len(changes), changes[0].before, changes[0].after)
