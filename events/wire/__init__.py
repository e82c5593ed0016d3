"""Every accepted wire shape, read into events. Pure: no Django, no I/O."""

from events.wire.shapes import (
    BYTE_ORDER_MARK,
    CAUSES,
    Delivered,
    Delivery,
    Incoming,
    Left,
    Page,
    Report,
    Unreadable,
    Update,
    parse,
    read,
    read_delivery,
    read_time,
)

__all__ = [
    "BYTE_ORDER_MARK",
    "CAUSES",
    "Delivered",
    "Delivery",
    "Incoming",
    "Left",
    "Page",
    "Report",
    "Unreadable",
    "Update",
    "parse",
    "read",
    "read_delivery",
    "read_time",
]
