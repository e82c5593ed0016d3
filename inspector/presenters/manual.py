"""The manual's topics: their titles and groups, and which topic explains which page."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from inspector.presenters.manual_tables import TABLES


class Topic(NamedTuple):
    """One page of the manual; ``name`` is in its address and names its template."""

    name: str
    title: str
    summary: str
    group: str

    @property
    def address(self) -> str:
        """The path of its page."""
        return reverse("help_topic", args=[self.name])


class Part(NamedTuple):
    """One headed part of a topic; ``id`` is its anchor."""

    id: str
    title: str


class Article(NamedTuple):
    """A topic's text as HTML, and its parts in their order."""

    html: SafeString
    parts: list[Part]


TOPICS: Final = {
    topic.name: topic
    for topic in (
        Topic("connect", "Connect a page", "Ten ways to send events to a recording.", "Start"),
        Topic("recordings", "Recordings", "Make, find, stop, keep and delete recordings.", "Start"),
        Topic("dashboard", "The dashboard", "Filter, read and walk through the events.", "Read"),
        Topic("verdicts", "Verdicts", "What is judged, by which rules, and how to judge again.", "Read"),
        Topic("findings", "Findings", "Every finding code, its severities and its meaning.", "Read"),
        Topic("compare", "Compare", "Two recordings side by side, for people and for pipelines.", "Read"),
        Topic("replay", "Replay", "Record what was on screen, beside the events.", "Read"),
        Topic("share", "Share by link", "Show a recording to somebody, read-only and masked.", "Hand on"),
        Topic("export", "Export", "A recording as a file, in six formats.", "Hand on"),
        Topic("import", "Import", "Files and pasted text become a recording.", "Hand on"),
        Topic("commands", "Commands", "Every command of ./manage.py with its options.", "Automate"),
        Topic("api", "API", "The JSON API: addresses, tokens, errors.", "Automate"),
        Topic("configuration", "Configuration", "The environment variables that the server reads.", "Run it"),
        Topic("limits", "Limits", "Every limit, its value and its reason.", "Run it"),
        Topic("deploy", "Deploy", "A server for a team: logins, TLS, several processes.", "Run it"),
    )
}

#: URL name of a page -> the topic, and its part, that explains the page.
PAGE_HELP: Final = {
    "recordings": "recordings",
    "new_recording": "recordings",
    "edit_recording": "recordings",
    "delete_recording": "recordings#delete",
    "person": "recordings#owner",
    "phone": "recordings#phone",
    "dashboard": "dashboard",
    "event": "dashboard#event",
    "connect": "connect",
    "demo": "connect",
    "judge": "verdicts#again",
    "judge_preview": "verdicts#again",
    "reference": "verdicts",
    "reference_event": "verdicts",
    "compare": "compare",
    "strip": "replay",
    "share": "share",
    "share_new": "share",
    "export": "export",
    "import": "import",
    "import_text": "import",
    "account": "deploy#accounts",
    "new_token": "api#tokens",
    "change_password": "deploy#accounts",
}


def help_address(url_name: str) -> str:
    """The path of the topic that explains the page with this URL name, else of the manual's first page."""
    name, _, part = PAGE_HELP.get(url_name, "").partition("#")
    if not name:
        return reverse("help")
    return TOPICS[name].address + (f"#{part}" if part else "")


def groups() -> list[tuple[str, list[Topic]]]:
    """The topics under the headings of the table of contents."""
    return [(group, list(topics)) for group, topics in groupby(TOPICS.values(), lambda topic: topic.group)]


def render_article(topic: Topic, origin: str) -> Article:
    """The topic's text; ``origin`` (scheme and host) stands in the addresses of its commands."""
    parts: list[Part] = []
    context: dict[str, Any] = {"origin": origin, "parts": parts, **TABLES.get(topic.name, dict)()}
    return Article(render_to_string(f"inspector/help/{topic.name}.html", context), parts)


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
