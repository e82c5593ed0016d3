"""Reads JavaScript literals as JSON values: what ``JSON.stringify`` would make of them. Pure.

Expressions (variables, calls, arithmetic) are left out, each with a note of its position; nothing is ever
evaluated. The time is linear in the length of the text, the depth of nesting is bounded.
"""

from enum import Enum
from typing import Any, Final, Literal, NamedTuple

from events.imports.javascript.lexer import Lines, Position, Token, Tokens, is_closed
from events.imports.javascript.scalars import as_json_number, as_key, unescaped

_DEEPEST: Final = 100  # levels of nesting that are read: more than a valid event may have
_SHOWN: Final = 60  # characters of the text that a note quotes
MOST_NOTES: Final = 1_000

_WORDS: Final = {"true": True, "false": False, "null": None}
_FUNCTIONS: Final = ("function", "async", "class")
_ENDS: Final = frozenset({",", "}", "]", ")", ";"})


class Absent(Enum):
    """Stands for a value that is undefined, which JSON leaves out, or that only the running page knows."""

    UNDEFINED = "undefined"
    UNKNOWN = "unknown"
    EXPRESSION = "expression"  # internal to the reader: the literal is a part of an expression


class Note(NamedTuple):
    """A part of a text that was not read: its position and the reason."""

    position: Position
    reason: str


