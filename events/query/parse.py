"""Parses a query: text to tree, or an error with its place. Pure.

The language is in ``grammar.lark``; the fields and their values are in ``fields``. Time and memory are
linear in the text, which has at most ``LONGEST`` characters.
"""

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken

from events.query.checks import check, parameter_path
from events.query.fields import FIELDS, TYPES
from events.query.mistakes import QueryError, deepest, listing, misplaced, nearest
from events.query.moments import number_of
from events.query.tree import (
    And,
    Compare,
    Field,
    Group,
    Measure,
    Node,
    Not,
    Number,
    Operator,
    Or,
    Side,
    Span,
    Step,
    Text,
    Value,
    leaves,
)
from events.reference import editions, load

LONGEST: Final = 2_000  # characters: more fits into no box, and into few addresses
MOST_TERMS: Final = 64  # each may look at every event
DEEPEST: Final = 8  # brackets inside brackets
_LARGEST: Final = 2**62  # above every sequence number, and within the databases' integers
_WORD: Final = re.compile(r"([^\W\d][\w.$-]*):(?!//)")
_STEP: Final = re.compile(r'(?:("(?:[^"\\]|\\.)*")|([^.\["]+))(?:\[([0-9]+|\*)\])?(?:\.|\Z)', re.DOTALL)


def parse(text: str, parameters: Collection[str] = ()) -> Node | None:
    """The tree of the query ``text``; None for a query without a term, which selects every event.

    ``parameters`` are names of parameters, besides those of the reference, for the hint that a parameter is
    no field. Raises QueryError.
    """
    if len(text) > LONGEST:
        raise QueryError(f"A query has {LONGEST:,} characters at most.", LONGEST, len(text))
    depth, place = deepest(text)
    if depth > DEEPEST:
        raise QueryError(f"Brackets nest {DEEPEST} deep at most.", place, place + 1)
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        raise misplaced(text, len(text) if at_end else error.pos_in_stream or 0) from None
    node = _Reader(parameters).start(tree)
    if node is not None:
        terms = list(leaves(node))
        if len(terms) > MOST_TERMS:
            span = terms[MOST_TERMS].span
            raise QueryError(f"A query has {MOST_TERMS} terms at most.", span.start, len(text))
    return node


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar.replace("%FIELDS%", "|".join(FIELDS)),
        parser="lalr",
        lexer="contextual",
        maybe_placeholders=False,
    )


@cache
def reference_parameters() -> frozenset[str]:
    """The names of the parameters of every edition of the reference."""
    found = map(load, editions())
    return frozenset(
        row.name
        for edition in found
        for spec in (*edition.events.values(), *edition.schemas.values())
        for row in spec.parameters
    )


class _Reader:
    """Makes nodes from the parser's tree. Recursion is bounded: brackets nest ``DEEPEST`` deep."""

    def __init__(self, parameters: Collection[str]) -> None:
        self._parameters = parameters

    def start(self, tree: Tree[Token]) -> Node | None:
        return self._node(tree.children[0]) if tree.children and tree.children[0] is not None else None

    def _node(self, found: Any) -> Node:
        if isinstance(found, Token):
            raise _mistake([found])
        children = found.children
        match found.data:
            case "or":
                terms = tuple(self._node(child) for child in children if isinstance(child, Tree))
                return terms[0] if len(terms) == 1 else Or(terms)
            case "and":
                terms = tuple(map(self._node, children))
                return terms[0] if len(terms) == 1 else And(terms)
            case "negated":
                return Not(self._node(children[1]))
            case "group":
                return Group(self._node(children[0]))
            case "number":
                return _number(children[0])
            case "field":
                return _field(children)
            case "compare":
                return _compare(children)
            case "quoted_text":
                return Text(_unquoted(children[0]), _span(children[0]))
            case "text":
                return self._text(children[0])
            case _:
                raise _mistake(children)

    def _text(self, token: Token) -> Text:
        text, (start, end) = str(token), _span(token)
        if text.lower() == "or":
            before = "after" if start else "before"
            raise QueryError(f"or needs a term {before} it.", start, end)
        if text.startswith("-"):  # a second one: the first is the sign
            raise QueryError("- needs a term right after it.", start, start + 1)
        if found := _WORD.match(text):
            word = found[1]
            if word in self._parameters or word in reference_parameters():
                rest = text[found.end() :]
                raise QueryError(f"{word} is a parameter: write {word}={rest}.", start, end)
            if near := nearest(word, FIELDS):
                sentence = f"There is no field {word}. Did you mean {near}?"
                raise QueryError(sentence, start, start + len(word))
        return Text(text, Span(start, end))


