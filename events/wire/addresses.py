"""Reads the parts of a page's address. Pure."""

from urllib.parse import SplitResult, urlsplit


def split_address(url: str) -> SplitResult | None:
    """The parts of ``url``; None where it is no address."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def host_of(url: str) -> str:
    """The host of ``url`` as it is written, with its port and without a user name; "" where it has none."""
    parts = split_address(url)
    return parts.netloc.rpartition("@")[2] if parts else ""
