"""JavaScript literals, as people write them into their pages -> what JSON would make of them. Pure.

What cannot be known without running the page (variables, calls, arithmetic) is noted with its place and left
out; the rest is kept. Nothing is ever evaluated. The time is linear in the text, the depth bounded.
"""

from enum import Enum
from typing import Any, Final, Literal, NamedTuple

from events.imports.javascript.lexer import Lines, Place, Token, Tokens, is_closed
from events.imports.javascript.scalars import as_json_number, as_key, unescaped

_DEEPEST: Final = 100  # levels of nesting that are read; the rest of the way judges what is too deep
_SHOWN: Final = 60  # characters of the text that a note repeats
MOST_NOTES: Final = 1_000

_WORDS: Final = {"true": True, "false": False, "null": None}
_FUNCTIONS: Final = ("function", "async", "class")
_ENDS: Final = frozenset({",", "}", "]", ")", ";"})


class Absent(Enum):
    """What stands for a value that there is not: left out by JSON too, or not to be known from the text."""

    UNDEFINED = "undefined"
    UNKNOWN = "unknown"
    EXPRESSION = "expression"  # inside the reader alone: there is more to it than a literal


class Note(NamedTuple):
    """Something that was not read, where it stands, and why."""

    place: Place
    reason: str


class Reader:
    """Reads values from a text, one after the other, and notes what it cannot read."""

    def __init__(self, text: str) -> None:
        self.tokens = Tokens(text)
        self.lines = Lines(text)
        self.notes: list[Note] = []
        self.unread = 0
        self._unclosed = False  # the string read last: its line's end ends the value, too

    def note(self, position: int, reason: str) -> None:
        """Keep a note about what stands at ``position``; beyond a thousand they are only counted."""
        self.unread += 1
        if len(self.notes) < MOST_NOTES:
            self.notes.append(Note(self.lines.place(position), reason))

    def document(self) -> Any:
        """The literal that comes next, whatever follows it. Gives a JSON value or Absent."""
        start = self.tokens.peek().start
        value = self._primary(0)
        if value is Absent.EXPRESSION:
            value = self._expression(start)
        return value

    def value(self, depth: int = 0) -> Any:
        """The value that comes next, up to the comma or bracket behind it. Gives a JSON value or Absent."""
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
        """The arguments of a call, its opening bracket just taken; on behind the closing one."""
        return self._call(")")

    def items(self) -> list[Any]:
        """The entries of an array that is a call in the queue, its opening bracket just taken."""
        return self._call("]")

    def _call(self, closing: Literal["]", ")"]) -> list[Any]:
        self.tokens.in_call, self.tokens.broken = True, False
        entries = self._entries(closing, 0)
        self.tokens.in_call = False
        return entries

    def _expression(self, start: int) -> Absent:
        """On behind an expression that began at ``start``; a function is what JSON leaves out, too."""
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
        self.tokens.take()
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
            self.tokens.take()
            if token.text == "{":
                return self._object(token, depth + 1)
            if token.text == "[":
                entries = self._entries("]", depth + 1)
                return [None if isinstance(entry, Absent) else entry for entry in entries]
            return self._group(depth + 1)
        if token.text in ("-", "+"):
            self.tokens.take()
            operand, sign = self.tokens.peek(), -1 if token.text == "-" else 1
            if operand.kind == "number":
                return self._number(self.tokens.take(), sign)
            return Absent.EXPRESSION if operand.text != "Infinity" else self._word(operand)
        if token.text == "!":  # minified code writes true as !0
            self.tokens.take()
            operand = self.tokens.peek()
            if operand.text in ("0", "1"):
                return self.tokens.take().text == "0"
        if token.text in _ENDS:
            self.note(token.start, f"a value is missing before {token.text}")
            return Absent.UNKNOWN
        return Absent.EXPRESSION

    def _group(self, depth: int) -> Any:
        """A value in round brackets; anything else in them is an expression."""
        if self.tokens.peek().text == ")":  # the parameters of an arrow function
            self.tokens.take()
            return Absent.EXPRESSION
        notes, unread = len(self.notes), self.unread
        value = self.value(depth)
        while self.tokens.take_if(","):
            value = Absent.EXPRESSION
            self.tokens.skip_until((",",))
        self.tokens.take_if(")")
        if self.tokens.peek().text == "=>" or value is Absent.EXPRESSION:
            del self.notes[notes:]
            self.unread = unread
            return Absent.EXPRESSION
        return value

    def _word(self, token: Token) -> Any:
        self.tokens.take()
        if token.text in _WORDS:
            return _WORDS[token.text]
        if token.text == "undefined":
            return Absent.UNDEFINED
        if token.text in ("NaN", "Infinity"):
            self.note(token.start, f"{token.text} cannot be sent: JSON makes null of it")
            return None
        if token.text == "void" and self.tokens.peek().kind == "number":
            self.tokens.take()
            return Absent.UNDEFINED
        return Absent.EXPRESSION

    def _object(self, opening: Token, depth: int) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not self.tokens.take_if("}"):
            token = self.tokens.peek()
            if token.kind == "end" and self.tokens.broken:  # its string has been noted
                break
            if token.kind == "end" or token.text in (")", "]", ";"):
                where = self.lines.place(opening.start)
                self.note(
                    token.start,
                    f"the object that begins in line {where.line}, column {where.column} is not closed",
                )
                break
            if self.tokens.take_if(","):
                continue
            self._member(entries, depth)
        return entries

    def _member(self, entries: dict[str, Any], depth: int) -> None:
        """One property of an object, into ``entries``."""
        token = self.tokens.take()
        key = self._key(token, depth)
        if key is None:
            self.tokens.skip_until((",",))
        elif self.tokens.take_if(":"):
            value = self.value(depth)
            if not isinstance(value, Absent):
                entries[key] = value
        elif self.tokens.peek().text == "(":  # a method: JSON leaves it out
            self.tokens.skip_until((",",))
        elif token.kind == "word" and (self.tokens.peek().text in _ENDS or self.tokens.peek().kind == "end"):
            if key != "undefined":
                self.note(token.start, f"only the page knows the value of {_short(key)}")
        else:
            self.note(self.tokens.peek().start, f"a colon is missing behind {_short(key)}")
            self.tokens.skip_until((",",))

    def _key(self, token: Token, depth: int) -> str | None:
        """A property's name; None where it has none that can be known, which is noted."""
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
        """Values up to the closing bracket, and on behind it."""
        entries: list[Any] = []
        while not self.tokens.take_if(closing):
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
            self.tokens.take_if(",")
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
    """Some code on one line, not much of it."""
    line = " ".join(code[: _SHOWN * 4].split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
