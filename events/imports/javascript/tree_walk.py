"""Finds the calls in a syntax tree, in the order of the text, in time linear in the tree. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from typing import Final, Literal, NamedTuple

from tree_sitter import Node

from events.imports.javascript.constants import Constants, Scope, opens_scope
from events.imports.javascript.evaluator import arguments_of

#: Words by which a call that is read may be recognised.
_CANDIDATE: Final = re.compile(r"(?<![\w$])(?:cact|caReady|fetch|sendBeacon)(?![\w$])")
#: A call in code that could not be parsed: what may stand between its name and its opening bracket.
_HEAD: Final = re.compile(
    r"(?:['\"]\s{0,9}\])?\s{0,9}(?:\?\.|!)?\s{0,9}(?:\(|\.\s{0,9}(?:call|apply|push)\b|<)"
)
_CALL_LINE: Final = re.compile(
    r"""^[^\S\n]*+\(?(?:[\w$]++[^\S\n]*+(?:\??\.|\[['"]))?(?:cact|caReady)\b""", re.MULTILINE
)
_TEXTS: Final = frozenset({"string", "template_string", "jsx_text"})
_PHP: Final = re.compile(
    r"<\?php|^[^\S\n]{0,40}(?:echo|print)\b[^\S\n]{0,9}[\"'(]|^[^\S\n]{0,40}\$\w{1,60}[^\S\n]{0,9}\.?=",
    re.MULTILINE,
)
_LONGEST_PIECE: Final = 16_000  # characters that are parsed again for one call
_MOST_AGAIN: Final = 300_000  # characters that are parsed again at all
_MOST_PIECES: Final = 2_000

Kind = Literal["cact", "push", "request"]


class FoundCall(NamedTuple):
    """A call with its arguments. ``through``: "call" or "apply" of the function, else ""."""

    kind: Kind
    node: Node
    start: int
    arguments: list[Node]
    through: str
    scope: Scope | None


class Walk:
    """A walk over the tree of ``code`` from the offset ``at`` on, which visits what leads to candidates.

    ``most``: the number of candidates that are looked at, 0 for all.
    """

    def __init__(self, code: str, at: int, most: int = 0) -> None:
        self._code, self._at, self._most = code, at, most
        found = islice(_CANDIDATE.finditer(code, at), most or None)
        self.candidates = [match.start() for match in found]
        #: Ranges of texts in the code that hold scripts.
        self.nested: list[tuple[int, int]] = []
        self._lost: list[int] = []
        self._found: set[int] = set()
        self._php = bool(_PHP.search(code))

    def calls(self, root: Node, constants: Constants) -> Iterator[FoundCall]:
        """The calls that are read. Those in code that is no JavaScript are kept for ``lost_pieces``."""
        places = [place - self._at for place in self.candidates]
        stack: list[tuple[Node, Scope | None, bool, bool]] = [(root, None, False, False)]
        while stack:
            node, scope, broken, script = stack.pop()
            kind = node.type
            if opens_scope(node):
                scope = Scope(node, scope, constants)
            broken |= node.is_error
            script |= self._makes_script(node)
            if kind == "call_expression" and (call := self._call(node, scope)) is not None:
                self._found.add(call.start)
                yield call
                if len(self._found) == self._most:
                    return
            elif broken and kind in ("identifier", "property_identifier") and not node.child_count:
                self._lose(node)
            elif kind in _TEXTS and (script or self._php or "<script" in self._slice(node)):
                quoted = kind != "jsx_text"
                self.nested.append((node.start_byte + self._at + quoted, node.end_byte + self._at - quoted))
                continue
            stack += [
                (child, scope, broken, script)
                for child in reversed(node.children)
                if _holds(places, child.start_byte, child.end_byte)
            ]

    def lost_pieces(self) -> Iterator[tuple[int, int]]:
        """The pieces of the code that begin with a call which was not found in the tree."""
        again = 0
        for number, start in enumerate(sorted(self._lost)):
            line = _CALL_LINE.search(self._code, start + 1)
            end = min(line.start() if line else len(self._code), start + _LONGEST_PIECE)
            again += end - start
            if again > _MOST_AGAIN or number >= _MOST_PIECES:
                return
            yield start, end

    def _makes_script(self, node: Node) -> bool:
        """Whether texts in the node are a script's content: an element of JSX, or its ``__html``."""
        if node.type == "jsx_element":
            return self._slice(node).startswith("<script")
        return node.type == "pair" and self._slice(node).startswith("__html")

    def _lose(self, node: Node) -> None:
        if node.start_byte in self._found:
            return
        start, end = node.start_byte + self._at, node.end_byte + self._at
        word = self._code[start:end]
        if word in ("cact", "caReady") and _HEAD.match(self._code, end):
            self._lost.append(start)

    def _call(self, node: Node, scope: Scope | None) -> FoundCall | None:
        callee, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is None or given is None or given.type != "arguments":
            return None
        name, holder, start = self._callee(callee)
        through = ""
        if name in ("call", "apply") and holder is not None:
            through = name
            name, holder, start = self._callee(holder)
        kind: Kind
        if name == "cact":
            kind = "cact"
        elif name in ("fetch", "sendBeacon") and not through:
            kind = "request"
        elif name == "push" and not through and holder is not None and self._is_queue(holder):
            kind = "push"
        else:
            return None
        return FoundCall(kind, node, start, arguments_of(given), through, scope)

    def _callee(self, node: Node) -> tuple[str, Node | None, int]:
        """The name of what is called, what holds it, and the offset of the name."""
        while (
            node.type
            in (
                "parenthesized_expression",
                "non_null_expression",
                "as_expression",
                "instantiation_expression",
            )
            and node.named_children
        ):
            node = node.named_children[0]
        if node.type == "identifier":
            return self._slice(node), None, node.start_byte
        if node.type == "member_expression":
            key, holder = node.child_by_field_name("property"), node.child_by_field_name("object")
            return (self._slice(key), holder, key.start_byte) if key else ("", None, 0)
        if node.type == "subscript_expression":
            key, holder = node.child_by_field_name("index"), node.child_by_field_name("object")
            if key is not None and key.type == "string":
                return self._slice(key)[1:-1], holder, key.start_byte
        return "", None, 0

    def _is_queue(self, node: Node) -> bool:
        """Whether the object is ``caReady``, or an expression that yields it."""
        for _ in range(8):
            if (
                node.type in ("parenthesized_expression", "non_null_expression", "as_expression")
                and node.named_children
            ):
                node = node.named_children[0]
            elif node.type in (
                "assignment_expression",
                "augmented_assignment_expression",
                "binary_expression",
            ):
                left = node.child_by_field_name("left")
                if left is None:
                    return False
                node = left
            else:
                break
        return self._callee(node)[0] == "caReady"

    def _slice(self, node: Node) -> str:
        return self._code[node.start_byte + self._at : node.end_byte + self._at]


def _holds(places: list[int], start: int, end: int) -> bool:
    """Whether one of the sorted ``places`` lies in the range."""
    index = bisect_left(places, start)
    return index < len(places) and places[index] < end
