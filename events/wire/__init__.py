"""Reads events from every accepted wire shape. Pure: no Django, no I/O."""

from events.wire.shapes import BYTE_ORDER_MARK, parse, read, read_delivery, read_time
from events.wire.types import (
    CAUSES,
    NOT_READ,
    Delivered,
    Delivery,
    Incoming,
    Left,
    Page,
    ScriptReport,
    Seen,
    Unreadable,
    Update,
)

__all__ = [
    "BYTE_ORDER_MARK",
    "CAUSES",
    "NOT_READ",
    "Delivered",
    "Delivery",
    "Incoming",
    "Left",
    "Page",
    "ScriptReport",
    "Seen",
    "Unreadable",
    "Update",
    "parse",
    "read",
    "read_delivery",
    "read_time",
]
