"""Renders a JSON value as a collapsible HTML tree; keys and values are escaped."""

from collections.abc import Iterable
from typing import Any

import orjson
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

#: Levels that are open at first.
_OPEN_LEVELS = 3


def json_tree(value: Any, key: str | int | None = None, level: int = 0) -> SafeString:
    """The value as nested ``<details>``, at most 64 levels; ``key`` is its name or index in its parent."""
    if isinstance(value, dict):
        return _branch(value.items(), "{", "}", len(value), key, level)
    if isinstance(value, list):
        return _branch(enumerate(value), "[", "]", len(value), key, level)
    return format_html(
        '<div class="leaf">{}<span class="{}">{}</span></div>',
        _label(key),
        _kind(value),
        orjson.dumps(value).decode(),
    )


def _branch(
    entries: Iterable[tuple[str | int, Any]],
    opening: str,
    closing: str,
    size: int,
    key: str | int | None,
    level: int,
) -> SafeString:
    if size == 0:
        return format_html('<div class="leaf">{}{}{}</div>', _label(key), opening, closing)
    children = format_html_join("", "{}", ((json_tree(value, name, level + 1),) for name, value in entries))
    return format_html(
        '<details{}><summary>{}{} <span class="size">{}</span></summary>{}</details>',
        format_html(" open") if level < _OPEN_LEVELS else "",
        _label(key),
        f"{opening}…{closing}",
        size,
        children,
    )


def _label(key: str | int | None) -> SafeString | str:
    return "" if key is None else format_html('<span class="key">{}</span>: ', key)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    return {bool: "boolean", int: "number", float: "number"}.get(type(value), "string")
