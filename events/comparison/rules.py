"""Ignore rules: which differences a comparison passes over.

A rule is written ``[kind:][event]/path``: ``/user/id``, ``purchase/id``, ``query:/url``,
``presence:/items/*/coupon``. The path is a JSON Pointer into the event's parameters, in which ``*`` matches
one step and ``**`` any number of steps; the rule covers everything below the path too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, get_args

from events.comparison.value_diff import Change
from events.comparison.volatile import address_parts

RuleKind = Literal["value", "query", "address", "presence"]

#: What each kind of rule passes over, as texts of the page.
KINDS: Final[dict[RuleKind, str]] = {
    "value": "another value of the same type",
    "query": "another query of an address",
    "address": "another host or query of an address",
    "presence": "that it is there or not, and its value",
}
LONGEST: Final = 200
MOST_RULES: Final = 40  # each rule is matched with every difference, and a URL holds all rules


class BadRule(ValueError):
    """The text is no rule; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Pass over differences of ``kind`` at ``path``; in every event, or in the one named ``event``."""

    path: str
    kind: RuleKind = "value"
    event: str = ""

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """Parse ``[kind:][event]/path``. Raises BadRule."""
        text = text.strip()
        word, colon, rest = text.partition(":")
        kind: RuleKind = "value"
        if colon and word in KINDS:
            kind = next(each for each in get_args(RuleKind) if each == word)
            text = rest
        event, slash, path = text.partition("/")
        if not slash or not path:
            raise BadRule(f"{text!r} names no place: write it as /user/id, purchase/id or query:/url.")
        if len(text) > LONGEST:
            raise BadRule(f"A rule is at most {LONGEST} characters long.")
        return cls(f"/{path}", kind, event.replace("~1", "/").replace("~0", "~"))

    def __str__(self) -> str:
        event = self.event.replace("~", "~0").replace("/", "~1")
        text = f"{event}{self.path}"
        plain = self.kind == "value" and text.partition(":")[0] not in KINDS
        return text if plain else f"{self.kind}:{text}"

    def covers(self, path: str) -> bool:
        """Whether ``path`` matches the rule's path, or lies below a match."""
        pattern, steps = _steps(self.path), _steps(path)
        if "**" in pattern:
            return _covers(pattern, steps)
        if len(pattern) > len(steps):
            return False
        return all(step in ("*", name) for step, name in zip(pattern, steps, strict=False))

    def passes_over(self, event: str, change: Change) -> bool:
        """Whether the rule covers ``change`` in an event with the name ``event``."""
        if self.event and self.event != event:
            return False
        return self._right_kind(change) and (
            (change.path_a != "" and self.covers(change.path_a))
            or (change.path_b != "" and self.covers(change.path_b))
        )

    def _right_kind(self, change: Change) -> bool:
        if self.kind == "presence":
            return True
        if change.kind not in ("changed", "moved"):
            return False
        if self.kind == "value":
            return True
        before, after = address_parts(change.before), address_parts(change.after)
        if before is None or after is None or before[1] != after[1]:
            return False
        return self.kind == "address" or before[0] == after[0]


def parse_rules(texts: Sequence[str]) -> list[Rule]:
    """Parse one rule a line, each once, in order; skips empty lines and ``#`` comments. Raises BadRule."""
    lines = [line.strip() for text in texts for line in text.splitlines()]
    rules = dict.fromkeys(Rule.parse(line) for line in lines if line and not line.startswith("#"))
    if len(rules) > MOST_RULES:
        raise BadRule(f"There are {len(rules)} rules; {MOST_RULES} at most can be in force.")
    return list(rules)


@lru_cache(maxsize=10_000)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")[1:])


def _covers(pattern: Sequence[str], steps: Sequence[str]) -> bool:
    """Whether ``pattern`` matches a prefix of ``steps``; a table, since recursion takes exponential time."""
    reached = [True] + [False] * len(steps)
    for step in pattern:
        if step == "**":
            first = reached.index(True) if True in reached else len(reached)
            reached = [index >= first for index in range(len(reached))]
        else:
            reached = [False] + [
                was and step in ("*", name) for was, name in zip(reached, steps, strict=False)
            ]
    return any(reached)
