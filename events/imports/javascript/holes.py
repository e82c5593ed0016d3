"""Finds the holes of template languages in code, which the server fills in before a browser reads it. Pure.

``{{ x }}`` (Twig, Liquid, Handlebars, Jinja), ``{% … %}``, ``<?= $x ?>`` and ``<?php … ?>``, ``<%= x %>``
(ERB, EJS, JSP, ASP), ``@Model.X`` (Razor), and ``${x}`` of JSP where it stands in place of a value. Each hole
becomes an identifier, or blanks where it is a statement, of the same length, so that a parser reads the code
around it and all offsets stay. The time is linear: a search for an end that does not occur is made once.
"""

import re
from bisect import bisect_left, bisect_right
from typing import Final, NamedTuple

_OPENING: Final = re.compile(
    r"""\{\{|\{%|\{\#|\{!!|<%|<\?(?:php\b|=|\s)
    |(?<![\w.@/])@(?:\(|(?:Model|ViewBag|ViewData|TempData|Html|Json|JsonConvert|JsonSerializer|Context|Request|User|Url)\b)
    |(?<=[:=+,(])[ \t]{0,40}(?:\$\{|@(?=[A-Za-z_(]))""",
    re.VERBOSE,
)
_CLOSING: Final = {"{{": "}}", "{%": "%}", "{#": "#}", "{!": "!!}", "<%": "%>", "<?": "?>", "${": "}"}
#: The rest of a Razor expression: members, indexes, arguments.
_RAZOR: Final = re.compile(
    r"@(?:\((?:[^()\n]|\([^()\n]{0,200}\)){0,300}\)|[A-Za-z_]\w{0,60})"
    r"(?:\??\.[A-Za-z_]\w{0,60}|\((?:[^()\n]|\((?:[^()\n]|\([^()\n]{0,100}\)){0,200}\)){0,300}\)|\[[^\]\n]{0,100}\])*"
)
_LONGEST: Final = 2_000  # characters of a hole; a longer one is no hole
_VALUE_BEFORE: Final = frozenset(":=+?([")  # characters after which a statement stands for a value
_PRINTS: Final = re.compile(r"<\?=|<\?(?:php)?\s{0,20}(?:echo|print)\b|<%[=-]|<%:")
_WORD: Final = re.compile(r"(?:\{[{%#]|<\?(?:php)?|<%)[-~\s]{0,20}([#/^@]?\s?\w{1,40}|\})")
_BLOCKS: Final = re.compile(r"[#^]\s?(?!each)\w+|if|unless|case|switch|ifchanged|ifequal|block|with")
_LOOPS: Final = re.compile(r"#?\s?(?:for|foreach|each|while)\b")
_OBJECT: Final = re.compile(r"\{\{\s{0,40}(?:[A-Za-z_$][\w$]{0,60}|'[^'\n]{0,60}'|\"[^\"\n]{0,60}\")\s{0,9}:")
_OWN_CALL: Final = re.compile(r"\bcact\b|<script\b", re.IGNORECASE)


class Hole(NamedTuple):
    """A hole and its range. ``value``: it stands for a value, else it is a statement.

    ``depth``: how the statement changes the nesting of conditions. ``loop``: it repeats what follows.
    """

    start: int
    end: int
    value: bool
    depth: int = 0
    loop: bool = False


class Holes:
    """The holes of a text, in order, and ``filled``: the text with identifiers and blanks in their places."""

    def __init__(self, text: str) -> None:
        self.found = list(_holes(text))
        self.filled = _filled(text, self.found)
        self._starts = [hole.start for hole in self.found]
        self._depths = [0]
        for hole in self.found:
            self._depths.append(max(self._depths[-1] + hole.depth, 0))

    def inside(self, start: int, end: int) -> list[Hole]:
        """The holes that begin in the range."""
        return self.found[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def depth(self, offset: int) -> int:
        """The number of conditions around ``offset``."""
        return self._depths[bisect_right(self._starts, offset)]


def _holes(text: str) -> "list[Hole]":
    found: list[Hole] = []
    absent: set[str] = set()  # ends that do not occur any more
    at = 0
    while match := _OPENING.search(text, at):
        sign = match[0].lstrip()[:2]
        start = match.end() - len(match[0].lstrip())
        at = match.end()
        if sign[0] == "@":
            razor = _RAZOR.match(text, start)
            if razor and razor.end() > start + 1:
                found.append(Hole(start, razor.end(), True))
                at = razor.end()
            continue
        closing = _CLOSING[sign]
        end = -1 if closing in absent else text.find(closing, at)
        if end < 0:
            absent.add(closing)
            continue
        if sign == "{{" and text.startswith("}", end + 2) and text.startswith("{{{", start):
            end += 1
        end += len(closing)
        if not _is_hole(text, start, end, sign):
            continue
        found.append(_hole(text, start, end, sign))
        at = end
    return found


def _is_hole(text: str, start: int, end: int, sign: str) -> bool:
    """False for code that looks like a hole: an object in JSX, and for what holds calls of ``cact``."""
    if end - start > _LONGEST or _OWN_CALL.search(text, start, end):
        return False
    if sign == "${":  # between two backticks it is JavaScript's own
        return text.count("`", text.rfind("\n", 0, start) + 1, start) % 2 == 0
    if sign == "{{":
        return (
            not _OBJECT.match(text, start)
            and text[start - 1 : start] != ")"
            and "{{" not in text[start + 3 : end]
        )
    return not (sign == "{#" and "\n" in text[start:end])


def _hole(text: str, start: int, end: int, sign: str) -> Hole:
    word = _WORD.match(text, start)
    name = word[1] if word else ""
    if sign in ("${", "{!") or _PRINTS.match(text, start) or (sign == "{{" and not _is_statement(name)):
        return Hole(start, end, True)
    if sign == "{#":
        return Hole(start, end, False)
    if name.startswith(("end", "/", "}")):
        closes = not re.match(r"(?:end|/)\s?(?:for|foreach|each|while)", name)
        opens_again = sign in ("<?", "<%") and text[start:end].rstrip("?%> \t\n").endswith(("{", ":"))
        return Hole(start, end, False, -1 if closes and not opens_again else 0)
    if _LOOPS.match(name):
        return Hole(start, end, False, loop=True)
    if _BLOCKS.match(name):
        return Hole(start, end, False, 1)
    if name.startswith(("else", "elif", "elseif", "elsif", "when")) or sign in ("<?", "<%"):
        return Hole(start, end, False)
    before = text[max(start - 40, 0) : start].rstrip()[-1:]
    return Hole(start, end, before in _VALUE_BEFORE)


def _is_statement(name: str) -> bool:
    return name.startswith(("#", "/", "^")) or name in ("else", "end", "if", "range", "with")


def _filled(text: str, holes: list[Hole]) -> str:
    parts: list[str] = []
    at = 0
    for hole in holes:
        length = hole.end - hole.start
        inside = text[hole.start : hole.end]
        lines = "\n" in inside and not hole.value
        blank = "".join("\n" if character == "\n" else " " for character in inside) if lines else " " * length
        parts += [text[at : hole.start], "_" * length if hole.value else blank]
        at = hole.end
    return "".join([*parts, text[at:]])
