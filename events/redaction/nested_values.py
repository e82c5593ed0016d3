"""Extracts personal values from named parameters inside a text: a URL's query, form data, JSON. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from events.redaction.decoding import plain, views
from events.redaction.masks import MASK
from events.redaction.parameters import values
from events.redaction.patterns import pairs

#: A text without any of these holds no named parameter.
_ANYTHING = re.compile(r"[={]|%3[dD]|%7[bB]|&#|\\u")
_OBJECT = re.compile(r"\{\s*+\"|\[\s*+\{")
_MOST_OBJECTS: Final = 8  # attempts in one text: each attempt that is not JSON costs a pass over the text
_decoder: Final = json.JSONDecoder()


def nested_values(text: str) -> Iterator[tuple[str, Any, str]]:
    """Yield kind, value and parameter name ("" where unknown) of each personal value in ``text``."""
    if not _ANYTHING.search(text):
        return
    for view in views(MASK.sub("", text)):
        if "=" in view.text:
            for span in pairs(view.text):
                yield span.kind, plain(span.value.replace("+", " ")), ""
        for value in _objects(view.text):
            yield from values(value)


def _objects(text: str) -> Iterator[Any]:
    """Yield the JSON objects, and JSON lists of objects, inside ``text``."""
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
