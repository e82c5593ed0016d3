"""Evaluates objects and arrays. Pure."""

import re
from abc import abstractmethod
from typing import Any, Final

from tree_sitter import Node

from events.imports.javascript.constants import Scope
from events.imports.javascript.evaluation import Evaluation
from events.imports.javascript.notes import short
from events.imports.javascript.plain_values import is_number
from events.imports.javascript.scalars import as_key, unescaped
from events.imports.javascript.values import MORE_KEY, Absent, KnownInPart, More

_UNKNOWN: Final = Absent.UNKNOWN
#: Two commas, or one at an array's beginning: an element that is left out.
_GAP: Final = re.compile(r"[\[,](?:\s|/\*[^*]{0,80}\*/)*,")


class Containers(Evaluation):
    """The part of the evaluator for objects and arrays."""

    def _array(self, node: Node, scope: Scope | None) -> Any:
        if not node.has_error and not _GAP.search(self.code.slice(node)):
            nodes = [child for child in node.named_children if child.type != "comment"]
            found = self.values(nodes, scope)
            if More.ELEMENT in found:
                self._after_spread(nodes, node)
                return found
            return [*found, More.ELEMENT] if self._repeats(node) else found
        return self._array_with_gaps(node, scope)

    def _array_with_gaps(self, node: Node, scope: Scope | None) -> Any:
        found: list[Any] = []
        comma = True
        for child in node.children[1:]:
            kind = child.type
            if kind == ",":
                if comma:
                    found.append(None)
                comma = True
            elif child.is_missing or kind == "ERROR":
                self._misread(child)
            elif child.is_named and kind != "comment":
                comma = False
                found += self.values([child], scope, broken=True)
                if More.ELEMENT in found:
                    self._after_spread(node.named_children, node)
                    return found
        return [*found, More.ELEMENT] if self._repeats(node) else found

    def _after_spread(self, nodes: list[Node], node: Node) -> None:
        if nodes and nodes[-1].type != "spread_element":
            self.code.note(node.end_byte - 1, "only the page knows the positions of what follows the spread")

    def _repeats(self, node: Node) -> bool:
        """Whether a template repeats or leaves out elements of the array."""
        return any(hole.loop or hole.depth > 0 for hole in self.code.holes_in(node))

    def _object(self, node: Node, scope: Scope | None) -> Any:
        found: dict[str, Any] = {}
        conditions = (
            self.code.holes.depth(self.code.offset(node.start_byte)) if self.code.holes.found else None
        )
        previous: str | None = None
        for child in node.children[1:] if node.has_error else node.named_children:
            if child.type == "ERROR" or child.is_missing:
                self._misread(child)
                if (
                    previous is not None
                    and child.type == "ERROR"
                    and not self.code.slice(child).startswith(",")
                ):
                    found[previous] = _UNKNOWN  # its value does not end where it seems to
                    previous = None
            elif child.is_named and child.type != "comment":
                unread = self.code.notes.mark()
                previous = self._member_of_object(child, found, scope)
                if (
                    conditions is None
                    or self.code.holes.depth(self.code.offset(child.start_byte)) <= conditions
                ):
                    continue
                self.code.notes.reset(unread)
                self._may_be_absent(child, found, previous)
        return found

    def _may_be_absent(self, node: Node, found: dict[str, Any], key: str | None) -> None:
        """A template has the property only under a condition."""
        shown = short(key or self.code.slice(node)[:400])
        self.code.note(node.start_byte, f"only the server knows whether {shown} is there")
        if key is None:
            self._may_be_any(found)
        else:
            found[key] = _UNKNOWN

    def _member_of_object(self, node: Node, found: dict[str, Any], scope: Scope | None) -> str | None:
        """Put one property into ``found`` and return its name."""
        match node.type:
            case "pair":
                return self._pair(node, found, scope)
            case "shorthand_property_identifier":
                name = self.code.slice(node)
                if name != "undefined":
                    value = self._constant(name, scope)
                    found[name] = self._unknown(node) if value is _UNKNOWN else value
                return name
            case "spread_element":
                self._spread(node, found, scope)
            case "method_definition" if node.children and node.children[0].type == "get":
                name_node = node.child_by_field_name("name")
                key = self._key(name_node, scope) if name_node else None
                if key is not None:
                    self.code.note(node.start_byte, f"only the page knows the value of {short(key)}")
                    found[key] = _UNKNOWN
        return None

    def _pair(self, node: Node, found: dict[str, Any], scope: Scope | None) -> str | None:
        key_node, value_node = node.child_by_field_name("key"), node.child_by_field_name("value")
        key = self._key(key_node, scope) if key_node else None
        if key is None:
            self._may_be_any(found)
            self.code.note(node.start_byte, "only the page knows this property's name")
            return None
        errors = [child for child in node.children if child.is_error] if node.has_error else []
        error = errors[0] if errors else None
        if error is not None:
            self._misread(error)
            found[key] = _UNKNOWN
        elif value_node is None or value_node.is_missing:
            place = value_node.start_byte if value_node else node.end_byte
            self.code.note(place, f"a value is missing behind {short(key)}")
            found.pop(key, None)
            return None
        else:
            found[key] = self.value(value_node, scope)
        return key

    def _key(self, node: Node, scope: Scope | None) -> str | None:
        if node.type == "string":
            text = self.code.slice(node)
            return unescaped(text[1:-1])
        if node.type == "number":
            return as_key(self._number(node, scope))
        if node.type == "computed_property_name":
            unread = self.code.notes.mark()
            name = self._inner(node, scope)
            self.code.notes.reset(unread)
            if isinstance(name, KnownInPart):
                return None
            return name if isinstance(name, str) else as_key(name) if is_number(name) else None
        return None if self.code.holes_in(node) else self.code.slice(node)

    def _spread(self, node: Node, found: dict[str, Any], scope: Scope | None) -> None:
        inner = node.named_children[-1] if node.named_children else None
        unread = self.code.notes.mark()
        value = self.value(inner, scope) if inner else _UNKNOWN
        if isinstance(value, dict):
            if MORE_KEY in value:
                self._may_be_any(found)
            found.update(value)
        elif value is _UNKNOWN or isinstance(value, KnownInPart | list):
            self.code.notes.reset(unread)
            self.code.note(node.start_byte, "only the page knows what is spread here")
            self._may_be_any(found)

    def _may_be_any(self, found: dict[str, Any]) -> None:
        """What follows may replace any property of ``found``, and adds others."""
        for key in found:
            found[key] = _UNKNOWN
        found[MORE_KEY] = _UNKNOWN

    @abstractmethod
    def _constant(self, name: str, scope: Scope | None) -> Any:
        """The value of a constant; unknown where there is none."""

    @abstractmethod
    def _inner(self, node: Node, scope: Scope | None) -> Any:
        """The value of what the node wraps."""

    @abstractmethod
    def _number(self, node: Node, scope: Scope | None) -> Any:
        """The value of a number literal."""
