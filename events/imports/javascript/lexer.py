"""JavaScript lexer: one regular expression match per token, in linear time. Pure.

Every pattern is possessive, and an unclosed token extends to the end, so that no text causes backtracking.
Libraries for JavaScript literals (json5, chompjs) stop at the first expression and give no offsets, though
pasted text is mostly code. tree-sitter does both, but would add a native dependency and another error
recovery.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final, NamedTuple

#: Whitespace and comments, and the code fences of Markdown: code is pasted from tickets and chats.
_SPACE: Final = re.compile(
    r"(?:[\s\ufeff]++|//[^\n\r\u2028\u2029]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)|<!--[^\n\r]*+|```\w*+)*+"
)
_DIGITS: Final = r"(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?+|\.[0-9][0-9_]*+)(?:[eE][+-]?[0-9]++)?+"
_TOKEN: Final = re.compile(
    rf"""(?P<string>"(?:[^"\\\n\r]++|\\(?:\r\n|.))*+"?+|'(?:[^'\\\n\r]++|\\(?:\r\n|.))*+'?+)
    |(?P<number>(?:0[xX][0-9a-fA-F_]++|0[oO][0-7_]++|0[bB][01_]++|{_DIGITS})n?+)
    |(?P<word>(?:[^\W\d]|\$)[\w$]*+)
    |(?P<sign>=>|\?\.|\.\.\.|</|.)""",
    re.DOTALL | re.VERBOSE,
)
_TEMPLATE: Final = re.compile(r"(?:[^`\\$]++|\\.|\$(?!\{))*+", re.DOTALL)
_REGEX: Final = re.compile(r"/(?:[^/\\\[\n]++|\\.|\[(?:[^\]\\\n]++|\\.)*+\]?+)*+/?+[a-z]*+")
#: TypeScript's type arguments and assertions, which have no effect at run time.
_TYPES: Final = r"<[^<>(){};]*+(?:<[^<>(){};]*+>[^<>(){};]*+)*+>"
_TYPE: Final = rf"""(?:[\w$.]++(?:\s*+{_TYPES})?+|'[^'\n]*+'|"[^"\n]*+")(?:\[\])*+"""
_ASSERTED: Final = re.compile(rf"(?:\s*+(?:!(?!=)|(?:as|satisfies)\s++{_TYPE}(?:\s*+[|&]\s*+{_TYPE})*+))++")
_CALL_TYPES: Final = re.compile(rf"\s*+{_TYPES}(?=\s*+\()")
#: A line that begins with a call, or with the queue of calls.
_CALL_LINE: Final = re.compile(
    r"""^[^\S\n]*+\(?(?:[\w$]++[^\S\n]*+(?:\??\.|\[['"]))?(?:cact|caReady)\b""", re.MULTILINE
)
_LINE_END: Final = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_CLOSES: Final = {")": "(", "]": "[", "}": "{"}
#: Keywords after which a slash begins a regular expression; after any other word it divides.
_BEFORE_REGEX: Final = frozenset({"return", "typeof", "case", "in", "of", "delete", "void", "new", "throw"})


class Token(NamedTuple):
    """One token with its offsets.

    ``kind``: string, number, word, sign, regex, template (its opening backtick alone), or end.
    """

    kind: str
    text: str
    start: int
    end: int


class Position(NamedTuple):
    """Line and column in a text, both counted from 1."""

    line: int
    column: int


