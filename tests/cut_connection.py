"""A proxy between the page-side script and an inspector that cuts the connection at a chosen request."""

from collections.abc import Callable
from typing import Any

import httpx

from tests.servers import Server
from tests.shim_host import CORS, Answer, Host, Site

_HOP_BY_HOP = {
    "content-length",
    "transfer-encoding",
    "connection",
    "content-encoding",
    "host",
    "accept-encoding",
}


class CuttableConnection(Host):
    """Forwards requests to an inspector; a body for which ``cut`` is true gets ``refusal`` instead."""

    def __init__(self, server: Server) -> None:
        self.cut: Callable[[str], bool] = lambda body: False
        self.refusal = Answer(503, headers=CORS)
        self.refused: list[str] = []
        self.refused_beacons = 0
        self._client = httpx.Client(base_url=server.url, timeout=30, trust_env=False)
        super().__init__()

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        text = body.decode()
        if method == "POST" and self.cut(text):
            self.refused.append(text)
            self.refused_beacons += headers.get("Sec-Fetch-Mode") == "no-cors"
            return self.refusal
        passed = {name: value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP}
        passed["Host"] = f"127.0.0.1:{self.port}"  # so that the script is served with this host's address
        answer = self._client.request(method, path, content=body, headers=passed)
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP}
        return Answer(answer.status_code, answer.text, kept)


def add_page(site: Site, path: str, html: str, title: str = "Shop") -> str:
    """Add a page to the site and return its address."""
    icon = '<link rel="icon" href="data:,">'  # so that browsers request no favicon
    site.files[path] = f"<!doctype html><title>{title}</title>{icon}{html}"
    return site.url(path)


def script_of(host: Server | CuttableConnection, recording: dict[str, Any]) -> str:
    """The script tag of the recording, with the address of ``host``."""
    base = host.url("") if isinstance(host, CuttableConnection) else host.url
    return f'<script src="{base}/shim/{recording["capture_key"]}.js"></script>'
