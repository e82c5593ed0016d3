"""The manual's topics: their titles and groups, and which topic explains which page."""

from typing import Final, NamedTuple

from django.urls import reverse


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


TOPICS: Final = {
    topic.name: topic
    for topic in (
        Topic("connect", "Connect a page", "Eleven ways to send events to a recording.", "Start"),
        Topic(
            "phone", "A phone or an app", "Open a recording on a phone; record what an app sends.", "Start"
        ),
        Topic("recordings", "Recordings", "Make, find, stop, keep and delete recordings.", "Start"),
        Topic("dashboard", "The dashboard", "Filter, read and walk through the events.", "Read"),
        Topic("query", "Query", "The language that finds events, everywhere.", "Read"),
        Topic("verdicts", "Verdicts", "What is judged, by which rules, and how to judge again.", "Read"),
        Topic("editions", "Editions", "Which edition judges, and how to choose one.", "Read"),
        Topic("findings", "Findings", "Every finding code, its severities and its meaning.", "Read"),
        Topic("compare", "Compare", "Two recordings side by side, for people and for pipelines.", "Read"),
        Topic("replay", "Replay", "Record what was on screen, beside the events.", "Read"),
        Topic("share", "Share by link", "Show a recording to somebody, read-only and masked.", "Hand on"),
        Topic("export", "Export", "A recording as a file, in six formats.", "Hand on"),
        Topic("import", "Import", "Files and pasted text become a recording.", "Hand on"),
        Topic("commands", "Commands", "Every command with its options.", "Automate"),
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
    "phone": "phone",
    "dashboard": "dashboard",
    "event": "dashboard#event",
    "connect": "connect",
    "demo": "connect",
    "judge": "verdicts#again",
    "judge_preview": "verdicts#again",
    "reference": "editions",
    "reference_event": "verdicts",
    "reference_diff": "editions#differences",
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
