"""Listening addresses: base URL, loopback and wildcard checks, this machine's LAN addresses."""

import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

_EVERY_ADDRESS: Final = ("", "0.0.0.0", "::")  # noqa: S104  # recognised here, bound only where HOST says so
#: Destinations for ``lan_addresses``: the system chooses a source address for each, and nothing is sent.
_REMOTE_ADDRESSES: Final = ("192.0.2.1", "10.255.255.254", "172.31.255.254", "192.168.255.254")


def base_url(host: str, port: int, *, secure: bool) -> str:
    """The inspector's base URL without a trailing slash; ``secure`` where the server speaks https."""
    if listens_everywhere(host):
        host = "127.0.0.1"
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{shown}:{port}"


def listens_everywhere(host: str) -> bool:
    """True for a wildcard address: the server listens on every address of the machine."""
    return host in _EVERY_ADDRESS


def is_this_machine(host: str) -> bool:
    """True where browsers treat this host name or address of a URL as their own machine."""
    return host.endswith(".localhost") or is_loopback(host.strip("[]"))


def is_loopback(host: str) -> bool:
    """True for ``localhost`` and loopback addresses; False for any other name, which is not resolved."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def lan_addresses() -> list[str]:
    """This machine's own IPv4 addresses in its networks; sends no packet."""
    found: dict[str, None] = {}
    for remote in _REMOTE_ADDRESSES:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
            probe.connect((remote, 9))
            found[probe.getsockname()[0]] = None
    return [address for address in found if not is_loopback(address) and address not in _EVERY_ADDRESS]
