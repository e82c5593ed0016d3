"""Ports of this machine."""

import random
import socket
from pathlib import Path
from typing import Final

#: Below those that the system gives to connections going out, which would take the port of a server that is
#: away for a moment, or even connect to themselves on it; without those that browsers refuse.
_OURS: Final = range(20_000, 32_000)
_CHANCE: Final = random.SystemRandom()  # others test on this machine too, and do not draw the same
_given: set[int] = set()


def free_port() -> int:
    """A port that nobody listens on, and that nobody else is given."""
    while True:
        port = _CHANCE.choice(_OURS)
        if port in _given:
            continue
        _given.add(port)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port


def taken(port: int) -> bool:
    """Somebody answers there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def unread(port: int) -> bool:
    """Something was sent to the process that listens there, which has not read it yet."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    connected = "01"
    return any(
        row[1].endswith(f":{port:04X}") and row[3] == connected and int(row[4].partition(":")[2], 16)
        for row in rows
    )
