"""Rewrites the findings of a masked event: masks replace the values that findings quote. Pure."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from events import reference
from events.redaction.masks import masks_a_number
from events.redaction.parameters import kind_of
from events.verdict.findings import shorten
from events.verdict.pointer import ABSENT, dotted, pick, pointer_of, tokens_of

#: Shown in place of a text that may hold a part of a masked value.
NOT_SHOWN: Final = "(not shown)"
_CUT: Final = "…"
_PHONE_EXAMPLE: Final = ", such as +33612345678"


def masked_finding(
    finding: dict[str, Any],
    original: Any,
    masked: Any,
    key: Callable[[str], str],
    text: Callable[[str], str],
) -> dict[str, Any]:
    """A copy of the finding in which masks replace values; code and severity stay.

    ``original`` and ``masked`` are the judged parameters before and after masking; ``key`` masks the name of
    a property, ``text`` masks any text.
    """
    tokens = tokens_of(finding["path"])
    path = [key(token) for token in tokens]
    before, after = pick(original, tokens), pick(masked, path)
    got, message, expected = finding["got"], finding["message"], finding["expected"]
    shown, name = dotted(finding["path"]), dotted(pointer_of(path))
    start = name if message.startswith(shown) else ""
    rest = message[len(shown) :] if start else message
    for example in _examples_in_sentences():
        rest = rest.replace(example, "")
        expected = expected.replace(example, "") if expected else expected
    if got is not None:
        rest, got, expected = _requoted(rest, got, expected, before, after, text)
    return finding | {
        "path": pointer_of(path),
        "message": start + text(rest),
        "got": got,
        "expected": None if expected is None else text(expected),
    }


def _requoted(
    rest: str, got: str, expected: str | None, before: Any, after: Any, text: Callable[[str], str]
) -> tuple[str, str, str | None]:
    """The rest of the sentence, ``got`` and ``expected``, with the mask in place of the value."""
    unmoved = before is ABSENT or after is ABSENT or (before == after and type(before) is type(after))
    unknown = (before is ABSENT or after is ABSENT) and got[:1] in ("{", "[")
    if unmoved and got.endswith(_CUT) and (unknown or text(got) != got):
        new = NOT_SHOWN  # the end of a shortened value may be a part of a personal value
    elif unmoved:
        new = text(got)
    else:
        number = isinstance(after, str) and masks_a_number(after)
        new = after if number else shorten(after)
    if new != got:
        rest = rest.replace(got, new)
        if not unmoved and isinstance(before, str | int | float):  # for example the country in capitals
            rest, expected = (
                _without(rest, str(before), str(after)),
                _without(expected, str(before), str(after)),
            )
    return rest, new, expected


def _without(sentence: Any, value: str, new: str) -> Any:
    """``sentence`` with ``new`` where it equals or quotes ``value``."""
    if not sentence or not value:
        return sentence
    at = sentence.lower().find(value.lower())
    if at >= 0 and sentence.strip().lower() == value.lower():
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
