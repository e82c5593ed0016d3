"""Evaluates expressions of a syntax tree to JSON values, as far as the text tells them. Pure.

Nothing is run: literals, constants of an enclosing scope, spread, templates, plain arithmetic and a few calls
(``plain_values.KNOWN_CALLS``, ``new Blob([…])``) are computed, any other expression is unknown. Each unknown
value becomes a note with its position. Depth and work are bounded.
"""

from typing import Any, Final

from tree_sitter import Node

from events.imports.javascript.code import Code
from events.imports.javascript.constants import Scope
from events.imports.javascript.containers import Containers
from events.imports.javascript.notes import short
from events.imports.javascript.plain_values import (
    KNOWN_CALLS,
    arithmetic,
    as_number,
    is_number,
    is_true,
)
from events.imports.javascript.scalars import as_json_number
from events.imports.javascript.texts import Texts
from events.imports.javascript.values import MORE_KEY, Absent, KnownInPart, More

_MOST_LOOKUPS: Final = 20  # constants inside constants
_UNKNOWN: Final = Absent.UNKNOWN
_UNDEFINED: Final = Absent.UNDEFINED

#: The method for each kind of node; any other expression is unknown.
_METHODS: Final = {
    "string": "_string",
    "template_string": "_template",
    "number": "_number",
    "unary_expression": "_unary",
    "binary_expression": "_binary",
    "ternary_expression": "_ternary",
    "parenthesized_expression": "_inner",
    "as_expression": "_inner",
    "satisfies_expression": "_inner",
    "non_null_expression": "_inner",
    "type_assertion": "_asserted",
    "await_expression": "_inner",
    "sequence_expression": "_sequence",
    "identifier": "_word",
    "undefined": "_undefined",
    "member_expression": "_member",
    "subscript_expression": "_member",
    "call_expression": "_call",
    "new_expression": "_new",
    "array": "_array",
    "object": "_object",
    "true": "_constant_word",
    "false": "_constant_word",
    "null": "_constant_word",
    **dict.fromkeys(
        (
            *("function_expression", "function", "arrow_function", "class", "class_expression"),
            *("generator_function", "generator_function_declaration", "function_declaration"),
        ),
        "_function",
    ),
}


