"""curl commands, as people write them and as browsers copy them -> addresses and bodies. Pure."""

import re
from typing import Final

#: One word of a shell: quoted pieces and plain ones, together. What is not closed goes to the end.
_WORD: Final = re.compile(
    r"""(?P<ansi>\$'(?:[^'\\]++|\\.)*+(?:'|\Z))|(?P<single>'[^']*+(?:'|\Z))|(?P<double>"(?:[^"\\]++|\\.)*+(?:"|\Z))
    |(?P<joined>\\\r?\n)|(?P<escaped>\\.)|(?P<end>[\n;|&]++)|(?P<space>[^\S\n]++)|(?P<plain>[^\s'"\\;|&$]++|.)""",
    re.DOTALL | re.VERBOSE,
)
_IN_DOUBLE: Final = re.compile(r"\\([\"\\$`\n])")
_IN_ANSI: Final = re.compile(r"\\(?:u([0-9a-fA-F]{1,4})|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r"}
_DATA: Final = ("-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json")
#: Options that a value follows which is no address.
_WITH_VALUE: Final = frozenset(
    {
        *("-H", "--header", "-A", "--user-agent", "-e", "--referer", "-b", "--cookie", "-u", "--user"),
        *("-X", "--request", "-o", "--output", "-x", "--proxy", "-m", "--max-time"),
    }
)


def read_commands(text: str) -> list[tuple[int, str, str]]:
    """The requests in ``text`` as (line, address, body); a body that lies in a file (``@…``) is none."""
    requests = [(line, *_request(words)) for line, words in _commands(text)]
    return [(line, address, body) for line, address, body in requests if address or body]


def _commands(text: str) -> list[tuple[int, list[str]]]:
    commands: list[tuple[int, list[str]]] = []
    words: list[str] = []
    word: str | None = None
    line = first = 1
    for match in _WORD.finditer(text):
        kind, piece = match.lastgroup or "", match[0]
        if kind in ("space", "end", "joined"):
            if word is not None:
                words.append(word)
                word = None
            if kind == "end" and words:
                commands.append((first, words))
                words = []
        else:
            if word is None and not words:
                first = line
            word = (word or "") + _plain(kind, piece)
        line += piece.count("\n")
    words += [] if word is None else [word]
    return commands + ([(first, words)] if words else [])


def _plain(kind: str, piece: str) -> str:
    if kind == "single":
        return piece[1:].removesuffix("'")
    if kind == "double":
        return _IN_DOUBLE.sub(r"\1", piece[1:].removesuffix('"'))
    if kind == "ansi":
        return _IN_ANSI.sub(_meant, piece[2:].removesuffix("'"))
    return piece[1:] if kind == "escaped" else piece


def _meant(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _CONTROLS.get(match[3], match[3])


def _request(words: list[str]) -> tuple[str, str]:
    address, data = "", []
    rest = iter(words)
    if next(rest, "").removeprefix("$").removesuffix(".exe") not in ("curl", ""):
        return "", ""
    for word in rest:
        option, equals, value = word.partition("=")
        if word in _DATA or (equals and option in _DATA and option.startswith("--")):
            given = value if equals and word not in _DATA else next(rest, "")
            data += [] if given.startswith("@") else [given]
        elif word.startswith("-d") and not word.startswith("--") and len(word) > 2:
            data.append(word[2:])
        elif word in _WITH_VALUE:
            next(rest, "")
        elif word == "--url":
            address = next(rest, "")
        elif not word.startswith("-") and word not in ("curl", "$"):
            address = address or word
    return address, "&".join(data)
