"""Serves the pages that must be left as they were, and receives the vendor's requests of each run.

A run is one page in one way; each has a host name of its own, ``<page>.<letter>.localhost``, so storage,
workers and caches are its own. The names of a page's runs are equally long: so are its requests.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tests.container_host import CONTAINER, container_tag
from tests.pages.page_cases import PageCase, Way, filled, joined
from tests.shim_cases import STUB_CODE
from tests.shim_host import Answer, Host, Inspector

LIBRARIES: Final = Path(__file__).parent / "libraries" / "node_modules"
_OBSERVER: Final = Path(__file__).with_name("observe.js")
_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "json": "application/json",
    "css": "text/css",
    "svg": "image/svg+xml",
    "xhtml": "application/xhtml+xml; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
}
#: Equally long in each way, since the length of an address counts in the length of a request.
_LETTERS: Final[dict[Way, str]] = {
    "without": "w",
    "tag": "t",
    "late": "l",
    "extension": "e",
    "framed": "f",
    "framed without": "g",
}
_COMMON: Final = {
    "/stub.js": STUB_CODE,
    "/empty.js": "",
    "/favicon.ico": "",
    "/next.html": "<!doctype html><head>[[observe]][[tag]][[late]]<title>Next</title>",
}


@dataclass(frozen=True)
class Run:
    """One page in one way."""

    case: PageCase
    way: Way

    @property
    def key(self) -> str:
        """The name of the run, in its host name and in the inspector's and the collector's URLs."""
        return f"{self.case.name}.{_LETTERS[self.way]}"


def _element(address: str) -> str:
    """A script element without quotes, so that it may stand in attributes; XML needs quotes."""
    return f"<script src={address}></script>"


class PageSite(Host):
    """Answers each host name with its run's files."""

    def __init__(self, inspector: Host, vendor: Host) -> None:
        self.runs: dict[str, Run] = {}
        self._inspector, self._vendor = inspector, vendor
        super().__init__()

    def address(self, run: Run, path: str = "") -> str:
        """The URL of a path on the run's site; of its page by default."""
        self.runs[run.key] = run
        start = "/framed.html" if run.way in ("framed", "framed without") else run.case.page
        return f"http://{run.key}.localhost:{self.port}{path or start}"

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        path = path.partition("?")[0]
        run = self.runs[headers["Host"].partition(".localhost")[0]]
        kind = {"Content-Type": _TYPES.get(path.rpartition(".")[2], "text/plain")}
        text = self._text(run, path)
        if text is None:
            return Answer(404)
        own = {name: self._filled(run, value) for name, value in run.case.headers.items()}
        return Answer(200, text, kind | own)

    def _text(self, run: Run, path: str) -> str | None:
        if path == "/observe.js":
            return _OBSERVER.read_text()
        if path == "/container.js":
            return CONTAINER.read_text()
        if path.startswith("/libraries/"):
            return (LIBRARIES / path.removeprefix("/libraries/")).read_text()
        text = _COMMON.get(path)
        if path == "/framed.html":
            text = f'<!doctype html><title>Frame</title><iframe src="{run.case.page}"></iframe>'
        elif path == run.case.page:
            text = run.case.html
        elif path in run.case.files:
            text = joined(run.case.files[path])
        return None if text is None else self._filled(run, text)

    def _filled(self, run: Run, text: str) -> str:
        shim = self._inspector.url(f"/shim/{run.key}.js")
        collector = self._vendor.url(f"/{run.key}")
        tag, site = _element(shim), self.address(run, "/")[:-1]
        values = {
            "first": "[[observe]][[tag]]",
            "observe": _element(f"{site}/observe.js"),
            "tag": tag if run.way in ("tag", "framed") else "",
            "late": tag if run.way == "late" else "",
            "shim": shim,
            "stub": f"<script>{STUB_CODE}</script>",
            "stub code": STUB_CODE,
            "collector": collector,
            "inspector": self._inspector.url(""),
            "site": site,
        }
        if run.case.type != "html":
            for name in ("observe", "tag", "late"):
                values[name] = re.sub(r"src=(\S+?)>", r'src="\1">', values[name])
        return filled(text, values, lambda options: container_tag(site, **{"collect": collector} | options))


class AnyScript(Inspector):
    """The inspector's double, which serves another script in the place of ours where a test says so."""

    def __init__(self) -> None:
        self.other: str | None = None
        super().__init__()

    def source(self, key: str) -> str:
        return super().source(key) if self.other is None else self.other


class Received(NamedTuple):
    """One request to the collector."""

    run: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Vendor(Host):
    """A double of the vendor's collector that keeps every byte; the first part of a path names the run."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        super().__init__()

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        _, run, rest = path.split("/", 2)
        if method != "OPTIONS":
            self.received.append(Received(run, method, f"/{rest}", headers, body))
        cors = {
            "Access-Control-Allow-Origin": headers.get("Origin", "*"),
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Allow-Headers": "content-type",
        }
        return Answer(200, "{}", cors)

    def of(self, run: Run, since: int = 0) -> list[Received]:
        """The run's requests, without the first ``since`` of all runs."""
        return [each for each in self.received[since:] if each.run == run.key]
