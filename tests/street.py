"""A page with a container and the script, and the doubles that get what both send."""

from typing import Any, Final, Generic, Protocol, TypeVar

from tests.container_host import Collector, container_tag, serve_container
from tests.shim_cases import script
from tests.shim_host import Answer, Inspector, Site
from tests.waiting import wait_for


class Tab(Protocol):
    """What a street does with a page, whichever library drives its browser."""

    def goto(self, url: str, /) -> object: ...
    def evaluate(self, expression: str, /) -> Any: ...
    def close(self) -> None: ...


AnyTab = TypeVar("AnyTab", bound=Tab)

# Clock and chance stand still, so that two visits send the same bytes.
_STILL: Final = script("""
    Math.random = () => 0.5; Date.now = () => 1.7e12;
    Date.prototype.toJSON = () => '2023-11-14T22:13:20.000Z';
""")


class BytesCollector(Collector):
    """Keeps what arrives as it arrived."""

    def __init__(self) -> None:
        self.raw: list[tuple[str, str, str, bytes]] = []
        super().__init__()

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if method == "POST":
            self.raw.append((method, path, headers.get("Content-Type", ""), body))
        return super().respond(method, path, headers, body)


class Street(Generic[AnyTab]):
    """A site with a container and a shim, the collector that the container posts to, and the inspector."""

    def __init__(self, page: AnyTab) -> None:
        self.page, self.site, self.collector, self.inspector = page, Site(), BytesCollector(), Inspector()
        serve_container(self.site)

    def visit(self, html: str, **options: Any) -> AnyTab:
        options = {"collect": self.collector.url("")} | options
        html = html.replace("{container}", container_tag(self.site.url(""), **options))
        html = html.replace("{shim}", self.inspector.script())
        self.site.files["/shop.html"] = f"<!doctype html><title>Shop</title>{_STILL}{html}"
        self.page.goto(self.site.url("/shop.html"))
        return self.page

    def requests(self, count: int) -> list[tuple[str, str, str, bytes]]:
        """What the collector got, sorted: requests may overtake each other."""
        wait_for(f"{count} requests", lambda: len(self.collector.raw) >= count)
        return sorted(self.collector.raw)

    def seen(self, count: int) -> list[dict[str, Any]]:
        """The events once there are ``count``, and one more call is there that certainly comes last."""
        self.inspector.wait_for_events(count)
        self.page.evaluate("cact('trigger', 'end')")
        return self.inspector.wait_for_events(count + 1)[:-1]

    def outcomes(self, count: int) -> dict[str, dict[str, Any]]:
        """Each event by its name, with its outcome: its request, or that none was sent."""
        self.seen(count)

        def look() -> dict[str, dict[str, Any]]:
            found = {event["id"]: dict(event) for event in self.inspector.events()}
            for post in list(self.inspector.posts):
                for update in post.body.get("updates", []):
                    found[update["id"]] |= update
            told = {event["name"]: event for event in found.values() if event["name"] != "end"}
            return told if all("sent" in event or "unsent" in event for event in told.values()) else {}

        return wait_for("what became of each event", look)

    def down(self) -> None:
        self.page.close()
        for host in (self.site, self.collector, self.inspector):
            host.down()
