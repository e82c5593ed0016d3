"""Finds the constants that a call may use: declared once in an enclosing scope, and never changed. Pure."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from tree_sitter import Node

_BLOCKS: Final = frozenset({"program", "statement_block"})
_FUNCTIONS: Final = frozenset(
    {
        "function_expression",
        "function_declaration",
        "arrow_function",
        "method_definition",
        "generator_function",
    }
)
#: Statements whose own names are known inside them alone; none of these is a constant.
_HEADS: Final = {"for_in_statement": "left", "for_statement": "initializer", "catch_clause": "parameter"}
_DECLARATIONS: Final = frozenset({"lexical_declaration", "variable_declaration"})
_NAMES: Final = frozenset({"identifier", "shorthand_property_identifier_pattern"})
_MOST_STATEMENTS: Final = 20_000  # of one block that are searched


class Definition(NamedTuple):
    """The expression of a constant, and the scope in which it stands."""

    node: Node
    scope: "Scope"


class Constants:
    """The declarations in the blocks of one tree; ``code`` is its text."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._blocks: dict[int, dict[str, Node | None]] = {}
        self.changes = lru_cache(500)(self._changes)

    def declared(self, block: Node) -> dict[str, Node | None]:
        """The names that are declared in a block or by a function, each with its expression, None without."""
        found = self._blocks.get(block.id)
        if found is None:
            found = self._blocks[block.id] = {}
            if block.type in _FUNCTIONS:
                self._add_parameters(block, found)
            elif block.type in _HEADS:
                head = block.child_by_field_name(_HEADS[block.type])
                found.update(dict.fromkeys(self._names_in(head) if head else ()))
            else:
                self._add_statements(block, found)
        return found

    def _add_statements(self, block: Node, found: dict[str, Node | None]) -> None:
        for each in block.named_children[:_MOST_STATEMENTS]:
            exported = each.type == "export_statement" and each.named_children
            statement = each.named_children[-1] if exported else each
            if statement.type in _DECLARATIONS:
                for declarator in statement.named_children:
                    self._add_declarator(declarator, found)
            elif statement.type in ("function_declaration", "class_declaration"):
                name = statement.child_by_field_name("name")
                if name is not None:
                    found[self._text(name)] = None

    def _add_declarator(self, node: Node, found: dict[str, Node | None]) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None:
            return
        if name.type == "identifier":
            text = self._text(name)
            found[text] = None if text in found else value
        else:
            found.update(dict.fromkeys(self._names_in(name)))

    def _add_parameters(self, function: Node, found: dict[str, Node | None]) -> None:
        given = function.child_by_field_name("parameters") or function.child_by_field_name("parameter")
        if given is not None:
            found.update(dict.fromkeys(self._names_in(given)))

    def _names_in(self, node: Node) -> list[str]:
        """All names in a pattern; a bounded number."""
        nodes, found = [node], list[str]()
        while nodes and len(found) < 200:
            each = nodes.pop()
            if each.type in _NAMES:
                found.append(self._text(each))
            nodes += each.named_children[:200]
        return found

    def _text(self, node: Node) -> str:
        return self._code[node.start_byte : node.end_byte]

    def _changes(self, name: str) -> bool:
        """Whether the code may change the value, or a part of it, after its declaration."""
        word = re.escape(name)
        assigned = re.compile(
            rf"(?<![\w$.]){word}(?![\w$])\s{{0,20}}(?:=(?![=>])|[-+*/%&|^?]{{1,2}}=|\+\+|--)|(?:\+\+|--)\s{{0,9}}{word}(?![\w$])"
        )
        if len(assigned.findall(self._code)) > 1:
            return True
        parts = re.compile(
            rf"(?<![\w$.]){word}(?:\s{{0,9}}\.\s{{0,9}}[\w$]{{1,80}}|\s{{0,9}}\[[^\]\n]{{0,80}}\]){{1,8}}\s{{0,9}}"
            rf"(?:=(?![=>])|[-+*/%]=|\+\+|--)|(?<![\w$.]){word}\s{{0,9}}\.\s{{0,9}}"
            rf"(?:push|pop|shift|unshift|splice|sort|reverse|fill)\b|\bdelete\s+{word}\b|\bassign\(\s{{0,9}}{word}\b"
        )
        return parts.search(self._code) is not None


class Scope:
    """The chain of blocks and functions around a node, from the innermost to the whole program."""

    __slots__ = ("_constants", "node", "outer")

    def __init__(self, node: Node, outer: "Scope | None", constants: Constants) -> None:
        self.node, self.outer, self._constants = node, outer, constants

    def find(self, name: str) -> Definition | None:
        """The constant ``name``; None where it is none, or a parameter of a function around."""
        scope: Scope | None = self
        while scope is not None:
            declared = self._constants.declared(scope.node)
            if name in declared:
                node = declared[name]
                if node is None or self._constants.changes(name):
                    return None
                return Definition(node, scope)
            scope = scope.outer
        return None


def opens_scope(node: Node) -> bool:
    """Whether the names that are declared in ``node`` are known inside it alone."""
    return node.type in _BLOCKS or node.type in _FUNCTIONS or node.type in _HEADS
