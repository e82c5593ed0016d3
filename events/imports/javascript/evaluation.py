"""The base of the evaluator: what all kinds of expressions share. Pure."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Final

from tree_sitter import Node

from events.imports.javascript.code import Code
from events.imports.javascript.constants import Scope
from events.imports.javascript.notes import short
from events.imports.javascript.values import Absent, More

_DEEPEST: Final = 100  # levels of expressions that are read: more than a valid event may have
_UNKNOWN: Final = Absent.UNKNOWN


class Evaluation(ABC):
    """Evaluates the nodes of one tree. ``templates``: strings may have holes that a server fills in."""

    def __init__(self, code: Code, *, templates: bool = True) -> None:
        self.code = code
        self._templates = templates
        self._depth = 0

    def value(self, node: Node, scope: Scope | None = None) -> Any:
        """The value of the expression: a JSON value with the signs of ``values`` in it."""
        if self._depth >= _DEEPEST:
            self.code.note(node.start_byte, f"it nests more than {_DEEPEST} levels deep")
            return _UNKNOWN
        self._depth += 1
        try:
            return self._evaluated(node, scope)
        finally:
            self._depth -= 1

    def values(self, nodes: Iterable[Node], scope: Scope | None, *, broken: bool = False) -> list[Any]:
        """The values of elements or arguments; after a spread that is unknown, ``More.ELEMENT`` alone.

        ``broken``: there is an error among them or in them. A value that it follows is unknown.
        """
        found: list[Any] = []
        for node in nodes:
            if node.type == "spread_element":
                unread = self.code.notes.mark()
                inner = self.value(node.named_children[-1], scope) if node.named_children else _UNKNOWN
                if isinstance(inner, list):
                    found += inner
                else:
                    self.code.notes.reset(unread)
                    self.code.note(node.start_byte, "only the page knows what is spread here")
                    found.append(More.ELEMENT)
                if More.ELEMENT in found:
                    return found
            elif broken and (after := node.next_sibling) is not None and after.is_error:
                self._misread(after)
                found.append(_UNKNOWN)
            else:
                found.append(self.value(node, scope))
        return found

    def _unknown(self, node: Node) -> Absent:
        """The value that only the page knows, with a note."""
        if node.is_missing:
            self.code.note(node.start_byte, "a value is missing here")
        else:
            shown = short(self.code.slice(node)[:400])
            self.code.note(node.start_byte, f"only the page knows the value of {shown}")
        return _UNKNOWN

    def _misread(self, node: Node) -> None:
        """Add the note about code that is no JavaScript, or about a sign that is missing."""
        if node.is_missing:
            self.code.note(node.start_byte, f"a {node.type} is missing here")
        elif self.code.slice(node)[:1] in ("'", '"', "`"):
            self.code.note(node.start_byte, "the string that begins here is not closed in its line")
        else:
            self.code.note(node.start_byte, f"this is no JavaScript: {short(self.code.slice(node)[:400])}")

    @abstractmethod
    def _evaluated(self, node: Node, scope: Scope | None) -> Any:
        """The value of the expression, whose depth is counted."""
