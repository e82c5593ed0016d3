"""Prints a tree as a query, in the one form that is kept and compared. Pure.

Where the tree came from ``parse`` and keeps its limits, ``parse(printed(tree)) == tree``.
"""

import re
from collections.abc import Iterable
from typing import Final

from events.query.tree import And, Compare, Field, Group, Node, Not, Number, Or, Step, Text, Value

_PLAIN_STEP: Final = re.compile(r'[^\s()".,=<>!~\[\]:*]+')
_FIRST_STEP: Final = re.compile(r"(?:[^\W\d]|[$_]).*", re.DOTALL)
#: What a step would be taken for without quotes.
_MEANT: Final = frozenset({"$type", "$length", "$called", "$sent"})
#: Begins a word that would be read as something else than a text.
_NO_TEXT: Final = re.compile(r'-|#[0-9]|or\Z|.*[\s()"]|.*[:=<>~]', re.IGNORECASE | re.DOTALL)


def printed(node: Node | None) -> str:
    """The query whose tree is ``node``; "" for None."""
    match node:
        case None:
            return ""
        case And(terms):
            return " ".join(map(printed, terms))
        case Or(terms):
            return " or ".join(map(printed, terms))
        case Not(term):
            return f"-{printed(term)}"
        case Group(term):
            return f"({printed(term)})"
        case Number(first, last):
            return f"#{first}" if first == last else f"#{first}..{last}"
        case Text(text):
            return quoted(text) if not text or _NO_TEXT.match(text) else text
        case Field(name, values):
            return f"{name}:{_values(values)}"
        case Compare():
            side = f"${node.side}." if node.side else ""
            measure = f".${node.measure}" if node.measure else ""
            return (
                f"{side}{path_text(node.path, first=not side)}{measure}{node.operator}{_values(node.values)}"
            )


def path_text(path: Iterable[Step], *, first: bool = True) -> str:
    """The path as it is written in a query; ``first``: it stands at the beginning of its word."""
    return ".".join(_step(step, first and place == 0) for place, step in enumerate(path))


def quoted(text: str) -> str:
    """The text in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def value_text(text: str) -> str:
    """The text as a value that is exactly this text: in quotes where it would mean something else."""
    plain = re.fullmatch(r'[^\s(),"*=#]+', text) and not re.fullmatch(r"[-+0-9.eE]+|true|false|null", text)
    return text if plain else quoted(text)


def _values(values: Iterable[Value]) -> str:
    return ",".join(quoted(value.text) if value.quoted else value.text for value in values)


def _step(step: Step, first: bool) -> str:
    plain = _PLAIN_STEP.fullmatch(step.name) and step.name not in _MEANT
    if first and not _FIRST_STEP.fullmatch(step.name):
        plain = None
    name = step.name if plain else quoted(step.name)
    index = "" if step.index is None else "[*]" if step.index < 0 else f"[{step.index}]"
    return name + index
