"""Cases of one event in every shape of request body that the vendor's API and the script use."""

from collections.abc import Callable
from typing import Any, Final

Shape = Callable[[str, dict[str, Any]], Any]

SHAPES: Final[dict[str, Shape]] = {
    "shim": lambda name, params: {"page": {"id": "p"}, "events": [{"n": 1, "name": name, "called": params}]},
    "flat": lambda name, params: {"event_name": name, **params},
    "flat with context": lambda name, params: {"event_name": name, **params, "context": {"version": 2}},
    "HTTP API 1.0": lambda name, params: {"event_name": name, "properties": params, "device": {}},
    "older container": lambda name, params: {
        "event": name,
        "properties": {**params, "created": 1},
        "version": 1,
    },
    "batch": lambda name, params: {"batch": [{"event_name": name, **params}]},
    "array": lambda name, params: [{"event_name": name, **params}],
}
