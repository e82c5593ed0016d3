"""Finds the code in a text: scripts and attributes of markup, fenced blocks, or all of it. Pure."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from events.imports.javascript.script_elements import Scripts, scripts_of

_FENCE: Final = re.compile(r"^[^\S\n]*+(?:```|~~~)[^\n]*+$", re.MULTILINE)
#: An attribute with code: of HTML, Vue, Angular, Alpine, Svelte and JSX.
_ATTRIBUTE: Final = re.compile(
    r"""(?<=[\s"'/])(?:on[\w:.|-]{1,60}|@[\w:.|-]{1,60}|v-on:[\w:.|-]{1,60}|x-on:[\w:.|-]{1,60}|x-init|x-effect
    |\([\w.-]{1,60}\)|data-[\w-]{1,60}|:[\w-]{1,60})\s{0,9}=\s{0,9}(?P<open>["'{])""",
    re.VERBOSE,
)
_ENTITY: Final = re.compile(r"&(?:quot|\#34|\#x22|apos|\#39|\#x27|amp|lt|gt);|\\[\"']", re.IGNORECASE)
#: A string of code whose first quote is escaped.
_ESCAPED: Final = re.compile(r"[:({,\[]\s{0,20}\\[\"']")
_CHARACTERS: Final = {
    "quot": '"',
    "#34": '"',
    "#x22": '"',
    "apos": "'",
    "#39": "'",
    "#x27": "'",
    "amp": "&",
    "lt": "<",
    "gt": ">",
}
_LONGEST: Final = 20_000  # characters of an attribute
_BRACE: Final = re.compile(r"""[{}]|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""", re.DOTALL)


class Region(NamedTuple):
    """A piece of code with its offset in the text. ``payloads``: it may begin with payloads instead."""

    start: int
    text: str
    filled: str
    payloads: bool = False


class Regions(NamedTuple):
    """The pieces of code in a text, in order, and the offsets of calls that stand in no code."""

    code: list[Region]
    outside: list[int]


def regions_of(text: str, filled: str) -> Regions:
    """The pieces of code in ``text``; ``filled`` has identifiers in place of templates' holes."""
    found = Regions([], [])
    for start, end in _fenced(text):
        inside = _regions(text[start:end], filled[start:end])
        found.code.extend(region._replace(start=region.start + start) for region in inside.code)
        found.outside.extend(call + start for call in inside.outside)
    return found


def _regions(text: str, filled: str) -> Regions:
    """The pieces of code in a text without fences."""
    scripts = scripts_of(filled)
    if scripts is None:
        return Regions([Region(0, text, filled, payloads=True)], [])
    found = [_unescaped(Region(start, text[start:end], filled[start:end])) for start, end in scripts.code]
    return _with_attributes(text, filled, scripts, found)


def _fenced(text: str) -> Iterator[tuple[int, int]]:
    """The ranges between the fences of Markdown; the whole text where there are none."""
    at = 0
    for fence in _FENCE.finditer(text):
        if text[at : fence.start()].strip():
            yield at, fence.start()
        at = fence.end()
    if at == 0 or text[at:].strip():
        yield at, len(text)


def unquoted(start: int, text: str, filled: str) -> Regions:
    """The pieces of code in the content of a string literal at the offset ``start``."""
    whole = _unescaped(Region(start, text, filled))
    inside = _regions(whole.text, whole.filled)
    return Regions(
        [region._replace(start=region.start + start, payloads=False) for region in inside.code], []
    )


def _unescaped(region: Region) -> Region:
    """The code of a script inside a string of another language, whose quotes are escaped."""
    if not _ESCAPED.search(region.filled):
        return region
    return region._replace(text=_decoded(region.text), filled=_decoded(region.filled))


def _with_attributes(text: str, filled: str, scripts: Scripts, found: list[Region]) -> Regions:
    """The scripts with the code of attributes around the calls ``outside`` of scripts."""
    left: list[int] = []
    done = 0
    for call in scripts.outside:
        if call < done:
            continue
        region = None if scripts.is_data(call) else _attribute(text, filled, call)
        if region is None:
            left.append(call)
        else:
            found.append(region)
            done = region.start + len(region.text)
    return Regions(sorted(found), left)


def _attribute(text: str, filled: str, call: int) -> Region | None:
    """The value of the attribute around the offset ``call``; None where it stands in none."""
    before = max(call - _LONGEST // 10, 0)
    last = None
    for match in _ATTRIBUTE.finditer(filled, before, call):
        last = match
    if last is None:
        return None
    start, opening = last.end(), last["open"]
    end = _brace_end(filled, start) if opening == "{" else filled.find(opening, start, start + _LONGEST)
    if not start <= call < end:
        return None
    code, decoded = text[start:end], filled[start:end]
    if opening != "{" and ("&" in decoded or _ESCAPED.search(decoded)):
        code, decoded = _decoded(code), _decoded(decoded)
    return Region(start, code, decoded)


def _brace_end(text: str, start: int) -> int:
    """The offset of the brace that closes the one before ``start``; -1 where none does."""
    depth = 1
    for match in _BRACE.finditer(text, start, min(start + _LONGEST, len(text))):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if not depth:
            return match.start()
    return -1


def _decoded(text: str) -> str:
    """The text with entities as characters, and blanks: before a string's first quote, else behind."""
    opened = False

    def character(match: re.Match[str]) -> str:
        nonlocal opened
        sign = _CHARACTERS[match[0][1:-1].lower()] if match[0][0] == "&" else match[0][1]
        blanks = " " * (len(match[0]) - 1)
        if sign not in ("'", '"'):
            return sign + blanks
        opened = not opened
        return blanks + sign if opened else sign + blanks

    return _ENTITY.sub(character, text)
