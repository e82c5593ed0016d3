"""Template filters and tags, built in so that no template has to load them."""

from typing import Any
from urllib.parse import urlsplit

from django import template
from django.template import Context
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from events.recordings.owners import initials
from events.recordings.retention import expires_at
from events.verdict.groups import Group, group_of
from events.verdict.pointer import dotted as dotted_path
from inspector.live.rows import TimelineRow
from inspector.presenters.finding_codes import WORDS
from inspector.presenters.json_tree import json_tree

register = template.Library()

_ICONS = {"invalid": "✕", "warning": "⚠", "valid": "✓", "error": "✕", "info": "i"}


@register.filter
def icon(verdict: str) -> str:
    """The sign of a verdict or severity; a template shows a word or label beside it."""
    return _ICONS.get(verdict, "")


@register.filter
def dotted(path: str) -> str:
    """A JSON Pointer in dotted notation, such as items[0].price."""
    return dotted_path(path)


@register.filter
def finding_group(code: str) -> str:
    """The group of a finding code, as a label."""
    group = group_of(code)
    return format_html('<span class="finding-group" title="{}">{}</span>', WORDS[group], group)


@register.filter
def group_words(group: Group) -> str:
    """A sentence on the findings of a group."""
    return WORDS[group]


@register.filter
def url_path(url: str) -> str:
    """The path of a URL; the whole text where it is no absolute URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return (parts.path or "/") if parts.netloc else url


def url_query(url: str) -> str:
    """The query of a URL with its question mark; "" without one."""
    try:
        query = urlsplit(url).query
    except ValueError:
        return ""
    return f"?{query}" if query else ""


def url_host(url: str) -> str:
    """The host of a URL; "" without one."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


@register.filter
def clock(moment: Any) -> str:
    """A time of day with milliseconds: 14:02:11.204 (UTC; the page's script turns it into local time)."""
    shown: str = moment.isoformat(timespec="milliseconds")
    return shown[11:23]  # the time of day alone; by a pattern it takes twice as long, and each row has one


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """``mapping[key]``, or None."""
    return mapping.get(key)


@register.filter
def words(text: str) -> list[str]:
    """A comma-separated constant of a template as a list."""
    return text.split(",")


register.filter(initials)
register.filter(expires_at)
register.simple_tag(json_tree)


@register.inclusion_tag("inspector/_event.html")
def event_detail(shown: dict[str, Any]) -> dict[str, Any]:
    """One event as its page shows it, inside a page about something else; ``shown`` is its whole context."""
    return shown


@register.simple_tag(takes_context=True)
def timeline_rows(context: Context, rows: list[TimelineRow], first_header: bool = False) -> str:
    """Rows of the context's recording as HTML; ``first_header`` puts a page header before the first."""
    values = {
        "rows": rows,
        "address": context["recording"].address,
        "first_header": first_header,
    }
    rendered = get_template("inspector/_timeline_rows.jinja", using="rows").render(values)
    return mark_safe(rendered)  # noqa: S308  # Jinja's autoescape has escaped every value