class Lines:
    """Converts offsets in a text into positions."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def position(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)


class Tokens:
    """The tokens of ``text`` from offset ``at`` up to ``end``; reading only moves forwards.

    Inside a call, an unclosed string or template sets ``broken`` and moves ``end`` to the next line that
    begins with a call: the tokens in between are unreliable.
    """

    def __init__(self, text: str) -> None:
        self.text, self.at, self.end = text, 0, len(text)
        self.in_call = self.broken = False
        self._next: Token | None = None
        self._value_before = False  # after a value a slash divides; else it begins a regular expression
        self._call_line_searched = False  # one search per range keeps the time linear

    def restrict(self, start: int, end: int) -> None:
        """Read from offset ``start`` up to ``end``, with the state of a new text."""
        self.at, self.end = start, end
        self.in_call = self.broken = False
        self._next, self._value_before, self._call_line_searched = None, False, False

    def peek(self) -> Token:
        """The next token, without consuming it."""
        if self._next is None or self._next.start < self.at:
            self._next = self._read()
        return self._next

    def consume(self) -> Token:
        """Consume the next token and return it."""
        token = self.peek()
        self.at = token.end
        self._value_before = _ends_a_value(token)
        return token

    def consume_if(self, *texts: str) -> bool:
        """Consume the next token if it is one of these signs; return whether it was."""
        token = self.peek()
        if token.kind != "sign" or token.text not in texts:
            return False
        self.consume()
        return True

    def skip_types(self) -> None:
        """Skip TypeScript's type arguments before a call's opening bracket."""
        if match := _CALL_TYPES.match(self.text, self.at, self.end):
            self.at = match.end()

    def skip_assertion(self) -> None:
        """Skip TypeScript's assertions after a consumed value: ``as const``, ``!``."""
        if match := _ASSERTED.match(self.text, self.at, self.end):
            self.at = match.end()

    def template(self) -> str | None:
        """Consume a template after its opening backtick and return its raw text.

        Returns None at ``${``, which is not consumed. An unclosed template makes a call ``broken``.
        """
        match = _TEMPLATE.match(self.text, self.at, self.end)
        assert match is not None
        self.at = match.end()
        if self.text.startswith("${", self.at, self.end):
            return None
        if self.at >= self.end and self.in_call:
            self._break_off(match.start())
            self.at = self.end
            return self.text[match.start() : self.end]
        self.at = min(self.at + 1, self.end)
        return match[0]

    def skip_until(self, stops: Iterable[str]) -> bool:
        """Skip to the first of ``stops`` outside all brackets, or to an unmatched closing bracket.

        Returns whether ``=>`` was skipped outside all brackets: then the expression was a function.
        """
        arrow = False
        stack: list[str] = []
        while True:
            token = self.peek()
            if token.kind == "end" or (not stack and (token.text in stops or token.text in _CLOSES)):
                return arrow
            arrow |= not stack and token.text == "=>"
            self._step(stack)

    def skip_template(self) -> None:
        """Skip the rest of a template, from its first ``${`` on."""
        self.at += 2
        stack = ["`"]
        while stack and self.peek().kind != "end":
            self._step(stack)

    def skip_group(self) -> None:
        """Skip the next opening bracket and everything up to its closing bracket, included."""
        self.consume()
        self.skip_until(())
        self.consume_if(*_CLOSES)

    def _read(self) -> Token:
        space = _SPACE.match(self.text, self.at, self.end)
        start = space.end() if space else self.at
        if start >= self.end:
            return Token("end", "", start, start)
        if self.text[start] == "`":
            return Token("template", "`", start, start + 1)
        if self.text[start] == "/" and not self._value_before:
            regex = _REGEX.match(self.text, start, self.end)
            return Token("regex", "/", start, regex.end() if regex else start + 1)
        match = _TOKEN.match(self.text, start, self.end)
        assert match  # the last choice takes any character
        assert match.lastgroup
        if self.in_call and match.lastgroup == "string" and not is_closed(match[0]):
            self._break_off(match.end())
        return Token(match.lastgroup, match[0], start, match.end())

    def _break_off(self, offset: int) -> None:
        """Set ``broken``, and ``end`` to the next line that begins with a call."""
        self.broken = True
        if not self._call_line_searched:
            self._call_line_searched = True
            match = _CALL_LINE.search(self.text, offset, self.end)
            self.end = match.start() if match else self.end

    def _step(self, stack: list[str]) -> None:
        """Consume one token and update ``stack``, the open brackets; a backtick in it is an open ``${``."""
        token = self.consume()
        if token.kind == "template":
            self._template_part(stack)
        elif token.kind == "sign":
            self._bracket(token.text, stack)

    def _template_part(self, stack: list[str]) -> None:
        """Consume a template up to its end, or up to and including its next ``${``."""
        if self.template() is None:
            self.at += 2
            stack.append("`")

    def _bracket(self, text: str, stack: list[str]) -> None:
        if text in "([{":
            stack.append(text)
        elif text in _CLOSES and stack and stack.pop() == "`":
            self._template_part(stack)


def is_closed(string: str) -> bool:
    """Whether a string token ends with the quote that it begins with, unescaped."""
    inside = string[1:-1]
    escaped = (len(inside) - len(inside.rstrip("\\"))) % 2
    return len(string) > 1 and string[-1] == string[0] and not escaped


def _ends_a_value(token: Token) -> bool:
    if token.kind == "word":
        return token.text not in _BEFORE_REGEX
    return token.kind != "sign" or token.text in _CLOSES
