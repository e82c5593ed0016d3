"""Reads and writes the plain terms of a query: names and verdicts that stand beside everything else. Pure.

Tick boxes are such terms, and an index finds the events of a query that has no others.
"""

from typing import Final, NamedTuple

from events.query.fields import VERDICT_WORDS
from events.query.printing import value_text
from events.query.tree import And, Field, Group, Node, Not, Or, Value
from events.verdict import Verdict

_FIELDS: Final = ("name", "verdict")


class Plain(NamedTuple):
    """The names and verdicts of a query's plain terms; None: it has none of this kind, so that any will do.

    ``whole``: the query has no other terms.
    """

    names: tuple[str, ...] | None
    verdicts: tuple[Verdict, ...] | None
    whole: bool


def plain_of(node: Node | None, *, brackets: bool = True) -> Plain:
    """The plain terms of the query, with ``brackets`` those in brackets as well.

    Several terms of one kind select what is in all of them.
    """
    names: tuple[str, ...] | None = None
    verdicts: tuple[Verdict, ...] | None = None
    whole = True
    for term in _terms(node, brackets=brackets):
        match term:
            case Field("name") if _is_exact(term):
                names = _common(names, term)
            case Field("verdict"):
                own = {value.text for value in term.values}
                verdicts = tuple(
                    word for word in (VERDICT_WORDS if verdicts is None else verdicts) if word in own
                )
            case Not(Field("verdict", values)):
                without = {value.text for value in values}
                kept = tuple(word for word in VERDICT_WORDS if word not in without)
                verdicts = kept if verdicts is None else tuple(word for word in verdicts if word in kept)
            case _:
                whole = False
    return Plain(names, verdicts, whole)


def _terms(node: Node | None, *, brackets: bool) -> list[Node]:
    """The terms that stand side by side, with ``brackets`` those in brackets among them."""
    match node:
        case None:
            return []
        case Group(term) if brackets:
            return _terms(term, brackets=True)
        case And(terms):
            return [inner for term in terms for inner in _terms(term, brackets=brackets)]
        case _:
            return [node]


def _is_exact(term: Field) -> bool:
    return all(value.quoted or "*" not in value.text for value in term.values)


def _common(earlier: tuple[str, ...] | None, term: Field) -> tuple[str, ...]:
    own = tuple(dict.fromkeys(value.text for value in term.values))
    return own if earlier is None else tuple(text for text in own if text in earlier)


def with_plain(node: Node | None, names: tuple[str, ...], verdicts: tuple[Verdict, ...]) -> Node | None:
    """The query with these names and verdicts as its plain terms, in place of those that it has.

    A term that stays where it was keeps its place; an empty tuple leaves the kind out.
    """
    wanted = {
        "name": Field("name", tuple(map(_value, names))) if names else None,
        "verdict": Field("verdict", tuple(map(Value, verdicts))) if verdicts else None,
    }
    terms: list[Node] = []
    for term in node.terms if isinstance(node, And) else [node] if node is not None else []:
        kind = _kind(term)
        if kind is None:
            terms.append(Group(term) if isinstance(term, Or) else term)
        elif (put := wanted.pop(kind, None)) is not None:
            terms.append(put)
    terms += [term for term in wanted.values() if term is not None]
    if len(terms) == 1 and isinstance(terms[0], Group):
        return terms[0].term
    return And(tuple(terms)) if len(terms) > 1 else terms[0] if terms else None


def _kind(term: Node) -> str | None:
    """The kind of a plain term that stands outside of brackets; None for another term."""
    match term:
        case Field("name") if _is_exact(term):
            return "name"
        case Field("verdict") | Not(Field("verdict")):
            return "verdict"
        case _:
            return None


def _value(name: str) -> Value:
    text = value_text(name)
    return Value(name, quoted=text != name)
