"""Chooses free ports, and checks whether a port is served."""

import random
import socket
from pathlib import Path
from typing import Final

#: Below the system's ephemeral ports: an outgoing connection could take the port of a server that a test has
#: stopped, or even connect to itself on it. Without ports that browsers refuse.
_RANGE: Final = range(20_000, 32_000)
_RANDOM: Final = random.SystemRandom()  # unseeded: test processes in parallel must draw different ports
_given: set[int] = set()


def free_port() -> int:
    """A port on which no server listens, and that this function has not returned before."""
    while True:
        port = _RANDOM.choice(_RANGE)
        if port in _given:
            continue
        _given.add(port)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port


def taken(port: int) -> bool:
    """True where a server accepts connections on the port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def unread(port: int) -> bool:
    """True where the server on the port has unread bytes in a receive buffer."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    connected = "01"
    return any(
        row[1].endswith(f":{port:04X}") and row[3] == connected and int(row[4].partition(":")[2], 16)
        for row in rows
    )
