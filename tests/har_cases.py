"""Builds HAR files as tools write them, with the events that an import must find in them."""

import base64
import json
from typing import Any, Final

EVENTS: Final = "https://collect.commander1.com/events?tc_s=3311&token=x"
SEARCH: Final = {"event_name": "search", "search_term": "t-shirts", "context": {"eventId": "e-1"}}


def entry(
    body: Any = None,
    *,
    url: str = EVENTS,
    method: str = "POST",
    at: str = "2026-03-01T10:00:00.000Z",
    post: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """One entry of a HAR; ``body``: JSON text, or the whole ``postData`` object."""
    if post is None and body is not None:
        post = {
            "mimeType": "text/plain;charset=UTF-8",
            "text": body if isinstance(body, str) else json.dumps(body),
        }
    request: dict[str, Any] = {"method": method, "url": url}
    request["headers"] = [{"name": name, "value": value} for name, value in (headers or {}).items()]
    if post is not None:
        request["postData"] = post
    return {"startedDateTime": at, "time": 1, "request": request, "response": {"status": 200}} | fields


def har(*entries: Any, pages: Any = (), indent: int | None = None) -> bytes:
    """The HAR file with these entries."""
    log = {
        "version": "1.2",
        "creator": {"name": "x", "version": "1"},
        "pages": list(pages),
        "entries": entries,
    }
    return json.dumps({"log": log}, indent=indent).encode()


def encoded(value: Any) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


_PLAIN: Final = {"event_name": "search", "search_term": "t-shirts"}
_FORM: Final = [{"name": "event_name", "value": "search"}, {"name": "user[id]", "value": "7"}]
_FOUND: Final = [("search", {"search_term": "t-shirts"})]

#: Entries, and the names and parameters of the events that an import finds in them.
READ: Final[dict[str, tuple[list[Any], list[tuple[Any, Any]]]]] = {
    "the current container": ([entry(SEARCH)], _FOUND),
    "an older container": ([entry({"event": "search", "properties": {"search_term": "t-shirts"}})], _FOUND),
    "HTTP API 1.0": ([entry({"event_name": "search", "properties": {"search_term": "t-shirts"}})], _FOUND),
    "a batch": (
        [entry({"batch": [_PLAIN, _PLAIN]}, url=EVENTS.replace("/events", "/events/batch"))],
        _FOUND * 2,
    ),
    "an array": ([entry([_PLAIN])], _FOUND),
    "a customer's own domain": ([entry(_PLAIN, url="https://shop.example/a/b/cdp/events?tc_s=1")], _FOUND),
    "a customer's own domain without a site": (
        [entry(_PLAIN, url="https://shop.example/cdp/events")],
        _FOUND,
    ),
    "a body in base64": ([entry(post={"text": encoded(_PLAIN), "encoding": "base64"})], _FOUND),
    "a body in base64, as Charles calls it": (
        [entry(post={"text": encoded(_PLAIN), "_encoding": "base64"})],
        _FOUND,
    ),
    "a form": ([entry(post={"params": _FORM})], [("search", {"user": {"id": "7"}})]),
    "a form as text": ([entry("event_name=search&user[id]=7")], [("search", {"user": {"id": "7"}})]),
    "a pixel": (
        [entry(method="GET", url=f"{EVENTS}&event_name=search&items[0][quantity]=2")],
        [("search", {"items": [{"quantity": 2}]})],
    ),
    "a pixel with a mobile SDK's name of the key": (
        [entry(method="GET", url="https://c.example/events?tc_skey=x&event_name=search&a=b")],
        [("search", {"a": "b"})],
    ),
    "a pixel by POST": ([entry(url=f"{EVENTS}&event_name=search&a=b")], [("search", {"a": "b"})]),
    "a failed request": ([entry(_PLAIN, response={"status": 0})], _FOUND),
    "a redirect": ([entry(_PLAIN, response={"status": 307, "redirectURL": "https://x.example/"})], _FOUND),
    "a preflight": ([entry(method="OPTIONS"), entry(_PLAIN)], _FOUND),
    "other requests": (
        [
            entry(_PLAIN, url="https://www.example/events"),
            entry(_PLAIN, url="https://www.example/events?token=1"),
            entry(_PLAIN, url="https://www.example/events?tc_skey=1"),
            entry(_PLAIN, url="https://www.example/collect?v=2"),
            entry(method="GET", url="https://www.example/calendar/events.js?tc_s=1"),
            entry(_PLAIN, url="https://[broken/events?tc_s=1"),
        ],
        [],
    ),
    "what is no event": ([entry(["nothing"])], [(None, "nothing")]),
    "entries that are none": ([7, [], None, {}, {"request": 1, "x": "events"}, entry(_PLAIN)], _FOUND),
}

#: Entries without an event to import, and the reason that the import gives.
REFUSED: Final = {
    "a body in another file": (entry(post={"_file": "body.bin"}), "another file"),
    "a body that is not there": (entry(), "not in the file"),
    "a body that is no JSON": (entry("{broken"), "not valid JSON"),
    "a body in base64 that is none": (
        entry(post={"text": "é", "encoding": "base64"}),
        "not readable as text",
    ),
    "a body that is too large": (entry(_PLAIN | {"x": "x" * 500_000}), "larger than 500 KB"),
    "a body of another type": (entry(post={"text": 7}), "not in the file"),
}
