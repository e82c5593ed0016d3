"""Renders the manual's topics."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from inspector.presenters.manual_tables import TABLES
from inspector.presenters.manual_topics import TOPICS, Topic


class Part(NamedTuple):
    """One headed part of a topic; ``id`` is its anchor."""

    id: str
    title: str


class Article(NamedTuple):
    """A topic's text as HTML, and its parts in their order."""

    html: SafeString
    parts: list[Part]


def groups() -> list[tuple[str, list[Topic]]]:
    """The topics under the headings of the table of contents."""
    return [(group, list(topics)) for group, topics in groupby(TOPICS.values(), lambda topic: topic.group)]


def render_article(topic: Topic, origin: str) -> Article:
    """The topic's text; ``origin`` (scheme and host) stands in the addresses of its commands."""
    noted: list[tuple[str, str]] = []
    context: dict[str, Any] = {"origin": origin, "parts": noted, **TABLES.get(topic.name, dict)()}
    html = render_to_string(f"inspector/help/{topic.name}.html", context)
    return Article(html, [Part(*each) for each in noted])


def neighbours(topic: Topic) -> dict[str, Topic | None]:
    """The topics before and after this one, None at the ends."""
    order = list(TOPICS.values())
    at = order.index(topic)
    return {
        "before": order[at - 1] if at else None,
        "after": order[at + 1] if at + 1 < len(order) else None,
    }


def articles(origin: str) -> Iterator[tuple[Topic, Article]]:
    """Every topic with its text."""
    for topic in TOPICS.values():
        yield topic, render_article(topic, origin)
