"""Snippets to paste: each connects a page, app, server or container to a recording."""

import json
import shlex
from html import escape
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from events.reference import Reference
from events.reference.examples import example_params
from inspector.script.page_script import loader
from inspector.script.problems import words

_JSON_HEADER: Final = "Content-Type: application/json"

#: Characters that are valid in a URL; all others are percent-encoded in the bookmarklet.
_PLAIN: Final = "!'()*,-./:;=?@_~"

#: Texts of the problems that prevent loading the script; a loaded script reports the others itself.
_LOADER_WORDS: Final = {
    code: words(code) for code in ("policy", "mixed_content", "local_network", "trusted_types")
} | {"away": "The inspector does not answer. Start it, or look whether its address is right."}


class Snippet(NamedTuple):
    """One way to connect: when to use it, the code to paste, and a note; all texts are for the user.

    ``help``: the topic of the manual and its part that explain more, such as ``connect/#https``, or "";
    ``help_title``: the name of that part.
    """

    id: str
    title: str
    when: str
    code: str
    note: str = ""
    help: str = ""
    help_title: str = ""


def page_snippets(shim: str, panel: str) -> list[Snippet]:
    """The snippets for web pages: each loads the script at ``shim``; ``panel`` is the connect page's URL."""
    return [
        Snippet(
            "script",
            "Script tag",
            "You can edit the page's template. First in <head>, so that it is there before the first event.",
            script_tag(shim),
        ),
        Snippet(
            "console",
            "Console",
            "You only want to look at one page load: paste it into the developer tools' console.",
            f"{loader(shim, _LOADER_WORDS, panel)};",
            "Calls that wait in window.caReady are read as well. A reload ends it.",
        ),
        Snippet(
            "tag-manager",
            "Tag manager",
            "You can publish tags but not edit the page: a custom HTML tag, fired first on every page.",
            f"<script>\n  {_plain_loader(shim)};\n</script>",
            "Leave it in a test environment or behind a preview mode: it copies events wherever it runs.",
        ),
    ]


def script_tag(shim: str) -> str:
    """The script element that loads the script at ``shim``."""
    return f'<script src="{escape(shim)}"></script>'


def bookmarklet(shim: str, panel: str) -> str:
    """A ``javascript:`` URL that loads the script at ``shim`` into the page in which it is clicked."""
    return "javascript:" + quote(f"void({loader(shim, _LOADER_WORDS, panel)})", safe=_PLAIN)


def server_snippets(addresses: dict[str, str], edition: Reference) -> list[Snippet]:
    """The snippets for servers, apps and containers, with an example event of ``edition``."""
    event = {"event_name": "page_view", **example_params(edition, "page_view", required_only=True)}
    pixel = f"{addresses['events']}&{_pixel_query(event)}"
    return [
        Snippet(
            "curl",
            "curl",
            "You want to see one event arrive, or to send some from a script.",
            _curl(addresses["collect"], event),
            'One event, an array of them, or {"batch": […]}; the answer holds each verdict.',
        ),
        Snippet(
            "http-api",
            "Server, HTTP API",
            "Your own code sends events to the vendor's HTTP API: give it this address instead.",
            _curl(addresses["events"], event),
            "The capture key also goes as tc_skey, or as Authorization: Bearer. Batches go to /events/batch.",
        ),
        Snippet(
            "container",
            "Container",
            "You can run a line on the page before its events: the container then sends here instead.",
            _container_line(addresses["cdp_events"]),
            "Containers insist on https, and nothing reaches Commanders Act then. "
            "Use either this or the script, which only copies: with both, each event is here twice.",
            help="connect/#https",
            help_title="Serve over https",
        ),
        Snippet(
            "pixel",
            "Pixel",
            "An e-mail or a page without scripts: the event stands in the image's address.",
            f'<img src="{escape(pixel)}" width="1" height="1" alt="">',
            "Numbers and lists are read from the text.",
        ),
    ]


def app_snippet(origin: str, capture_key: str, script: str) -> Snippet:
    """The commands that copy an app's requests with mitmproxy; ``script``: the address of its script."""
    options = (f"cact_inspector={origin}", f"cact_key={capture_key}")
    settings = " \\\n  ".join(f"--set {shlex.quote(option)}" for option in options)
    return Snippet(
        "mobile-app",
        "mitmproxy",
        "An app uses the vendor's SDK, which has no setting for another address: a proxy copies its events.",
        f"curl -sO {shlex.quote(script)}\nmitmdump -s mitmproxy_copy.py \\\n  {settings}",
        "Then set this machine, port 8080, as the phone's proxy, and let the phone trust its certificate.",
        help="phone/#proxy",
        help_title="Copy with a proxy",
    )


def _plain_loader(shim: str) -> str:
    """A short loader, so that a reviewer of tags can read it; safe inside a script element too."""
    address = json.dumps(shim).replace("<", "\\u003c")
    return f"document.head.appendChild(document.createElement('script')).src = {address}"


def _container_line(address: str) -> str:
    parts = urlsplit(address)
    key, host = json.dumps(parse_qs(parts.query)["token"][0]), json.dumps(parts.netloc)
    return f"cact('config', {{siteId: 1, sourceKey: {key}, collectionDomain: {host}}});"


def _curl(address: str, event: dict[str, Any]) -> str:
    parts = (shlex.quote(address), f"-H {shlex.quote(_JSON_HEADER)}", f"-d {shlex.quote(json.dumps(event))}")
    return "curl " + " \\\n  ".join(parts)


def _pixel_query(event: dict[str, Any]) -> str:
    return urlencode(list(_flat("", event)), safe="[]")


def _flat(prefix: str, value: Any) -> list[tuple[str, str]]:
    """Flatten JSON into fields of a query string: ``{"user": {"id": "1"}}`` becomes ``user[id]=1``."""
    if isinstance(value, dict):
        entries = [(f"{prefix}[{key}]" if prefix else key, entry) for key, entry in value.items()]
    elif isinstance(value, list):
        entries = [(f"{prefix}[]", entry) for entry in value]
    else:
        return [(prefix, str(value))]
    return [pair for key, entry in entries for pair in _flat(key, entry)]
