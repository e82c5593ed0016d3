"""The import of a HAR file, against parsing it with orjson and judging its events."""

from collections.abc import Iterator
from typing import Any, Final

import orjson

from events import reference
from events.verdict import judge
from tests.bench.bodies import purchase
from tests.bench.goals import HAR
from tests.bench.serving import serving
from tests.bench.table import Row
from tests.bench.turns import in_turn, median_ratio, medians, seconds
from tests.servers import Server

_ROUNDS: Final = 3
_EVENTS: Final = 2_000
_OTHERS: Final = 9  # other requests of the page for each event
_ANSWER: Final = "<p>A page, a script or an answer of the shop's own server, as browsers save it.</p>\n" * 40
_COLLECT: Final = "https://collect.commander1.com/events?tc_s=3311&token=x"
_TIMEOUT_SECONDS: Final = 120.0


def rows() -> Iterator[Row]:
    """The row of the import."""
    called = purchase()
    file = orjson.dumps({"log": {"version": "1.2", "pages": [], "entries": _entries(called)}})
    with serving("SQLite") as server:
        pairs = in_turn(
            _ROUNDS,
            lambda: seconds(lambda: _import(server, file)),
            lambda: seconds(lambda: _parse_and_judge(file, called)),
        )
    took, yardstick = (f"{1000 * each:,.0f} ms" for each in medians(pairs))
    figure = f"{took}, {len(file) / 1e6:.0f} MB, {_EVENTS:,} events"
    yield Row(HAR, median_ratio(pairs), figure, yardstick)


def _import(server: Server, file: bytes) -> None:
    answer = server.client.post(
        "/api/import",
        content=file,
        headers={"Content-Type": "application/json"},
        timeout=_TIMEOUT_SECONDS,
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["kept"] == _EVENTS


def _parse_and_judge(file: bytes, called: dict[str, Any]) -> None:
    loaded = reference.load()
    assert len(orjson.loads(file)["log"]["entries"]) == _EVENTS * (1 + _OTHERS)
    for _ in range(_EVENTS):
        judge("purchase", called, loaded)


def _entries(called: dict[str, Any]) -> Iterator[dict[str, Any]] | list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for number in range(_EVENTS):
        body = {"event_name": "purchase", **called, "context": {"eventId": f"bench-{number}"}}
        entries.append(_entry("POST", _COLLECT, orjson.dumps(body).decode(), "{}"))
        entries += [_entry("GET", f"https://shop.example/{number}/{n}", "", _ANSWER) for n in range(_OTHERS)]
    return entries


def _entry(method: str, url: str, body: str, answer: str) -> dict[str, Any]:
    request: dict[str, Any] = {"method": method, "url": url, "headers": []}
    if body:
        request["postData"] = {"mimeType": "text/plain;charset=UTF-8", "text": body}
    content = {"size": len(answer), "mimeType": "text/html", "text": answer}
    return {
        "startedDateTime": "2026-03-01T10:00:00.000Z",
        "time": 1,
        "request": request,
        "response": {"status": 200, "headers": [], "content": content},
    }
