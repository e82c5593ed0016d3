"""Serves a page with the shim: a web site, and a double of the inspector that can be down or refuse posts.

They listen on different ports, so that the inspector is another origin, as on real sites.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from inspector.script.page_script import page_script
from tests.ports import free_port
from tests.waiting import wait_for

_TYPES: Final = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8"}
#: The headers that let a page read the answer to its post.
CORS: Final = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}


class Answer(NamedTuple):
    """The inspector's answer to a post. An empty body at 202 stands for the receipt that the server sends."""

    status: int = 202
    body: str = ""
    headers: dict[str, str] = {}


class Post(NamedTuple):
    """One received post, accepted or not."""

    key: str
    body: dict[str, Any]
    bytes: int
    headers: dict[str, str]
    status: int
    at: float

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.body["events"]]


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # pages open many connections at once; refused ones are tried a second later


class Host:
    """An HTTP server that can be stopped and started again on the same port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.up()

    def up(self) -> None:
        self._server = _Server(("127.0.0.1", self.port), _handler(self.respond))
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def down(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        raise NotImplementedError


Respond = Callable[[str, str, dict[str, str], bytes], Answer]


def _handler(respond: Respond) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            answer = respond(self.command, self.path, dict(self.headers), self.rfile.read(length))
            body = answer.body.encode()
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # the page closed the connection

        do_GET = do_POST = do_OPTIONS = answer

        def log_message(self, *args: object) -> None:
            pass

    return Handler


class Site(Host):
    """The pages under test."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.files = {"/next.html": "<!doctype html><title>Next</title>", "/empty.js": "", "/favicon.ico": ""}
        super().__init__()

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        path = path.partition("?")[0]
        if path not in self.files:
            return Answer(404)
        kind = {"Content-Type": _TYPES.get(path.rpartition(".")[2], "")}
        return Answer(200, self.files[path], kind | self.headers)


def receipt(body: dict[str, Any]) -> str:
    """What the server answers to a delivery that it stored, without verdicts."""
    return json.dumps({"accepted": len(body.get("events", [])), "duplicates": 0, "results": []})


@dataclass
class Inspector(Host):
    """A double of the inspector: serves the shim, records its posts and the queries of its reports."""

    answer: Callable[[dict[str, Any]], Answer] = lambda body: Answer()
    posts: list[Post] = field(default_factory=list)
    preflights: int = 0
    reports: list[dict[str, list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._may_answer = threading.Event()
        self._may_answer.set()
        super().__init__()

    def script(self, key: str = "key") -> str:
        """The script element of the shim."""
        return f'<script src="{self.url(f"/shim/{key}.js")}"></script>'

    def source(self, key: str) -> str:
        """The shim of this capture key."""
        return page_script(self.url(f"/collect/{key}"))

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if method == "GET" and path.startswith("/collect/"):
            self.reports.append(parse_qs(urlsplit(path).query))
            return Answer(200, "", {"Content-Type": _TYPES["js"]})
        if method == "GET":
            key = path.removeprefix("/shim/").removesuffix(".js")
            return Answer(200, self.source(key), {"Content-Type": _TYPES["js"]})
        if method == "OPTIONS":
            self.preflights += 1
            return Answer(403)
        at, read = time.monotonic(), json.loads(body)
        answer = self.answer(read)
        if answer.status == 202 and not answer.body:
            answer = answer._replace(body=receipt(read))
        self.posts.append(Post(path.removeprefix("/collect/"), read, len(body), headers, answer.status, at))
        self._may_answer.wait(60)
        return answer._replace(headers=CORS | answer.headers)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Receive posts without an answer until the block ends."""
        self._may_answer.clear()
        try:
            yield
        finally:
            self._may_answer.set()

    def events(self, key: str = "key") -> list[dict[str, Any]]:
        """The accepted events, each once, in the order of arrival, with their page."""
        seen: dict[str, dict[str, Any]] = {}
        for post in list(self.posts):
            if post.key == key and post.status < 300:
                for event in post.body["events"]:
                    seen.setdefault(event["id"], event | {"page": post.body["page"]})
        return list(seen.values())

    def names(self) -> list[Any]:
        return [event["name"] for event in self.events()]

    def wait_for_events(self, count: int, key: str = "key") -> list[dict[str, Any]]:
        return wait_for(f"{count} events", lambda: (e := self.events(key))[count - 1 :] and e)

    def wait_for_posts(self, count: int) -> None:
        wait_for(f"{count} deliveries", lambda: len(self.posts) >= count)
