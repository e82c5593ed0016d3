"""What a page with the stand-in for the vendor's container needs: its script tag, and a collector."""

import json
from html import escape
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from tests.shim_host import Answer, Host, Site
from tests.waiting import wait_for

CONTAINER: Final = Path(__file__).parent.parent / "static" / "js" / "demo-container.js"
_PATH: Final = "/container.js"


def serve_container(site: Site) -> None:
    """Let the site have the script that ``container_tag`` asks for."""
    site.files[_PATH] = CONTAINER.read_text()


def container_tag(site_url: str, **options: str | int | bool) -> str:
    """The container's script element; the site at ``site_url`` serves it.

    Options are its data attributes: ``generator=84``, ``own_domain=True``, ``collect=collector.url("")``.
    """
    attributes = "".join(
        f" data-{name.replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for name, value in options.items()
        if value is not False
    )
    return f'<script src="{site_url.rstrip("/")}{_PATH}"{attributes}></script>'


class Hit(NamedTuple):
    """One request to the collector."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


class Collector(Host):
    """The vendor's collector: another origin than the page's; takes everything and keeps it."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        super().__init__()

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        cors = {
            "Access-Control-Allow-Origin": headers.get("Origin", "*"),
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Allow-Headers": "content-type",
        }
        if method != "OPTIONS":
            url = urlsplit(path)
            read = json.loads(body) if body else None
            self.hits.append(Hit(method, url.path, dict(parse_qsl(url.query)), headers, read))
        return Answer(200, "{}", cors)

    def wait_for_hits(self, count: int) -> list[Hit]:
        """All of them, once there are that many."""
        return wait_for(f"{count} requests", lambda: self.hits[count - 1 :] and list(self.hits))
