"""Parses JavaScript, TypeScript and JSX with tree-sitter; repairs what is not closed. Pure.

The parser is given ASCII text of the same length as the code, with a letter in place of each other letter,
so that its byte offsets are offsets in the code. Its time is bounded: past the bound, the rest of the text
is as if it were not there. The time is that of the thread, so that a busy machine changes no result.
"""

import re
import time
from typing import Final, NamedTuple

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Point, Tree

_JAVASCRIPT: Final = Language(tree_sitter_javascript.language())
_TSX: Final = Language(tree_sitter_typescript.language_tsx())
_TYPESCRIPT: Final = Language(tree_sitter_typescript.language_typescript())
_SECONDS: Final = 0.5  # of one parse: three times that of 500 KB of correct code
_SECONDS_IN_ALL: Final = 1.0
_MOST_TRIES: Final = 0.25  # seconds of a parse with errors after which no other grammar is tried
_BLOCK: Final = 16_384  # bytes that the parser is given at once
_MOST_ERRORS: Final = 2_000  # nodes that are looked at to compare two trees

_FOREIGN_SPACE: Final = re.compile(r"[^\S\x00-\x7f]|\ufeff")
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]")
#: What matters for brackets: comments, strings, templates without holes, regular expressions are not known.
_PIECE: Final = re.compile(
    r"""//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)
    |"(?:[^"\\\n]++|\\.)*+(?P<double>"?+)|'(?:[^'\\\n]++|\\.)*+(?P<single>'?+)
    |`(?:[^`\\]++|\\.)*+(?P<template>`?+)|[()\[\]{}]""",
    re.DOTALL | re.VERBOSE,
)
_CLOSES: Final = {"(": ")", "[": "]", "{": "}"}


class Parsed(NamedTuple):
    """A tree, and the offsets of the brackets that a repair closed at the end of the code."""

    tree: Tree
    closed: list[int]


def as_ascii(text: str) -> str:
    """``text`` with a letter in place of each letter beyond ASCII, and a blank in place of each space."""
    if text.isascii():
        return text
    return _FOREIGN.sub("x", _FOREIGN_SPACE.sub(" ", text))


class CodeParser:
    """Parses the pieces of one text. ``cut``: the bound ended some parse."""

    def __init__(self, most_seconds: float = _SECONDS_IN_ALL) -> None:
        self.cut = False
        self._left = most_seconds

    def parse(self, code: str) -> Parsed:
        """The tree of ``code``, which is ASCII: the best of the grammars', of the code or its repair."""
        left = self._left
        tree = self._tree(_JAVASCRIPT, code)
        if not tree.root_node.has_error or left - self._left > _MOST_TRIES:
            return Parsed(tree, [])
        best, fewest = Parsed(tree, []), _errors(tree.root_node)
        repair = _repaired(code)
        for language, text, closed in (
            (_TSX, code, []),
            *([(_JAVASCRIPT, *repair), (_TSX, *repair)] if repair else []),
            (_TYPESCRIPT, code, []),
        ):
            if self._left < _MOST_TRIES:
                break
            other = self._tree(language, text)
            errors = _errors(other.root_node)
            if errors < fewest:
                best, fewest = Parsed(other, closed), errors
            if not fewest:
                break
        return best

    def _tree(self, language: Language, code: str) -> Tree:
        source, started = code.encode("ascii", "replace"), time.thread_time()
        until = started + min(self._left, _SECONDS)
        if self._left <= 0:
            self.cut = True
            source = b""

        def read(offset: int, _point: Point) -> bytes:
            if time.thread_time() > until:
                self.cut = True
                return b""
            return source[offset : offset + _BLOCK]

        tree = Parser(language).parse(read)
        self._left -= time.thread_time() - started
        return tree


def _errors(root: Node) -> int:
    """The number of characters in errors, and of missing signs, of the tree; of a bounded number of nodes."""
    count = looked_at = 0
    nodes = [root]
    while nodes and looked_at < _MOST_ERRORS:
        node = nodes.pop()
        looked_at += 1
        if node.is_missing:
            count += 1
        elif node.is_error:
            count += 1 + node.end_byte - node.start_byte
        elif node.has_error:
            nodes += [inner for inner in node.children if inner.has_error or inner.is_missing]
    return count


def _repaired(code: str) -> tuple[str, list[int]] | None:
    """The code with strings closed in their lines, and brackets at its end; None where all is closed.

    Only what the repair appends changes the code's length. Returns the offsets of the brackets, too.
    """
    changed = list(code)
    opened: list[int] = []
    at = 0
    changes = False
    while match := _PIECE.search(code, at):
        at = match.end()
        kind = match.lastgroup
        if kind == "template" and not match["template"]:
            return None  # the parser itself does better
        if kind and not match[kind]:
            changes = True
            _close_string(changed, match.start(), at, code)
            continue
        sign = match[0]
        if sign in _CLOSES:
            opened.append(match.start())
        elif sign in (")", "]", "}") and opened and _CLOSES[code[opened[-1]]] == sign:
            opened.pop()
    if not changes and not opened:
        return None
    closing = "".join(_CLOSES[code[offset]] for offset in reversed(opened[-200:]))
    return "".join(changed) + closing, opened[-200:]


def _close_string(changed: list[str], start: int, end: int, code: str) -> None:
    """Close the string from ``start`` to its line's ``end``, before what follows it as a rule."""
    line = code[start:end]
    rest = len(line) - len(line.rstrip(",;)}] \r"))
    quote = end - rest
    if end < len(code):  # all up to the line's end moves by one
        changed[quote : end + 1] = [code[start], *code[quote:end]]
    else:
        changed.append("")
        changed[quote:] = [code[start], *code[quote:end]]
