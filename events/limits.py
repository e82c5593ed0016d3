"""Defines the error for a request or file beyond its size limit, and its message."""

from django.conf import settings


class TooLarge(ValueError):
    """A request, a file or a part of one is larger than its limit; the message names the limit."""

    def __init__(self, what: str, most: int) -> None:
        """Write the message. ``what`` has an article ("a request"); ``most`` is the limit in bytes."""
        super().__init__(f"It is too large: {what} may have {_size(most)} at most.")


def request_too_large(what: str = "a request") -> TooLarge:
    """The error for a body beyond MAX_REQUEST_BYTES."""
    return TooLarge(what, settings.MAX_REQUEST_BYTES)


def file_too_large() -> TooLarge:
    """The error for a file beyond MAX_IMPORT_BYTES."""
    return TooLarge("a file", settings.MAX_IMPORT_BYTES)


def _size(most: int) -> str:
    """A number of bytes for people: "500 KB", "200 MB"."""
    return f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most // 1000} KB"
