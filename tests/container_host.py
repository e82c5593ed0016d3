"""Serves a page with the double of the vendor's container: script tag, site and collector."""

import json
from html import escape
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Page

from tests.shim_cases import script
from tests.shim_host import Answer, Host, Site
from tests.waiting import wait_for

CONTAINER: Final = Path(__file__).parent.parent / "static" / "demo" / "container.js"
_PATH: Final = "/container.js"


def serve_container(site: Site) -> None:
    """Serve on the site the script that ``container_tag`` loads."""
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
    """A double of the vendor's collector, on another origin than the page; accepts all requests."""

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
        """All requests, once there are ``count`` of them."""
        return wait_for(f"{count} requests", lambda: self.hits[count - 1 :] and list(self.hits))


# The container's requests in the order of the calls (requests may overtake each other), on loopback alone.
_SPY: Final = script("""window.sent = []; {
    const real = navigator.sendBeacon;
    navigator.sendBeacon = (url, text) => {
        sent.push({ url, body: JSON.parse(text) });
        return new URL(url).hostname !== '127.0.0.1' || real.call(navigator, url, text);
    } }""")


class Stand:
    """A page with a container on a site, and the collector to which the container posts."""

    def __init__(self, page: Page) -> None:
        self.page, self.site, self.collector = page, Site(), Collector()
        serve_container(self.site)

    def tag(self, **options: str | int | bool) -> str:
        return container_tag(self.site.url(""), **{"collect": self.collector.url("")} | options)

    def visit(self, html: str, address: str = "/shop.html") -> Page:
        self.site.files["/shop.html"] = f"<!doctype html><title>Shop</title>{_SPY}{html}"
        self.page.goto(self.site.url(address))
        return self.page

    def sent(self) -> list[dict[str, Any]]:
        """The bodies that the page has posted so far."""
        bodies: list[dict[str, Any]] = self.page.evaluate("sent.map(({ body }) => body)")
        return bodies

    def names(self) -> list[str]:
        return [body["event_name"] for body in self.sent()]

    def addresses(self) -> list[str]:
        addresses: list[str] = self.page.evaluate("sent.map(({ url }) => url)")
        return [address.removeprefix(self.collector.url("")) for address in addresses]

    def send(self, call: str, **options: str | int | bool) -> Hit:
        """The only request of a page that makes this call."""
        self.visit(self.tag(**options) + script(call))
        (hit,) = self.collector.wait_for_hits(1)
        return hit

    def down(self) -> None:
        self.page.close()  # first: a page logs errors when its site is down
        self.site.down()
        self.collector.down()
