"""The Jinja environment of the timeline's rows, which are rendered thousands of times a second."""

from typing import Any

from django.utils.text import Truncator
from jinja2 import Environment, StrictUndefined

from inspector.live import rows
from inspector.templatetags import inspector as helpers


def environment(**options: Any) -> Environment:
    """The environment: autoescape is on, and an undefined name raises UndefinedError."""
    strict: dict[str, Any] = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**options | strict)  # noqa: S701  # Django has switched autoescape on
    made.filters |= {
        "clock": helpers.clock,
        "gap_words": rows.gap_words,
        "icon": helpers.icon,
        "short": _short,
        "tail_words": rows.tail_words,
        "url_host": helpers.url_host,
        "url_path": helpers.url_path,
        "url_query": helpers.url_query,
    }
    return made


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else Truncator(text).chars(most)
