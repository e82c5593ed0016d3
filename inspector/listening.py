"""Where the inspector listens, as an address that works on this machine. Pure."""

_EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104  # recognised here, bound only if somebody asks for it


def base_url(host: str, port: int) -> str:
    """The address of everything, without a slash at the end."""
    if host in _EVERY_ADDRESS:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