class Evaluator(Texts, Containers):
    """Evaluates the nodes of one tree. ``templates``: strings may have holes that a server fills in."""

    def __init__(self, code: Code, *, templates: bool = True) -> None:
        super().__init__(code, templates=templates)
        self._lookups = 0

    def _evaluated(self, node: Node, scope: Scope | None) -> Any:
        method = _METHODS.get(node.type)
        return getattr(self, method)(node, scope) if method else self._unknown(node)

    def _number(self, node: Node, _scope: Scope | None) -> Any:
        text = self.code.slice(node).replace("_", "")
        if text.endswith("n") and not text.lower().startswith("0x"):
            self.code.note(node.start_byte, f"{short(text)} cannot be sent: the client throws at a BigInt")
            return _UNDEFINED
        try:
            number = as_json_number(text, 1)
        except ValueError:
            return self._unknown(node)
        if number is None:
            self.code.note(node.start_byte, f"{short(text)} is infinite: JSON makes null of it")
        return number

    def _unary(self, node: Node, scope: Scope | None) -> Any:
        operator = node.children[0].type
        operand = node.named_children[-1] if node.named_children else None
        if operator == "void":
            return _UNDEFINED
        if operand is None or operator not in ("-", "+", "!"):
            return self._unknown(node)
        if operator == "-" and operand.type == "number":
            return (
                as_number(-float(number))
                if (number := self._number(operand, scope)) is not None and not isinstance(number, Absent)
                else number
            )
        unread = self.code.notes.mark()
        value = self.value(operand, scope)
        if operator == "!" and not isinstance(value, Absent | KnownInPart):
            return not is_true(value)
        if operator != "!" and is_number(value):
            return value if operator == "+" else as_number(-value)
        if value is None and operator != "!":  # an infinity, which has its note
            return None
        self.code.notes.reset(unread)
        return self._unknown(node)

    def _binary(self, node: Node, scope: Scope | None) -> Any:
        left_node, right_node = node.child_by_field_name("left"), node.child_by_field_name("right")
        sign = node.child_by_field_name("operator")
        if left_node is None or right_node is None or sign is None or node.has_error:
            return self._unknown(node)
        unread = self.code.notes.mark()
        left, right = self.value(left_node, scope), self.value(right_node, scope)
        found = self._computed(sign.type, left, right, left_node, right_node)
        if found is _UNKNOWN or isinstance(found, KnownInPart):
            self.code.notes.reset(unread)
            if found is _UNKNOWN:
                return self._unknown(node)
            shown = short(self.code.slice(node)[:400])
            self.code.note(node.start_byte, f"only the page knows a part of {shown}")
        return found

    def _computed(self, sign: str, left: Any, right: Any, left_node: Node, right_node: Node) -> Any:
        if sign in ("||", "&&", "??") and not isinstance(left, KnownInPart) and left is not _UNKNOWN:
            empty = left is None or left is _UNDEFINED
            takes_right = empty if sign == "??" else is_true(left) == (sign == "&&")
            return right if takes_right else left
        if is_number(left) and is_number(right):
            return arithmetic(sign, left, right)
        if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
            return self._joined(left, right, left_node, right_node)
        return _UNKNOWN

    def _ternary(self, node: Node, scope: Scope | None) -> Any:
        condition, yes, no = (
            node.child_by_field_name(name) for name in ("condition", "consequence", "alternative")
        )
        if condition is None or yes is None or no is None:
            return self._unknown(node)
        unread = self.code.notes.mark()
        given = self.value(condition, scope)
        if isinstance(given, KnownInPart) or given is _UNKNOWN:
            self.code.notes.reset(unread)
            return self._unknown(node)
        return self.value(yes if is_true(given) else no, scope)

    def _inner(self, node: Node, scope: Scope | None) -> Any:
        """The value of what the node wraps: brackets, TypeScript's assertions, ``await``."""
        inner = [child for child in node.named_children if child.type != "comment"]
        return self.value(inner[0], scope) if inner else self._unknown(node)

    def _sequence(self, node: Node, scope: Scope | None) -> Any:
        return self.value(node.named_children[-1], scope)

    def _word(self, node: Node, scope: Scope | None) -> Any:
        name = self.code.slice(node)
        if name == "undefined":
            return _UNDEFINED
        if name in ("NaN", "Infinity"):
            self.code.note(node.start_byte, f"{name} cannot be sent: JSON makes null of it")
            return None
        found = self._constant(name, scope)
        return self._unknown(node) if found is _UNKNOWN else found

    def _constant(self, name: str, scope: Scope | None) -> Any:
        """The value of a constant of an enclosing scope; unknown where there is none that never changes."""
        definition = scope.find(name) if scope and self._lookups < _MOST_LOOKUPS else None
        if definition is None:
            return _UNKNOWN
        self._lookups += 1
        unread = self.code.notes.mark()
        try:
            return self.value(definition.node, definition.scope)
        finally:
            self.code.notes.reset(unread)
            self._lookups -= 1

    def _member(self, node: Node, scope: Scope | None) -> Any:
        """A property of a constant object."""
        holder, key = node.child_by_field_name("object"), node.child_by_field_name("property")
        index = node.child_by_field_name("index")
        if holder is None or holder.type not in ("identifier", "member_expression", "subscript_expression"):
            return self._unknown(node)
        unread = self.code.notes.mark()
        inside = self.value(holder, scope)
        name = self.code.slice(key) if key else self.value(index, scope) if index else None
        self.code.notes.reset(unread)
        found: Any = _UNKNOWN
        if isinstance(inside, dict) and isinstance(name, str) and MORE_KEY not in inside:
            found = inside.get(name, _UNKNOWN)
        elif isinstance(inside, list) and type(name) is int and 0 <= name < len(inside):
            found = inside[name]
        return self._unknown(node) if found is _UNKNOWN or found is More.ELEMENT else found

    def _asserted(self, node: Node, scope: Scope | None) -> Any:
        """TypeScript's ``<Type>value``."""
        return self.value(node.named_children[-1], scope)

    def _function(self, _node: Node, _scope: Scope | None) -> Any:
        return _UNDEFINED

    def _call(self, node: Node, scope: Scope | None) -> Any:
        callee, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        known = KNOWN_CALLS.get(self.code.slice(callee)) if callee else None
        if known is None or given is None or given.type != "arguments":
            return self._unknown(node)
        unread = self.code.notes.mark()
        found = known(self.values(arguments_of(given), scope, broken=given.has_error))
        if found is _UNKNOWN:
            self.code.notes.reset(unread)
            return self._unknown(node)
        return found

    def _new(self, node: Node, scope: Scope | None) -> Any:
        maker, given = node.child_by_field_name("constructor"), node.child_by_field_name("arguments")
        if maker is None or given is None or self.code.slice(maker) != "Blob":
            return self._unknown(node)
        parts = self.values(arguments_of(given)[:1], scope)
        pieces = parts[0] if parts and isinstance(parts[0], list) else []
        return pieces[0] if len(pieces) == 1 else self._unknown(node)

    def _constant_word(self, node: Node, _scope: Scope | None) -> Any:
        return {"true": True, "false": False, "null": None}[node.type]

    def _undefined(self, _node: Node, _scope: Scope | None) -> Any:
        return _UNDEFINED


def arguments_of(node: Node) -> list[Node]:
    """The arguments of a call; what is no JavaScript between them is left out."""
    return [child for child in node.named_children if child.type not in ("comment", "ERROR")]
