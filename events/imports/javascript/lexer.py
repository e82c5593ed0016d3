"""JavaScript text -> tokens, each found in one step and none looked at twice. Pure.

Every pattern is possessive and takes what is not closed to its end, so that no text makes it slow. Written by
hand because what people paste is code, not data: the libraries that read JavaScript literals either stop at
the first thing that is no literal, do not say where it was, or are no longer kept up.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final, NamedTuple

#: Also the fences of Markdown, in which code comes from a ticket or a chat.
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
#: What TypeScript says of a value or of a call's types, which is nothing at run time.
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
#: Words after which a slash begins a regular expression; after any other it divides.
_BEFORE_REGEX: Final = frozenset({"return", "typeof", "case", "in", "of", "delete", "void", "new", "throw"})


class Token(NamedTuple):
    """A piece of the text: string, number, word, sign, regex, template (its opening quote), or end."""

    kind: str
    text: str
    start: int
    end: int


class Place(NamedTuple):
    """Where in a text, counted from 1."""

    line: int
    column: int


class Lines:
    """Finds the line and column of a position."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def place(self, position: int) -> Place:
        line = bisect_right(self._starts, position)
        return Place(line, position - self._starts[line - 1] + 1)


class Tokens:
    """Reads ``text`` from ``at`` up to ``end``; moving on is the only thing that it can do.

    In a call, a string that is not closed makes anything of what follows: then ``broken`` says so, and the
    ``end`` is the next line that begins with a call.
    """

    def __init__(self, text: str) -> None:
        self.text, self.at, self.end = text, 0, len(text)
        self.in_call = self.broken = False
        self._next: Token | None = None
        self._value_before = False  # then a slash divides; else it begins a regular expression
        self._looked = False  # for the next call, from here on

    def restrict(self, start: int, end: int) -> None:
        """Go on at ``start``, as at the beginning of a text, and no further than to ``end``."""
        self.at, self.end = start, end
        self.in_call = self.broken = False
        self._next, self._value_before, self._looked = None, False, False

    def peek(self) -> Token:
        """The next token, without moving on."""
        if self._next is None or self._next.start < self.at:
            self._next = self._read()
        return self._next

    def take(self) -> Token:
        """The next token, moving on behind it."""
        token = self.peek()
        self.at = token.end
        self._value_before = _ends_a_value(token)
        return token

    def take_if(self, *texts: str) -> bool:
        """True, and moved on, where the next token is one of these signs."""
        token = self.peek()
        if token.kind != "sign" or token.text not in texts:
            return False
        self.take()
        return True

    def skip_types(self) -> None:
        """Move on behind the types that TypeScript gives to the call that comes next."""
        if match := _CALL_TYPES.match(self.text, self.at, self.end):
            self.at = match.end()

    def skip_assertion(self) -> None:
        """Move on behind what TypeScript asserts of the value just taken: ``as const``, ``!``."""
        if match := _ASSERTED.match(self.text, self.at, self.end):
            self.at = match.end()

    def template(self) -> str | None:
        """The raw text of the template whose opening quote was just taken; None where it holds ``${``.

        One that is not closed makes a call ``broken``.
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
        """Move on to the first of ``stops`` outside all brackets, or to a bracket that closes nothing here.

        Returns whether an arrow stood outside all brackets: then it was a function.
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
        """Move on behind the template whose first ``${`` comes next."""
        self.at += 2
        stack = ["`"]
        while stack and self.peek().kind != "end":
            self._step(stack)

    def skip_group(self) -> None:
        """Move on behind the bracket that closes the one that comes next."""
        self.take()
        self.skip_until(())
        self.take_if(*_CLOSES)

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

    def _break_off(self, position: int) -> None:
        """End at the next line that begins with a call; it is looked for once, so that the time is linear."""
        self.broken = True
        if not self._looked:
            self._looked = True
            match = _CALL_LINE.search(self.text, position, self.end)
            self.end = match.start() if match else self.end

    def _step(self, stack: list[str]) -> None:
        """One token on. ``stack`` holds the open brackets; a backtick is the ``${`` of a template."""
        token = self.take()
        if token.kind == "template":
            self._template_part(stack)
        elif token.kind == "sign":
            self._bracket(token.text, stack)

    def _template_part(self, stack: list[str]) -> None:
        """On through a template: to its end, or into its next ``${``."""
        if self.template() is None:
            self.at += 2
            stack.append("`")

    def _bracket(self, text: str, stack: list[str]) -> None:
        if text in "([{":
            stack.append(text)
        elif text in _CLOSES and stack and stack.pop() == "`":
            self._template_part(stack)


def is_closed(string: str) -> bool:
    """Whether the text of a string token ends with the quote that it begins with, and that is not escaped."""
    inside = string[1:-1]
    escaped = (len(inside) - len(inside.rstrip("\\"))) % 2
    return len(string) > 1 and string[-1] == string[0] and not escaped


def _ends_a_value(token: Token) -> bool:
    if token.kind == "word":
        return token.text not in _BEFORE_REGEX
    return token.kind != "sign" or token.text in _CLOSES
