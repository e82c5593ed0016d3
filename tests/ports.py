"""Ports of this machine."""

import socket
from pathlib import Path


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
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