class Reader:
    """Reads values from a text in order; ``notes`` lists what it cannot read, ``unread`` counts it."""

    def __init__(self, text: str) -> None:
        self.tokens = Tokens(text)
        self.lines = Lines(text)
        self.notes: list[Note] = []
        self.unread = 0
        self._unclosed = False  # the last string was not closed: the end of its line ends the value

    def note(self, offset: int, reason: str) -> None:
        """Add a note about the text at ``offset``; beyond a thousand notes are only counted."""
        self.unread += 1
        if len(self.notes) < MOST_NOTES:
            self.notes.append(Note(self.lines.position(offset), reason))

    def document(self) -> Any:
        """Read the next literal, whatever follows it: a JSON value or Absent."""
        start = self.tokens.peek().start
        value = self._primary(0)
        if value is Absent.EXPRESSION:
            value = self._expression(start)
        return value

    def value(self, depth: int = 0) -> Any:
        """Read the next value up to the comma or bracket after it: a JSON value or Absent."""
        start = self.tokens.peek().start
        self._unclosed = False
        value = self._primary(depth)
        token = self.tokens.peek()
        if value is not Absent.EXPRESSION and token.text in ("as", "satisfies", "!"):
            self.tokens.skip_assertion()
            token = self.tokens.peek()
        ended = token.kind == "end" or token.text in _ENDS or self._unclosed
        if value is not Absent.EXPRESSION and ended:
            return value
        return self._expression(start)

    def arguments(self) -> list[Any]:
        """Read a call's arguments and its closing bracket; the opening bracket is consumed already."""
        return self._call(")")

    def items(self) -> list[Any]:
        """Read a queued call's array and its closing bracket; the opening bracket is consumed already."""
        return self._call("]")

    def _call(self, closing: Literal["]", ")"]) -> list[Any]:
        self.tokens.in_call, self.tokens.broken = True, False
        entries = self._entries(closing, 0)
        self.tokens.in_call = False
        return entries

    def _expression(self, start: int) -> Absent:
        """Skip the expression that begins at ``start``; UNDEFINED for a function, else UNKNOWN and a note."""
        text = self.tokens.text
        if self.tokens.skip_until((",", ";")) or text.startswith(_FUNCTIONS, start):
            return Absent.UNDEFINED
        code = _short(text[start : min(self.tokens.at, start + 4 * _SHOWN)].strip())
        broken = self.tokens.broken and f"a string is not closed in {code}"
        self.note(start, broken or f"only the page knows the value of {code}")
        return Absent.UNKNOWN

    def _primary(self, depth: int) -> Any:
        token = self.tokens.peek()
        if token.kind == "sign":
            return self._sign(token, depth)
        if token.kind == "word":
            return self._word(token)
        if token.kind == "end":
            self.note(token.start, "a value is missing at the end")
            return Absent.UNKNOWN
        self.tokens.consume()
        if token.kind == "string":
            return self._string(token)
        if token.kind == "number":
            return self._number(token, 1)
        if token.kind == "regex":
            return Absent.EXPRESSION
        text = self.tokens.template()
        if text is not None:
            if self.tokens.broken and self.tokens.at >= self.tokens.end:
                self.note(token.start, "the template that begins here is not closed")
            return unescaped(text.replace("\r\n", "\n"))
        self.tokens.skip_template()
        return Absent.EXPRESSION

    def _sign(self, token: Token, depth: int) -> Any:
        if token.text in ("{", "[", "("):
            if depth >= _DEEPEST:
                self.note(token.start, f"it nests more than {_DEEPEST} levels deep")
                self.tokens.skip_group()
                return Absent.UNKNOWN
            self.tokens.consume()
            if token.text == "{":
                return self._object(token, depth + 1)
            if token.text == "[":
                entries = self._entries("]", depth + 1)
                return [None if isinstance(entry, Absent) else entry for entry in entries]
            return self._group(depth + 1)
        if token.text in ("-", "+"):
            self.tokens.consume()
            operand, sign = self.tokens.peek(), -1 if token.text == "-" else 1
            if operand.kind == "number":
                return self._number(self.tokens.consume(), sign)
            return Absent.EXPRESSION if operand.text != "Infinity" else self._word(operand)
        if token.text == "!":  # minified code writes true as !0
            self.tokens.consume()
            operand = self.tokens.peek()
            if operand.text in ("0", "1"):
                return self.tokens.consume().text == "0"
        if token.text in _ENDS:
            self.note(token.start, f"a value is missing before {token.text}")
            return Absent.UNKNOWN
        return Absent.EXPRESSION

    def _group(self, depth: int) -> Any:
        """Read one value in round brackets; any other content is an expression."""
        if self.tokens.peek().text == ")":  # the parameters of an arrow function
            self.tokens.consume()
            return Absent.EXPRESSION
        notes, unread = len(self.notes), self.unread
        value = self.value(depth)
        while self.tokens.consume_if(","):
            value = Absent.EXPRESSION
            self.tokens.skip_until((",",))
        self.tokens.consume_if(")")
        if self.tokens.peek().text == "=>" or value is Absent.EXPRESSION:
            del self.notes[notes:]
            self.unread = unread
            return Absent.EXPRESSION
        return value

    def _word(self, token: Token) -> Any:
        self.tokens.consume()
        if token.text in _WORDS:
            return _WORDS[token.text]
        if token.text == "undefined":
            return Absent.UNDEFINED
        if token.text in ("NaN", "Infinity"):
            self.note(token.start, f"{token.text} cannot be sent: JSON makes null of it")
            return None
        if token.text == "void" and self.tokens.peek().kind == "number":
            self.tokens.consume()
            return Absent.UNDEFINED
        return Absent.EXPRESSION

    def _object(self, opening: Token, depth: int) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not self.tokens.consume_if("}"):
            token = self.tokens.peek()
            if token.kind == "end" and self.tokens.broken:  # the unclosed string has a note already
                break
            if token.kind == "end" or token.text in (")", "]", ";"):
                begin = self.lines.position(opening.start)
                self.note(
                    token.start,
                    f"the object that begins in line {begin.line}, column {begin.column} is not closed",
                )
                break
            if self.tokens.consume_if(","):
                continue
            self._member(entries, depth)
        return entries

    def _member(self, entries: dict[str, Any], depth: int) -> None:
        """Read one property of an object into ``entries``."""
        token = self.tokens.consume()
        key = self._key(token, depth)
        if key is None:
            self.tokens.skip_until((",",))
        elif self.tokens.consume_if(":"):
            value = self.value(depth)
            if not isinstance(value, Absent):
                entries[key] = value
        elif self.tokens.peek().text == "(":  # a method, which JSON leaves out
            self.tokens.skip_until((",",))
        elif token.kind == "word" and (self.tokens.peek().text in _ENDS or self.tokens.peek().kind == "end"):
            if key != "undefined":
                self.note(token.start, f"only the page knows the value of {_short(key)}")
        else:
            self.note(self.tokens.peek().start, f"a colon is missing behind {_short(key)}")
            self.tokens.skip_until((",",))

    def _key(self, token: Token, depth: int) -> str | None:
        """The name of a property that begins with ``token``; None, with a note, where it is unknown."""
        if token.kind == "string":
            return self._string(token)
        if token.kind == "number":
            return as_key(self._number(token, 1))
        if token.kind == "word":
            follows = self.tokens.peek()
            if token.text in ("get", "set", "async") and follows.kind in ("word", "string"):
                self.note(token.start, f"only the page knows the value of {_short(follows.text)}")
                return None
            return token.text
        if token.text == "[":
            (name, *more) = self._entries("]", depth) or [Absent.UNKNOWN]
            if not more and isinstance(name, str):
                return name
            self.note(token.start, "only the page knows this property's name")
            return None
        spread = token.text == "..."
        no_name = f"{_short(token.text)} is not a property's name"
        self.note(token.start, "only the page knows what is spread here" if spread else no_name)
        return None

    def _entries(self, closing: Literal["]", ")"], depth: int) -> list[Any]:
        """Read the values up to the closing bracket, and the bracket."""
        entries: list[Any] = []
        while not self.tokens.consume_if(closing):
            token = self.tokens.peek()
            if token.kind == "end" or token.text in ("}", "]", ")", ";"):
                if token.kind != "end" or not self.tokens.broken:
                    self.note(token.start, f"a {closing} is missing here")
                break
            if token.text == ",":  # a hole
                entries.append(None)
            elif token.text == "...":
                self.note(token.start, "only the page knows what is spread here")
                self.tokens.skip_until((",",))
            else:
                entries.append(self.value(depth))
            self.tokens.consume_if(",")
        return entries

    def _string(self, token: Token) -> str:
        text = token.text[1:]
        if is_closed(token.text):
            return unescaped(text[:-1])
        self._unclosed = True
        self.note(token.start, "the string that begins here is not closed in its line")
        return unescaped(text.removesuffix("\\"))

    def _number(self, token: Token, sign: int) -> Any:
        text = token.text.replace("_", "")
        if text.endswith("n"):
            self.note(token.start, f"{_short(token.text)} cannot be sent: the client throws at a BigInt")
            return Absent.UNKNOWN
        number = as_json_number(text, sign)
        if number is None:
            self.note(token.start, f"{_short(token.text)} is infinite: JSON makes null of it")
        return number


def _short(code: str) -> str:
    """The code on one line, shortened to 60 characters."""
    line = " ".join(code[: _SHOWN * 4].split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
