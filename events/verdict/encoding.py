"""Finds damaged text (HTML entities, UTF-8 read as Latin-1, JSON as text), and invisible characters. Pure."""

import html
import json
import re
import unicodedata
from typing import Final

from ftfy import fix_encoding
from ftfy.badness import is_bad

from events.verdict.faults import Fault
from events.verdict.places import Place

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
#: Every character that is a control, or that shows nothing: format characters and blanks of no width.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffd\U000e0000-\U000e007f]"
)
_LINES: Final = "\t\n\r"
_JOINERS: Final = "\u200c\u200d"
_MARKS: Final = "\u200e\u200f\u061c"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_BLACK_FLAG: Final = "\U0001f3f4"
_TAGS: Final = range(0xE0020, 0xE0080)
#: Scripts whose letters join or not by choice of the writer: Arabic to Thaana, Indic ones to Myanmar, Khmer,
#: Mongolian.
_JOINING = re.compile("[\u0600-\u0dff\u0e80-\u109f\u1780-\u18af\u1a20-\u1cff\ua8e0-\ua8ff\uaa00-\uabff]")
#: Characters of names that have none of their own in Python's table.
_NAMES: Final = {"\t": "tab", "\n": "line feed", "\r": "carriage return", "\0": "null"}
_REPAIRED: Final = 200  # characters of a damaged text that are repaired to show what was meant
_LONGEST_JSON: Final = 100_000

_ENTITIES: Final = Fault("info", "bad_encoding", "the characters themselves", "entity")
_DAMAGED: Final = Fault("info", "bad_encoding", "text in UTF-8", "utf8")
_JSON: Final = Fault("info", "bad_encoding", "an object or array, not its JSON text", "json")


def encoding_fault(text: str, place: Place) -> Fault | None:
    """``bad_encoding`` for a text that was encoded or decoded wrongly, or holds what cannot be seen."""
    if "&" in text and holds_entity(text):
        return _ENTITIES
    if not text.isascii() and is_damaged(text):
        return _DAMAGED
    unseen = _unseen_at_end(text)
    if unseen is None and not (text.isascii() and text.isprintable()):
        unseen = _unseen_inside(text, lines=place.lines)
    if unseen is not None:
        return unseen
    return _JSON if place.json and is_json(text) else None


def holds_entity(text: str) -> bool:
    """Whether ``text`` holds an HTML entity, such as ``&eacute;`` or ``&#39;``."""
    return any(html.unescape(match[0]) != match[0] for match in _ENTITY.finditer(text))


def is_damaged(text: str) -> bool:
    """Whether UTF-8 was read as Latin-1 or the like, or characters were lost."""
    return "\N{REPLACEMENT CHARACTER}" in text or is_bad(text)


def repaired(text: str) -> str:
    """The text that was meant by a damaged one; "" where nobody can tell."""
    head = text[:_REPAIRED]
    fixed = fix_encoding(head)
    return "" if fixed == head or "\N{REPLACEMENT CHARACTER}" in fixed else fixed


def code_point(character: str) -> str:
    """``U+200B (zero width space)``."""
    name = _NAMES.get(character) or unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X} ({name})" if name else f"U+{ord(character):04X}"


def is_json(text: str) -> bool:
    """Whether ``text`` is the JSON of an object or of an array."""
    bare = text.strip()
    if len(bare) > _LONGEST_JSON or bare[:1] + bare[-1:] not in ("{}", "[]"):
        return False
    try:
        return isinstance(json.loads(bare), dict | list)
    except (ValueError, RecursionError):
        return False


def _unseen_at_end(text: str) -> Fault | None:
    """The fault of a blank at the start or the end."""
    stripped = text.strip()
    if stripped == text or not stripped:
        return None
    leads = text[0] != stripped[0]
    character = text[0] if leads else text[-1]
    return _unseen(character, "leading" if leads else "trailing")


def _unseen_inside(text: str, *, lines: bool) -> Fault | None:
    right_to_left: bool | None = None
    for match in _UNSEEN.finditer(text):
        character = match[0]
        if lines and character in _LINES:
            continue
        if character in _MARKS and right_to_left is None:
            right_to_left = _RIGHT_TO_LEFT.search(text) is not None
        belongs = right_to_left if character in _MARKS else _joins(text, match.start())
        if not belongs:
            return _unseen(character, "unseen")
    return None


def _unseen(character: str, why: str) -> Fault:
    return Fault("info", "bad_encoding", f"without {code_point(character)}", why)


def _joins(text: str, at: int) -> bool:
    """Whether the unseen character at ``at`` has work to do: in emoji, and in scripts that need it."""
    character, before, after = text[at], text[max(0, at - 1) : at], text[at + 1 : at + 2]
    if character in _JOINERS:
        joins = _JOINING.search(before) is not None
        return joins or (character == "\u200d" and _is_emoji(before) and _is_emoji(after))
    return ord(character) in _TAGS and _BLACK_FLAG in text[max(0, at - 8) : at]


def _is_emoji(text: str) -> bool:
    """Whether the character is an emoji, its selector or its skin tone."""
    return bool(text) and (unicodedata.category(text) in ("So", "Sk") or text in "\ufe0f\u20e3")
