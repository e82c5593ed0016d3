"""Recognises URLs that receive events: the vendor's, on any host, and our script's. Pure."""

import re
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qs, urlsplit

from events.wire.routing import KEY_FIELDS

Kind = Literal["", "vendor", "script"]

_SCRIPT: Final = re.compile(r"/collect/[\w-]{20,64}\Z")
_MOST_FIELDS: Final = 1_000


def kind_of(address: str) -> Kind:
    """``vendor`` for a URL of the vendor's wire format on any host, ``script`` for our script's, else ""."""
    url = split(address)
    if url is None:
        return ""
    if _SCRIPT.search(url.path):
        return "script"
    if url.path.endswith("/cdp/events"):
        return "vendor"
    if url.path.endswith(("/events", "/events/batch")):
        try:
            fields = parse_qs(url.query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return ""
        if "tc_s" in fields or ("event_name" in fields and not fields.keys().isdisjoint(KEY_FIELDS)):
            return "vendor"
    return ""


def split(address: str) -> SplitResult | None:
    """The parts of a URL; None where ``address`` is no URL."""
    try:
        return urlsplit(address)
    except ValueError:
        return None
