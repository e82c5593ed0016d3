"""Judges an event of which some values are unknown: known to be there, not known what. Pure.

Pasted code has such values where only the running page could tell them, and the page-side script where
reading would change the page. They are named by JSON Pointers beside the parameters, never by a text inside
them, so that no value of a page can be mistaken for one:

- ``/user/id``: the value is unknown. Its place in the parameters holds null, or nothing.
- the same, where the parameters hold a text: the value is a text of which a part is unknown.
- ``/user/-``: the object or array ``/user`` is open: it may hold more than is known. RFC 6901 has ``-`` for
  the element after an array's last one; an object with a property ``-`` counts as open, too.
- ``/event_name``: the event's name is unknown; ``""``: all parameters are.

A finding is proven where it is given for every substitution that is tried: unknown values absent, as texts,
numbers, objects, lists and the reference's examples, open objects with every standard property. Findings at
an unknown value, and about absent properties of an open object, are never proven.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final, Literal

from events.reference import Parameter, Reference
from events.reference.examples import example_params
from events.verdict.findings import Finding
from events.verdict.judge import judge
from events.verdict.pointer import ABSENT, pick, pointer_of, tokens_of

#: The pointer of the event's name, which is no parameter.
NAME: Final = "/event_name"
#: The last token of the pointer of an open object or array.
MORE: Final = "-"

_DEEPEST: Final = 64  # tokens of a pointer that are used: a deeper value is unknown with all around it
_GRAVITY: Final = {"error": 0, "warning": 1, "info": 2}
_ANY_NAME: Final = "any event"  # no standard name, and not close to one
#: Findings about a text that hold whatever the text is: they tell of its type, or of the property's name.
_OF_ANY_TEXT: Final = frozenset({"wrong_type", "unknown_property", "misspelt_property", "misplaced_property"})
#: Comparisons of an amount with two others, which the substitutions vary; any other is one with all items.
_AMONG_AMOUNTS: Final = frozenset({"revenue", "sum"})


def proven_findings(
    name: Any,
    params: Any,
    unknown: Iterable[str],
    reference: Reference,
    marks: AbstractSet[str] = frozenset(),
    on: date | None = None,
) -> list[Finding]:
    """The findings about ``params`` that hold whatever the values at the pointers ``unknown`` are.

    Where a finding's severity depends on them, the lightest one is proven. ``marks`` are those of the
    pointers at which ``params`` hold the script's marks: these texts are no part of a value. ``on`` is as in
    ``judge``. Takes any JSON value, and pointers that lead nowhere; never raises.
    """
    paths = frozenset(unknown)
    named = NAME not in paths
    if "" in paths:
        return [each for each in judge(name, {}, reference, on).findings if named and each.path == NAME]
    plan = _Plan(params, paths - {NAME}, marks)
    first = name if named else _ANY_NAME
    proven = [
        each for each in judge(first, plan.filled(_Fill()), reference, on).findings if plan.may_prove(each)
    ]
    for called, fill in _substitutions(first, named, reference):
        if not proven:
            break
        given = _lightest(judge(called, plan.filled(fill), reference, on).findings)
        proven = [lighter for each in proven if (lighter := _lighter(each, given))]
    return proven if named else [each for each in proven if each.path != NAME]


def covers(paths: AbstractSet[str], path: str) -> bool:
    """Whether the JSON Pointer ``path`` is one of ``paths``, or leads to a value inside one."""
    while path not in paths:
        if not path:
            return False
        path = path.rpartition("/")[0]
    return True


@dataclass(slots=True)
class _Fill:
    """What stands in place of unknown values in one pass; by itself nothing does, and texts stay.

    ``values`` are taken in turns, so that unknown values differ where there are several. ``example``: the
    reference's value of the same path is taken where there is one. ``text`` replaces texts that are known in
    part, ``more`` holds what is added to open objects and arrays.
    """

    values: Sequence[Any] = (ABSENT,)
    example: Any = None
    text: str | None = None
    more: dict[str, Any] = field(default_factory=dict)
    element: Any = ABSENT
    used: int = 0

    def value(self, path: tuple[str, ...]) -> Any:
        """What stands at ``path``."""
        known = ABSENT if self.example is None else pick(self.example, _in_first_item(path))
        if known is not ABSENT:
            return known
        self.used += 1
        return self.values[self.used % len(self.values)]


@dataclass(slots=True)
class _Node:
    """A place in the parameters at or above an unknown one. ``kind``: what is unknown here."""

    kind: str = ""  # "value", "text", or "" for a place that is known by itself
    open: bool = False
    inside: dict[str, "_Node"] = field(default_factory=dict)


class _Plan:
    """The unknown places of ``params`` as a tree, so that a pass copies what it changes alone."""

    def __init__(self, params: Any, paths: AbstractSet[str], marks: AbstractSet[str]) -> None:
        self.params = params
        self._root = _Node()
        self._values: set[str] = set()
        self._texts: set[str] = set()
        self._open: set[str] = set()
        for path in paths:
            if path.startswith("/"):  # else it is no pointer
                self._add(tokens_of(path), wholly=path in marks)
        self._items_known = not any(f"{path}/".startswith("/items/") for path in self._values | self._open)

    def _add(self, tokens: list[str], *, wholly: bool) -> None:
        cut = len(tokens) > _DEEPEST
        tokens = tokens[:_DEEPEST]
        *around, last = tokens
        holder = pick(self.params, around)
        if last == MORE and isinstance(holder, dict | list):
            self._node(around).open = True
            self._open.add(pointer_of(around))
            return
        text = not cut and not wholly and isinstance(pick(self.params, tokens), str)
        self._node(tokens).kind = "text" if text else "value"
        (self._texts if text else self._values).add(pointer_of(tokens))

    def _node(self, tokens: list[str]) -> _Node:
        node = self._root
        for token in tokens:
            node = node.inside.setdefault(token, _Node())
        return node

    def may_prove(self, finding: Finding) -> bool:
        """False for findings at an unknown value, about what an open object lacks, or over unknown items."""
        path = finding.path
        if covers(self._values, path):
            return False
        if covers(self._texts, path):
            return finding.code in _OF_ANY_TEXT
        if path.rpartition("/")[0] in self._open and pick(self.params, tokens_of(path)) in (ABSENT, None):
            return False
        if finding.code == "hash_mismatch":  # one text alone has the hash: no substitution finds it
            return not covers(self._texts, path.rpartition("_")[0])
        if finding.code == "inconsistent_amount" and finding.why not in _AMONG_AMOUNTS:
            return self._items_known
        return True

    def filled(self, fill: _Fill) -> Any:
        """A copy of the parameters with unknown values as ``fill`` has them."""
        return _filled(self.params, self._root, fill, ())


def _filled(value: Any, node: _Node, fill: _Fill, path: tuple[str, ...]) -> Any:
    if node.kind == "value":
        return fill.value(path)
    if node.kind == "text":
        return value if fill.text is None else fill.text
    if isinstance(value, dict):
        return _filled_object(value, node, fill, path)
    return _filled_list(value, node, fill, path) if isinstance(value, list) else value


def _filled_object(value: dict[str, Any], node: _Node, fill: _Fill, path: tuple[str, ...]) -> dict[str, Any]:
    copy = dict(value)
    for token, inner in node.inside.items():
        found = _filled(copy.get(token), inner, fill, (*path, token))
        if found is ABSENT:
            copy.pop(token, None)
        elif token in copy or inner.kind:
            copy[token] = found
    return {**fill.more, **copy} if node.open else copy


def _filled_list(value: list[Any], node: _Node, fill: _Fill, path: tuple[str, ...]) -> list[Any]:
    copy = list(value)
    for token, inner in node.inside.items():
        if token.isdecimal() and int(token) < len(copy):
            found = _filled(copy[int(token)], inner, fill, (*path, token))
            copy[int(token)] = None if found is ABSENT else found
    return [*copy, fill.element] if node.open and fill.element is not ABSENT else copy


def _substitutions(name: Any, named: bool, reference: Reference) -> Iterator[tuple[Any, _Fill]]:
    """The passes after the first one: each with a name and what stands in place of unknown values."""
    more, others = _standard_properties(reference, "example"), _standard_properties(reference, "text")
    example = _example(reference, name) if isinstance(name, str) and name in reference.events else {}
    texts = [f"text {number}" for number in range(97)]
    numbers = [number * 1.7 + 0.31 for number in range(89)]
    yield name, _Fill(texts, text="text", more=more, element="text")
    yield name, _Fill(["text"], text="12", more=others, element={})
    yield name, _Fill([others], element=others)
    yield name, _Fill(numbers, text="EUR", more=more, element=7)
    yield name, _Fill([None], example=example, text="a@b.example", more=more, element={})
    plain: list[Any] = [0, 1, 10**9, {}, [], True]
    yield from ((name, _Fill([value], element=value)) for value in plain)
    if not named:
        yield from ((other, _Fill()) for other in reference.events)


def _lightest(findings: Iterable[Finding]) -> dict[tuple[Any, ...], Finding]:
    found: dict[tuple[Any, ...], Finding] = {}
    for finding in findings:
        known = found.get(_key(finding))
        if known is None or _GRAVITY[known.severity] < _GRAVITY[finding.severity]:
            found[_key(finding)] = finding
    return found


def _lighter(finding: Finding, given: dict[tuple[Any, ...], Finding]) -> Finding | None:
    """``finding`` with the lighter severity of both; None where the pass did not give it."""
    other = given.get(_key(finding))
    if other is None:
        return None
    return finding if _GRAVITY[finding.severity] >= _GRAVITY[other.severity] else other


def _key(finding: Finding) -> tuple[Any, ...]:
    """What is the same where two passes give the same finding: not its value, which a pass may count."""
    return finding.code, finding.path, finding.expected, finding.why


def _in_first_item(path: tuple[str, ...]) -> list[str]:
    """The path in an example, whose lists have one element."""
    return ["0" if token.isdecimal() else token for token in path]


@cache
def _example(reference: Reference, name: str) -> dict[str, Any]:
    return example_params(reference, name)


@cache
def _standard_properties(reference: Reference, texts: Literal["example", "text"]) -> dict[str, Any]:
    """A value for each standard property of any object: what an open object may hold besides."""
    found: dict[str, Any] = {}
    for schema in (*reference.schemas.values(), *reference.events.values()):
        for row in schema.parameters:
            found.setdefault(row.name, _some_value(row, reference, texts))
    return found


def _some_value(row: Parameter, reference: Reference, texts: Literal["example", "text"]) -> Any:
    if row.schema and row.type != "Item[]":
        inner = reference.schemas[row.schema].parameters
        return {each.name: _some_value(each, reference, texts) for each in inner if not each.schema}
    if row.type == "number":
        return 7.31
    if row.type in ("Item[]", "array", "string[]"):
        return ["text"]
    return row.example if texts == "example" and isinstance(row.example, str) else "text"
