"""What the benchmarks post: the page-side script's own bodies, with a place for the id of each event."""

import time
from collections.abc import Iterator
from typing import Any, Final

import orjson

from events import reference
from tests.bench.judging import purchase
from tests.bench.load import unique

#: Stands where each event's id goes.
_PLACE: Final = "@" * 36
_SITE: Final = "https://shop.example/checkout/thanks?utm_source=newsletter&utm_campaign=spring"


def bodies(events: int) -> Iterator[bytes]:
    """Bodies with that many valid purchases each, 2 KB an event as it stands on the wire."""
    return unique(orjson.dumps(_body([_event() for _ in range(events)])), _PLACE.encode())


def timed_bodies() -> Iterator[bytes]:
    """Bodies with one event each, whose time is the moment at which it is asked for."""
    ids = bodies(1)
    marker = b'"at":0'
    return (body.replace(marker, b'"at":%d' % int(time.time() * 1000), 1) for body in ids)


def _body(events: list[dict[str, Any]]) -> dict[str, Any]:
    page = {"id": "bench-page", "url": _SITE, "title": "Thank you for your order", "referrer": ""}
    return {"page": page, "events": events}


def _event() -> dict[str, Any]:
    called = purchase(reference.load())
    called["url"] += "&padding=" + "x" * (1_720 - len(orjson.dumps(called)))
    site = "at checkout (https://shop.example/static/js/checkout.min.js:1:20417)"
    return {"id": _PLACE, "at": 0, "name": "purchase", "called": called, "call_site": site}