def _span(token: Token) -> Span:
    return Span(cast(int, token.start_pos), cast(int, token.end_pos))


def _unquoted(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)


def _number(token: Token) -> Number:
    first, _, last = str(token).replace("#", "").partition("..")
    span = _span(token)
    found = Number(min(number_of(first), _LARGEST), min(number_of(last or first), _LARGEST), span)
    if found.last < found.first:
        raise QueryError(f"#{first}..{last} runs backwards: write #{last}..{first}.", *span)
    return found


def _values(name: str, tokens: list[Any]) -> tuple[Value, ...]:
    values = []
    for tree in tokens:
        token = tree.children[0]
        if token.type == "COMMA_EMPTY":
            raise QueryError(f"{name} needs a value after the comma.", *_span(token))
        if token.type == "OPEN_QUOTE":
            raise _mistake([token])
        is_quoted = token.type == "QUOTED"
        values.append(Value(_unquoted(token) if is_quoted else str(token), is_quoted, _span(token)))
    return tuple(values)


def _field(children: list[Any]) -> Field:
    token, *rest = children
    name = str(token)[:-1]
    values = _values(name, rest)
    found = Field(name, values, Span(_span(token).start, values[-1].span.end))
    check(found)
    return found


def _compare(children: list[Any]) -> Compare:
    token, operator, *rest = children
    values = _values(str(token) + str(operator), rest)
    side, path, measure = _path(token)
    found = Compare(
        path,
        cast(Operator, str(operator)),
        values,
        side,
        measure,
        Span(_span(token).start, values[-1].span.end),
    )
    if measure == "type":
        for value in values:
            if operator not in ("=", "!="):
                raise QueryError(f"$type takes = and !=, not {operator}.", *_span(operator))
            if value.text not in TYPES:
                raise QueryError(f"$type is {listing(TYPES)}.", *value.span)
    check(found)
    return found


def _path(token: Token) -> tuple[Side, tuple[Step, ...], Measure]:
    steps, bare = parameter_steps(str(token))
    side: Side = ""
    measure: Measure = ""
    if len(steps) > 1 and bare[0] and steps[0] in (Step("$called"), Step("$sent")):
        side = "called" if steps[0].name == "$called" else "sent"
        steps, bare = steps[1:], bare[1:]
    if len(steps) > 1 and bare[-1] and steps[-1] in (Step("$type"), Step("$length")):
        measure = "type" if steps[-1].name == "$type" else "length"
        steps = steps[:-1]
    return side, steps, measure


def parameter_steps(text: str) -> tuple[tuple[Step, ...], list[bool]]:
    """The steps of a path in a comparison, and which of them stand there without quotes."""
    steps, bare = [], []
    for found in _STEP.finditer(text):
        index = None if found[3] is None else -1 if found[3] == "*" else min(int(found[3][:18]), _LARGEST)
        steps.append(Step(_unquoted(found[1]) if found[1] else found[2], index))
        bare.append(not found[1])
    return tuple(steps), bare


def _mistake(tokens: list[Any]) -> QueryError:
    """The error that a terminal of the grammar's mistakes stands for."""
    token, span = tokens[-1], _span(tokens[-1])
    match token.type:
        case "FIELD_EMPTY":
            return QueryError(f"{str(token)[:-1]} needs a value after the colon.", *span)
        case "OPERATOR_EMPTY":
            return QueryError(f"{tokens[0]}{token} needs a value.", _span(tokens[0]).start, span.end)
        case "MINUS_EMPTY":
            return QueryError("- needs a term right after it.", *span)
        case _:
            return QueryError("The closing quote is missing.", *span)


__all__ = ["DEEPEST", "LONGEST", "MOST_TERMS", "QueryError", "parameter_path", "parse"]
