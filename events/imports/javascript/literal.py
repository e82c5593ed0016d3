"""Reads one literal of a text: a payload. Pure."""

import re
from typing import Any, Final

import orjson
from tree_sitter import Node

from events.imports.javascript.code import Code
from events.imports.javascript.evaluator import Evaluator
from events.imports.javascript.holes import Holes
from events.imports.javascript.notes import Notes
from events.imports.javascript.syntax import CodeParser, as_ascii
from events.imports.javascript.values import Absent

#: Digits that JavaScript's numbers do not hold exactly.
_LONG_NUMBER: Final = re.compile(r"[0-9]{16}")
_UNKNOWN: Final = Absent.UNKNOWN


def read_literal(
    text: str,
    filled: str,
    start: int,
    holes: Holes,
    notes: Notes,
    parser: CodeParser,
    *,
    templates: bool = True,
) -> Any:
    """The value of the expression ``text``, at the offset ``start`` of a whole text; see ``values``."""
    if text == filled and not _LONG_NUMBER.search(text):
        try:
            return orjson.loads(text)
        except ValueError:
            pass
    parsed = parser.parse(f"({as_ascii(filled)}\n)")
    code = Code(text, start, holes, notes, shift=1)
    note_unclosed([place for place in parsed.closed if place], code)  # at 0 is our own bracket
    node = _expression(parsed.tree.root_node)
    if node is None:
        notes.add(start, "a value is missing here")
        return _UNKNOWN
    return Evaluator(code, templates=templates).value(node)


def note_unclosed(places: list[int], source: Code) -> None:
    """Add a note for each bracket that is not closed, at the end of the code."""
    for place in places:
        begin = source.notes.lines.position(source.offset(place))
        end = source.start + len(source.text)
        source.notes.add(end, f"what begins in line {begin.line}, column {begin.column} is not closed")


def _expression(root: Node) -> Node | None:
    """The expression in round brackets that the tree begins with."""
    node: Node | None = root
    while node is not None and node.type != "parenthesized_expression":
        node = next((child for child in node.named_children if child.type != "comment"), None)
    inner = [child for child in node.named_children if child.type not in ("comment", "ERROR")] if node else []
    return inner[0] if inner and not inner[0].is_missing else None
