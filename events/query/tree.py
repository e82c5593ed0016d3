"""Defines the tree of a query: ``parse`` makes it, condition and predicate are made from it. Pure.

A node's ``span`` is its place in the text that was parsed, for messages; it takes no part in comparisons, so
that ``parse(printed(tree)) == tree``. Brackets are nodes of their own: findings' terms side by side speak of
one finding, and brackets separate them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~"]
#: Whose parameters are compared: those that are judged, those of the call, those of the request.
Side = Literal["", "called", "sent"]
#: What of the value is compared: the value itself, its JSON type, its length.
Measure = Literal["", "type", "length"]


class Span(NamedTuple):
    """A place in the text: the first character, and the one after the last."""

    start: int
    end: int


_NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it was written. ``quoted``: ``*`` in it is a character, and digits are a text."""

    text: str
    quoted: bool = False
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a path: a property, and of the list that it holds one element, each (-1), or some (None)."""

    name: str
    index: int | None = None


#: The step ``*`` of a pointer: each property of an object, each element of a list.
ANY_STEP = Step("*", -2)


@dataclass(frozen=True, slots=True)
class Text:
    """Events that hold this text somewhere."""

    text: str
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """The events from the number ``first`` to the number ``last``, both included."""

    first: int
    last: int
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Field:
    """Events of which the field ``name`` has one of ``values``; the names are those of ``fields.FIELDS``."""

    name: str
    values: tuple[Value, ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """Events in which some value at ``path`` compares with one of ``values``."""

    path: tuple[Step, ...]
    operator: Operator
    values: tuple[Value, ...]
    side: Side = ""
    measure: Measure = ""
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Events that ``term`` does not select."""

    term: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """Events that all of two or more ``terms`` select."""

    terms: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Events that at least one of two or more ``terms`` selects."""

    terms: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What stands between brackets."""

    term: "Node"


Leaf: TypeAlias = Text | Number | Field | Compare
Node: TypeAlias = Leaf | Not | And | Or | Group


def leaves(node: "Node") -> Iterator[Leaf]:
    """The terms of the tree, from left to right."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case Not(term) | Group(term):
                waiting.append(term)
            case And(terms) | Or(terms):
                waiting += reversed(terms)
            case leaf:
                yield leaf


def all_of(*terms: "Node | None") -> "Node | None":
    """The events that all ``terms`` select, each term as if in brackets; None where there is no term."""
    given = [term for term in terms if term is not None]
    if len(given) < 2:
        return given[0] if given else None
    return And(tuple(Group(term) if isinstance(term, And | Or) else term for term in given))
