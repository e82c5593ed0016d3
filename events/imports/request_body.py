"""Reads events from the body of an imported request. Pure."""

from events.reference import Reference
from events.wire import Incoming, Unreadable, parse, read
from events.wire.pixel import read_pixel


def read_body(body: str, reference: Reference) -> list[Incoming]:
    """The events in a request body: JSON in any wire shape, or form data. Raises Unreadable."""
    try:
        return read(parse(body.encode(errors="replace")))
    except Unreadable:
        if body.lstrip()[:1] in ("{", "[") or "=" not in body:
            raise
    return [read_pixel(body, reference)]
