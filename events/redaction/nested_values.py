"""The personal values that a text carries in named places: of an address, a form, or JSON inside it. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from events.redaction.decoding import plain, views
from events.redaction.masks import MASK
from events.redaction.parameters import values
from events.redaction.patterns import pairs

#: A text that none of these occurs in carries nothing.
_ANYTHING = re.compile(r"[={]|%3[dD]|%7[bB]|&#|\\u")
_OBJECT = re.compile(r"\{\s*+\"|\[\s*+\{")
_MOST_OBJECTS: Final = 8  # of one text: each that is none costs a pass
_decoder: Final = json.JSONDecoder()


def carried(text: str) -> Iterator[tuple[str, Any, str]]:
    """Kind, value and name of what stands in the personal places of ``text``."""
    if not _ANYTHING.search(text):
        return
    for view in views(MASK.sub("", text)):
        if "=" in view.text:
            for span in pairs(view.text):
                yield span.kind, plain(span.value.replace("+", " ")), ""
        for value in _objects(view.text):
            yield from values(value)


def _objects(text: str) -> Iterator[Any]:
    """The JSON objects, and lists of them, that stand somewhere in ``text``."""
    at = 0
    for _ in range(_MOST_OBJECTS):
        start = _OBJECT.search(text, at)
        if start is None:
            return
        try:
            value, at = _decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            at = start.start() + 1
        else:
            yield value
