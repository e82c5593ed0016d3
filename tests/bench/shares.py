"""Text search in a masked share: over all events, and the processor time of one request."""

from collections.abc import Iterator
from typing import Any, Final

import httpx
import orjson

from tests.bench.bodies import PLACE, event, padded, purchase
from tests.bench.goals import SHARE_SEARCH, SHARE_SEARCH_LARGE
from tests.bench.processor import processor_seconds
from tests.bench.scale import LARGE
from tests.bench.serving import fill, serving
from tests.bench.table import Row
from tests.bench.turns import in_turn, median_ratio, medians, seconds
from tests.servers import Server
from tests.sharing import share

_EVENTS: Final = min(LARGE, 10_000)
_LARGE_EVENTS: Final = 2_000
_LARGE_BYTES: Final = 29_000
_ROUNDS: Final = 3
_RARE: Final = "needle-of-one-event"
_TIMEOUT_SECONDS: Final = 20.0


def rows() -> Iterator[Row]:
    """The share's search against the recording's; the processor time of a search over large events."""
    with serving("SQLite") as server:
        yield _compared(server)
    with serving("SQLite") as server:
        yield _bounded(server)


def _compared(server: Server) -> Row:
    recording = server.new_recording("Shared")
    usual = event("purchase", padded(purchase() | {"id": PLACE}))
    fill(server, recording, [event("purchase", padded(purchase() | {"id": _RARE}))], 1)
    fill(server, recording, [usual] * 100, _EVENTS - 1)
    paths = share(server, recording), f"/recordings/{recording['key']}/"
    found = _search(server, paths[0])
    pairs = in_turn(_ROUNDS, *(lambda path=path: seconds(lambda: _search(server, path)) for path in paths))
    took, yardstick = (f"{1000 * each:,.0f} ms" for each in medians(pairs))
    figure = f"{took}, {_EVENTS:,} events" + "; NOT all looked at" * (not found)
    return Row(SHARE_SEARCH, median_ratio(pairs), figure, yardstick, sound=found)


def _bounded(server: Server) -> Row:
    recording = server.new_recording("Large events")
    fill(server, recording, [event("purchase", _large())] * 16, _LARGE_EVENTS)
    path = share(server, recording)
    before = processor_seconds(server.pid)
    try:
        _search(server, path)
        ended = ""
    except httpx.TimeoutException:
        ended = f", then given up after {_TIMEOUT_SECONDS:.0f} s"
    spent = processor_seconds(server.pid) - before
    figure = f"{spent:.1f} s, {_LARGE_EVENTS:,} events{ended}"
    return Row(SHARE_SEARCH_LARGE, spent, figure, sound=not ended)


def _search(server: Server, path: str) -> bool:
    """Request the filtered timeline as the page does; True where it contains the first event."""
    headers = {"HX-Request": "true", "HX-Target": "timeline"}
    answer = server.client.get(path, params={"q": _RARE}, headers=headers, timeout=_TIMEOUT_SECONDS)
    return 'id="event-1"' in answer.raise_for_status().text


def _large() -> dict[str, Any]:
    """A purchase with as many items as fit into an event of this size in bytes."""
    params = purchase()
    item = params["items"][0]
    count = (_LARGE_BYTES - len(orjson.dumps(params))) // (len(orjson.dumps(item)) + 1)
    return params | {"items": params["items"] + [item] * count}
