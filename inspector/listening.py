"""Where the inspector listens: an address that works on this machine, and who can reach it. Pure."""

from ipaddress import ip_address

_EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104  # recognised here, bound only if somebody asks for it


def base_url(host: str, port: int, *, secure: bool) -> str:
    """The address of everything, without a slash at the end; ``secure`` where it serves https."""
    if host in _EVERY_ADDRESS:
        host = "127.0.0.1"
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{shown}:{port}"


def is_loopback(host: str) -> bool:
    """True where only this machine reaches who listens there; a name that may be any counts as False."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
