"""Where the inspector listens, as an address that works on this machine. Pure."""

_EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104  # recognised here, bound only if somebody asks for it


def base_url(host: str, port: int, *, secure: bool) -> str:
    """The address of everything, without a slash at the end; ``secure`` where it serves https."""
    if host in _EVERY_ADDRESS:
        host = "127.0.0.1"
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{shown}:{port}"
