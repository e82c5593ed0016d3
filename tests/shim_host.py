"""What a page with the shim needs: a web site, and an inspector that a test can switch off or make refuse.

They listen on different ports, so that the browser treats the inspector as another origin, as it is in real life.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

SHIM = Path(__file__).parent.parent / "static" / "shim.js"
PATIENCE = 15.0  # seconds that a test waits for something before it fails

type_of = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8"}


class Answer(NamedTuple):
    status: int = 202
    body: str = "{}"
    headers: dict[str, str] = {}


@dataclass
class Post:
    """One delivery, accepted or not."""

    key: str
    body: dict[str, Any]
    bytes: int
    headers: dict[str, str]
    status: int
    at: float

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.body["events"]]


class Server:
    """A threaded HTTP server that can go away and come back on the same port."""

    def __init__(self) -> None:
        self.port = 0
        self.up()

    def up(self) -> None:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                answer = owner.respond(self.command, self.path, dict(self.headers), self.rfile.read(length))
                body = answer.body.encode()
                try:
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # the page went away

            do_GET = do_POST = do_OPTIONS = handle_any

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
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


class Site(Server):
    """The pages under test."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {"/next.html": "<!doctype html><title>Next</title>"}
        super().__init__()

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        path = path.partition("?")[0]
        if path not in self.files:
            return Answer(404)
        return Answer(200, self.files[path], {"Content-Type": type_of[path.rpartition(".")[2]]})


@dataclass
class Inspector(Server):
    """Serves the shim, takes what it posts."""

    answer: Callable[[dict[str, Any]], Answer] = lambda body: Answer()
    posts: list[Post] = field(default_factory=list)
    preflights: int = 0

    def __post_init__(self) -> None:
        self._news = threading.Condition()
        self._go = threading.Event()
        self._go.set()
        super().__init__()

    def shim(self, key: str = "key") -> str:
        return f'<script src="{self.url(f"/shim/{key}.js")}"></script>'

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if method == "GET":
            key = path.removeprefix("/shim/").removesuffix(".js")
            source = SHIM.read_text().replace('"__COLLECT_URL__"', json.dumps(self.url(f"/collect/{key}")))
            return Answer(200, source, {"Content-Type": type_of["js"]})
        if method == "OPTIONS":
            self.preflights += 1
            return Answer(403)
        at, parsed = time.monotonic(), json.loads(body)
        answer = self.answer(parsed)
        post = Post(path.removeprefix("/collect/"), parsed, len(body), headers, answer.status, at)
        with self._news:
            self.posts.append(post)
            self._news.notify_all()
        self._go.wait(PATIENCE)
        cors = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
        return answer._replace(headers=cors | answer.headers)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Takes what comes but does not answer yet."""
        self._go.clear()
        try:
            yield
        finally:
            self._go.set()

    def events(self, key: str = "key") -> list[dict[str, Any]]:
        """What was accepted, each event once, in the order of arrival."""
        seen: dict[str, dict[str, Any]] = {}
        for post in self.posts:
            if post.key == key and post.status < 300:
                for event in post.body["events"]:
                    seen.setdefault(event["id"], event | {"page": post.body["page"]})
        return list(seen.values())

    def names(self, key: str = "key") -> list[Any]:
        return [event["name"] for event in self.events(key)]

    def wait_for(self, condition: Callable[[], bool], what: str = "that") -> None:
        with self._news:
            if not self._news.wait_for(condition, PATIENCE):
                raise AssertionError(f"{what} did not come; received: {self.names()}")

    def wait_for_events(self, count: int, key: str = "key") -> list[dict[str, Any]]:
        self.wait_for(lambda: len(self.events(key)) >= count, f"event {count} for {key}")
        return self.events(key)
