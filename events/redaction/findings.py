"""Rewrites the findings of a masked event: masks replace the values that findings quote. Pure."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import orjson

from events import reference
from events.redaction.masks import masks_a_number
from events.redaction.parameters import kind_of
from events.verdict.across import is_across
from events.verdict.findings import StoredFinding, shorten
from events.verdict.messages import NOT_SHOWN
from events.verdict.pointer import ABSENT, dotted, pick, pointer_of, tokens_of

_CUT: Final = "…"
_PHONE_EXAMPLE: Final = ", such as +33612345678"


def masked_finding(
    finding: StoredFinding,
    original: Any,
    masked: Any,
    key: Callable[[str], str],
    text: Callable[[str], str],
    value_at: Callable[[list[str], Any], Any],
) -> StoredFinding:
    """A copy of the finding in which masks replace values; code, why and severity stay.

    ``original`` and ``masked`` are the judged parameters before and after masking; ``key`` masks the name of
    a property, ``text`` masks any text, ``value_at`` the value of the parameter at a path.
    """
    tokens = tokens_of(finding["path"])
    path = [key(token) for token in tokens]
    expected, got = finding["expected"], finding["got"]
    if expected is not None:
        expected = expected.replace(_PHONE_EXAMPLE, "")
    before, after = pick(original, tokens), pick(masked, path)
    unmoved = before is ABSENT or after is ABSENT or (before == after and type(before) is type(after))
    if got is not None and not _counted(finding, got):
        unknown = before is ABSENT or after is ABSENT
        got = _unmoved(got, text, unknown=unknown) if unmoved else _written(after)
        if not unmoved and isinstance(before, str | int | float):  # such as the same country in capitals
            expected = _without(expected, str(before), str(after))
    if expected is not None:
        expected = _of_other(expected, tokens, text, value_at) if is_across(finding) else text(expected)
    shown: StoredFinding = {
        **finding,
        "path": pointer_of(path),
        "expected": expected,
        "got": got,
    }
    if "other" in finding:
        shown["other"] = text(finding["other"])
    if "message" in finding:
        shown["message"] = _masked_sentence(finding, shown, None if unmoved else (before, after), text)
    return shown


def _of_other(
    expected: str, tokens: list[str], text: Callable[[str], str], value_at: Callable[[list[str], Any], Any]
) -> str:
    """The value of another event at the same path, masked as it is there."""
    try:
        value = orjson.loads(expected)
    except orjson.JSONDecodeError:  # it was cut short, or is hidden already
        return _hidden(expected) if expected.endswith(_CUT) else text(expected)
    return _written(value_at(tokens, value))


def _counted(finding: StoredFinding, got: str) -> bool:
    """Whether ``got`` is a number that the rule counted, and no value of the event's."""
    return (finding["code"] == "too_many_items" or finding.get("why") == "too_large") and got.isdecimal()


def _unmoved(got: str, text: Callable[[str], str], *, unknown: bool) -> str:
    """The text of a value that is no mask itself; ``unknown``: nothing of the event stands at its path."""
    shown = text(got)
    # Of a value that was cut short nobody can tell what its end was part of.
    cut = got.endswith(_CUT) and ((unknown and got[:1] in ("{", "[")) or shown != got)
    return _hidden(got) if cut else shown


def _hidden(got: str) -> str:
    """What stands for a value that is not shown: of its type, as far as its text tells."""
    ends = {'"': '""', "'": '""', "{": "{}", "[": "[]"}.get(got[0])
    return f"{ends[0]}{NOT_SHOWN}{ends[1]}" if ends else NOT_SHOWN


def _written(mask: Any) -> str:
    """A masked value as ``got``; the mask of a number stands there without quotes, as the number did."""
    return mask if isinstance(mask, str) and masks_a_number(mask) else shorten(mask)


def _masked_sentence(
    finding: StoredFinding, shown: StoredFinding, moved: tuple[Any, Any] | None, text: Callable[[str], str]
) -> str:
    """A stored sentence with the masks of ``shown`` in place of the place, the value and what was expected.

    ``moved`` is the value and its mask, where the value at the finding's path is masked.
    """
    sentence, name = finding.get("message", ""), dotted(finding["path"])
    start = dotted(shown["path"]) if sentence.startswith(name) else ""
    rest = sentence[len(name) :] if start else sentence
    for example in _examples_in_sentences():
        rest = rest.replace(example, "")
    got, new = finding["got"], shown["got"]
    if got is not None and new is not None and got != new:
        rest = rest.replace(got, new)
        if moved is not None and isinstance(moved[0], str | int | float):
            rest = _without(rest, str(moved[0]), str(moved[1])) or ""
    return start + text(rest)


def _without(sentence: str | None, value: str, new: str) -> str | None:
    """The sentence, or what was expected, without the value in another spelling."""
    if not sentence or not value:
        return sentence
    if sentence.strip().lower() == value.lower():
        return new
    return sentence.replace(value.upper(), new) if f" {value.upper()}," in sentence else sentence


@lru_cache(1)
def personal_examples() -> frozenset[str]:
    """The reference's examples of personal values, as JSON text: a reader may take them for a visitor's."""
    rows = [row for name in reference.editions() for row in reference.load(name).schemas["User"].parameters]
    personal = [row for row in rows if row.example is not None and kind_of(["user", row.name]).kind]
    return frozenset(shorten(row.example) for row in personal)


@lru_cache(1)
def _examples_in_sentences() -> tuple[str, ...]:
    return (*(f", for example {example}" for example in sorted(personal_examples())), _PHONE_EXAMPLE)
