"""Request bodies of the benchmarks: those of the page-side script, with placeholders for ids and times."""

import copy
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson

from events import reference
from events.reference.examples import example_params
from tests.bench.load import unique

#: The placeholder for an event's id.
PLACE: Final = "@" * 36
#: The time of each event before a body gets its own.
_TIME: Final = b'"at":0'
_SITE: Final = "https://shop.example/checkout/thanks?utm_source=newsletter&utm_campaign=spring"
_EVENT_BYTES: Final = 1_720  # of parameters; with everything around them 2 KB
#: A page's address after a click on an advertisement.
_THANKS: Final = (
    "https://shop.example.com/checkout/thanks?order=O_1245&utm_source=newsletter&utm_medium=email"
    "&utm_campaign=spring-sale-2026&utm_content=hero-banner&lang=en"
    "&gclid=Cj0KCQiA1Km7BhC9ARIsAFZfEIvN0d2x8YtQnWm4cPzKeRVuA7sLhT3jXgB6oFy5kDqHrS9wMvUaEpIaAkZ1EALw_wcB"
    "&_gl=1*1q2w3e4*_up*MQ..*_ga*MTIzNDU2Nzg5MC4xNzY0MDAwMDAw*_ga_ABCDEF1234*MTc2NDAwMDAwMC4xLjE"
)


def bodies(events: int) -> Iterator[bytes]:
    """Endless bodies with valid purchases, as many as ``events``, each of another order, 2 KB an event."""
    return bodies_of([event("purchase", padded(purchase() | {"id": PLACE}))] * events)


def bodies_of(events: Sequence[dict[str, Any]]) -> Iterator[bytes]:
    """Endless bodies with these events, as ``event`` makes them, with new ids and times in each body.

    The time of an event is the moment of the iteration, or a millisecond after the event before it.
    """
    page = {"id": "bench-page", "url": _SITE, "title": "Thank you for your order", "referrer": ""}
    body = orjson.dumps({"page": page, "events": events})
    last = 0
    for each in unique(body, PLACE.encode()):
        first, *rest = each.split(_TIME)
        start = max(int(time.time() * 1000), last + 1)
        last = start + len(rest) - 1
        yield b"".join([first, *(b'"at":%d%b' % (start + late, part) for late, part in enumerate(rest))])


def event(name: str, called: dict[str, Any]) -> dict[str, Any]:
    """One event of a body, with the placeholder for its id."""
    site = "at checkout (https://shop.example/static/js/checkout.min.js:1:20417)"
    return {"id": PLACE, "at": 0, "name": name, "called": called, "call_site": site}


def padded(params: dict[str, Any]) -> dict[str, Any]:
    """``params`` with an address that pads the event to 2 KB."""
    room = _EVENT_BYTES - len(orjson.dumps(params)) - len("&padding=")
    return params | {"url": f"{params['url']}&padding={'x' * room}"}


def purchase() -> dict[str, Any]:
    """A valid purchase with two items, about 1.5 KB of JSON."""
    params = example_params(reference.load(), "purchase")
    params["user"] |= {"phone": "+33612345678", "firstname": "John", "lastname": "Doe", "country": "USA"}
    params["url"] = _THANKS
    first = params["items"][0]
    first["product"] |= {"name": "T-shirt with a dinosaur and long sleeves, organic cotton", "size": "128"}
    first["product"] |= {"category_2": "t-shirts", "category_3": "boy"}
    second = copy.deepcopy(first)
    second["id"] = "SKU_12346"
    second["product"] |= {
        "id": "12346",
        "name": "T-shirt with two dinosaurs and short sleeves, organic cotton",
    }
    params["items"] = [first, second]
    params["value"] = round(params["value"] + params["revenue"], 2)
    params["revenue"] *= 2
    return params


def broken(params: dict[str, Any]) -> dict[str, Any]:
    """``params`` with five faults: two missing, two of a wrong type, one outside its closed list."""
    del params["currency"]
    del params["items"][1]["product"]["price"]
    params["value"] = "22.53"
    params["payment_method"] = "cash"
    params["user"]["consent_categories"] = "1,3"
    return params
