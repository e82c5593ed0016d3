"""Splits command lines of a Unix shell and of Windows' cmd into words. Pure.

Browsers copy a request for either of the two. Nothing is executed, and no variable is expanded.
"""

import re
from typing import Final

from events.imports.javascript.scalars import whole_characters

#: The line in which a command begins, from 1, and its words.
Words = tuple[int, list[str]]


class ExpandedWord(str):
    """A word with a variable or a command substitution, whose value only the shell knows."""


#: The first match tells the dialect: cmd escapes with a caret, a Unix shell quotes with ' or ends with \.
_DIALECT: Final = re.compile(r"""(?P<cmd>\^(?:"|[^\S\n]*+(?:\n|\Z))|"\{"")|(?<=\s)\$?'|\\\r?\n""")

#: A piece of a Unix command: a part of a word or a separator. An unclosed quote extends to the end.
_UNIX: Final = re.compile(
    r"""(?P<ansi>\$'(?:[^'\\]++|\\.)*+(?:'|\Z))|(?P<single>'[^']*+(?:'|\Z))|(?P<double>"(?:[^"\\]++|\\.)*+(?:"|\Z))
    |(?P<joined>[\\`]\r?\n)|(?P<escaped>\\.)|(?P<comment>(?<![^\s;|&])\#[^\n]*+)
    |(?P<redirected>(?<![^\s;|&])\d?[<>]++(?:&\d|[^\S\n]*+[^\s'"\\;|&$]++)?+)
    |(?P<end>[\n;|&]++)|(?P<space>[^\S\n]++)|(?P<plain>[^\s'"\\;|&$`]++|.)""",
    re.DOTALL | re.VERBOSE,
)
_BETWEEN: Final = ("space", "end", "joined", "comment", "redirected")
_EXPANDED: Final = re.compile(r"(?:[^\\$`]++|\\.|\$(?![\w{(]))*+[$`]", re.DOTALL)
_IN_DOUBLE: Final = re.compile(r"\\(?:([\"\\$`])|\n)")
_IN_ANSI: Final = re.compile(
    r"\\(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL
)
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}

#: A piece of a text for cmd, whose syntax has double quotes and the caret.
_CMD: Final = re.compile(
    r"""(?P<joined>\^[^\S\n]*+\n(?P<newline>[^\S\n]*+\n)?+)|(?P<escaped>\^.)|(?P<quote>")
    |(?P<end>&(?=[^\S\n]*+(?:\n|\Z|curl))|\n)|(?P<plain>[^\^"&\n]++|.)""",
    re.DOTALL | re.VERBOSE,
)
#: A piece of the arguments that cmd passes on as one text: the program itself splits them into words.
_ARGUMENT: Final = re.compile(r'(?P<slashes>\\++)(?P<quote>"?)|(?P<quotes>""?)|(?P<space>\s++)|[^\s"\\]++')


def read_words(text: str) -> list[Words]:
    """The commands in ``text``, in order, without comments and redirections."""
    first = _DIALECT.search(text)
    if first and first["cmd"]:
        return [(line, words) for line, command in _cmd_lines(text) if (words := _arguments(command))]
    return _unix_words(text)


def _unix_words(text: str) -> list[Words]:
    commands: list[Words] = []
    words: list[str] = []
    word: list[str] | None = None
    expanded = False
    line = first = 1
    for match in _UNIX.finditer(text):
        kind, piece = match.lastgroup or "", match[0]
        if kind in _BETWEEN:
            if word is not None:
                words.append(_joined(word, expanded=expanded))
                word, expanded = None, False
            if kind == "end" and words:
                commands.append((first, words))
                words = []
        else:
            if word is None and not words:
                first = line
            word = word or []
            word.append(_unix_plain(kind, piece))
            expanded |= kind == "double" and _EXPANDED.match(piece) is not None
        line += piece.count("\n")
    if word is not None:
        words.append(_joined(word, expanded=expanded))
    return commands + ([(first, words)] if words else [])


def _joined(word: list[str], *, expanded: bool) -> str:
    return ExpandedWord("".join(word)) if expanded else "".join(word)


def _unix_plain(kind: str, piece: str) -> str:
    if kind == "single":
        return piece[1:].removesuffix("'")
    if kind == "double":
        return _IN_DOUBLE.sub(r"\1", piece[1:].removesuffix('"'))
    if kind == "ansi":
        return whole_characters(_IN_ANSI.sub(_decoded_escape, piece[2:].removesuffix("'")))
    return piece[1:] if kind == "escaped" else piece


def _decoded_escape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if not code:
        return _CONTROLS.get(match[4], match[4])
    return chr(int(code, 16)) if int(code, 16) < 0x110000 else "\N{REPLACEMENT CHARACTER}"


def _cmd_lines(text: str) -> list[tuple[int, str]]:
    """Each command with its first line's number, without the carets, which cmd removes."""
    commands: list[tuple[int, str]] = []
    pieces: list[str] = []
    quoted = False
    line = first = 1
    for match in _CMD.finditer(text):
        kind, piece = match.lastgroup, match[0]
        line += piece.count("\n")
        if kind == "end" and (piece == "\n" or not quoted):
            commands.append((first, "".join(pieces)))
            pieces, quoted, first = [], False, line
        elif kind == "joined":
            pieces.append("\n" if match["newline"] else "")
        elif kind == "escaped" and not quoted:
            pieces.append(piece[1:])
        else:
            quoted ^= piece in ('"', '^"')
            pieces.append(piece)
    return [*commands, (first, "".join(pieces))]


def _arguments(command: str) -> list[str]:
    r"""Split a command by the rules of Windows' programs: ``\"``, and ``""`` inside quotes, is a quote."""
    words: list[str] = []
    word: list[str] | None = None
    quoted = False
    for match in _ARGUMENT.finditer(command):
        if match["space"] and not quoted:
            words += [] if word is None else ["".join(word)]
            word = None
            continue
        word = word or []
        if match["slashes"] and match["quote"]:
            slashes = len(match["slashes"])
            word.append("\\" * (slashes // 2) + '"' * (slashes % 2))
            quoted ^= slashes % 2 == 0
        elif match["quotes"]:
            word.append('"' if quoted and match["quotes"] == '""' else "")
            quoted ^= match["quotes"] == '"'
        else:
            word.append(match[0])
    return words + ([] if word is None else ["".join(word)])
