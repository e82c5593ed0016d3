"""Where the inspector listens: addresses that work here and beside here, and who can reach them."""

import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

_EVERY_ADDRESS: Final = ("", "0.0.0.0", "::")  # noqa: S104  # recognised here, bound only if somebody asks for it
#: Nothing is sent there: which of our addresses the system would use is what we want to know.
_SOMEWHERE: Final = ("192.0.2.1", "10.255.255.254", "172.31.255.254", "192.168.255.254")


def base_url(host: str, port: int, *, secure: bool) -> str:
    """The address of everything, without a slash at the end; ``secure`` where it serves https."""
    if listens_everywhere(host):
        host = "127.0.0.1"
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{shown}:{port}"


def listens_everywhere(host: str) -> bool:
    """Whether other machines can come too, under each of our addresses."""
    return host in _EVERY_ADDRESS


def is_this_machine(host: str) -> bool:
    """Whether browsers take this name or address, as it stands in an address bar, for their own machine."""
    return host.endswith(".localhost") or is_loopback(host.strip("[]"))


def is_loopback(host: str) -> bool:
    """True where only this machine reaches who listens there; a name that may be any counts as False."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def lan_addresses() -> list[str]:
    """This machine's own IPv4 addresses in the networks that it is in; without asking any of them."""
    found: dict[str, None] = {}
    for far in _SOMEWHERE:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
            probe.connect((far, 9))
            found[probe.getsockname()[0]] = None
    return [address for address in found if not is_loopback(address) and address not in _EVERY_ADDRESS]
