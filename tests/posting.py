"""Posts events as the page-side script does."""

import itertools
import uuid
from collections.abc import Iterable
from typing import Any

from events import reference
from events.reference.examples import example_params
from tests.servers import Server

_IDS = itertools.count(1)


def shim_event(n: int, name: str = "login", called: Any = None, **fields: Any) -> dict[str, Any]:
    """One event of the shim's body; by default with the reference's example as ``called``."""
    if called is None:
        called = example_params(reference.load(), name)
    return {
        "id": str(uuid.uuid4()),
        "n": n,
        "at": 1_800_000_000_000 + n * 1_001,  # equal events within a second are a finding
        "name": name,
        "called": called,
    } | fields


def page_load(path: str = "/cart", title: str = "Your cart", **fields: Any) -> dict[str, Any]:
    """A page load with a new id."""
    return {
        "id": f"page-{next(_IDS)}",
        "url": f"https://shop.example{path}",
        "title": title,
        "referrer": "",
    } | fields


def post(
    server: Server, recording: dict[str, Any], events: Iterable[Any], page: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Post ``events`` in one request and return the receipts."""
    body = {"page": page or page_load(), "events": list(events)}
    response = server.client.post(f"/collect/{recording['capture_key']}", json=body)
    assert response.status_code == 202, response.text
    receipts: dict[str, Any] = response.json()
    return receipts


def posted_once(
    made: dict[str, dict[str, Any]], server: Server, events: Iterable[Any], page: dict[str, Any]
) -> dict[str, Any]:
    """The recording with ``events`` on ``server``, made once; ``made`` holds it by the server."""
    if server.url not in made:
        made[server.url] = server.new_recording()
        post(server, made[server.url], events, page)
    return made[server.url]


def post_many(
    server: Server, recording: dict[str, Any], count: int, page: dict[str, Any] | None = None
) -> None:
    """Post ``count`` valid events of one page load, fifty in each request."""
    page = page or page_load()
    for first in range(1, count + 1, 50):
        post(server, recording, (shim_event(n) for n in range(first, min(first + 50, count + 1))), page)
