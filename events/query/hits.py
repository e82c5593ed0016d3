"""Tells what of a query can be seen in an event: texts to mark, values that made it match. Pure."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import orjson

from events.query.folding import fold
from events.query.printing import path_text
from events.query.tree import And, Compare, Field, Group, Leaf, Node, Or, Step, Text, Value
from events.query.values import comparison, values_at

#: A property, or an element of the list that it holds, and the link of what holds it.
_Link: TypeAlias = "tuple[_Link | None, str, int | None]"

_MARKED_FIELDS: Final = frozenset({"name", "page", "call", "container", "site"})
_MOST_REASONS: Final = 2
_LONGEST_VALUE: Final = 60  # characters of a value that a reason repeats
_MOST_LOOKED_AT: Final = 2_000  # values of one event in which a text is looked for


def wanted_leaves(node: Node | None) -> Iterator[Leaf]:
    """The terms that an event can match because of what it has: not those behind a minus."""
    match node:
        case And(terms) | Or(terms):
            for term in terms:
                yield from wanted_leaves(term)
        case Group(term):
            yield from wanted_leaves(term)
        case Text() | Compare() | Field():
            yield node
        case _:
            return


def hits(node: Node | None) -> list[str]:
    """The texts to mark wherever an event is shown."""
    found: dict[str, None] = {}
    for leaf in wanted_leaves(node):
        match leaf:
            case Text(text):
                found[text.strip()] = None
            case Compare(operator="=" | "~", measure=""):
                found |= dict.fromkeys(_parts(leaf.values))
            case Field(name, values) if name in _MARKED_FIELDS:
                found |= dict.fromkeys(_parts(values))
    return [text for text in found if text]


def _parts(values: tuple[Value, ...]) -> list[str]:
    return [
        part
        for value in values
        for part in ([value.text] if value.quoted else value.text.split("*"))
        if part.strip("/")
    ]


def reasons(node: Node | None, params: Any, shown: str) -> list[str]:
    """Paths with values because of which an event matches, where ``shown``, a text, does not say so.

    ``params`` are the event's parameters. A reason reads ``order.ref O_1245``.
    """
    visible = fold(shown)
    found: list[str] = []
    for leaf in wanted_leaves(node):
        if len(found) == _MOST_REASONS:
            break
        match leaf:
            case Text(text) if fold(text.strip()) not in visible:
                reason = _of_text(fold(text), params)
            case Compare():
                reason = _of_compare(leaf, params)
            case _:
                continue
        if reason and fold(reason) not in visible:
            found.append(reason)
    return found


def _of_compare(term: Compare, params: Any) -> str:
    name = path_text(term.path)
    test = comparison(Compare((), term.operator, term.values, "", term.measure))
    value = next((value for value in values_at(params, term.path) if test(value)), None)
    return "" if value is None else f"{name} {_short(value)}"


def _of_text(text: str, params: Any) -> str:
    """The first property whose name or value contains the text, which is folded."""
    waiting: list[tuple[_Link | None, Any]] = [(None, params)]
    for _ in range(_MOST_LOOKED_AT):
        if not waiting:
            break
        link, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((link, name, None), child) for name, child in reversed(value.items())]
        elif isinstance(value, list):
            if link is not None:
                before, name, _place = link
                places = range(len(value) - 1, -1, -1)
                waiting += [((before, name, place), value[place]) for place in places]
        elif link is not None and (text in fold(link[1]) or text in fold(_written(value))):
            return f"{path_text(_steps(link))} {_short(value)}"
    return ""


def _steps(link: "_Link") -> list[Step]:
    steps: list[Step] = []
    at: _Link | None = link
    while at is not None:
        at, name, place = at
        steps.append(Step(name, place))
    return steps[::-1]


def _written(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _short(value: Any) -> str:
    text = _written(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
