"""CORS: which paths are capture addresses, and the headers that let any page post there and read answers."""

from typing import Final

Headers = tuple[tuple[bytes, bytes], ...]

#: A container appends this path to its collection domain, which may hold a path of its own.
CONTAINER_PATH: Final = "/cdp/events"
_CAPTURE_PATHS: Final = ("/events", "/events/batch", CONTAINER_PATH)
_CAPTURE_PREFIX: Final = "/collect/"

_ALWAYS: Final = (
    (b"vary", b"Origin"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"x-content-type-options", b"nosniff"),
)
_CREDENTIALS: Final = (b"access-control-allow-credentials", b"true")
_EXPOSED: Final = (b"access-control-expose-headers", b"Retry-After")  # the page-side script honours it


def is_capture_path(path: str) -> bool:
    """True where ``path``, without a query string, is an address that accepts events."""
    return path in _CAPTURE_PATHS or path.startswith(_CAPTURE_PREFIX) or path.endswith(CONTAINER_PATH)


def cors_headers(origin: bytes | None) -> Headers:
    """The headers of an answer to a page of ``origin``; None where the request has no Origin header.

    The origin is echoed, since browsers refuse ``*`` for a request with credentials.
    """
    if not origin:
        return _ALWAYS
    return (*_ALWAYS, (b"access-control-allow-origin", origin), _CREDENTIALS, _EXPOSED)


def preflight_headers(origin: bytes | None, asked: dict[bytes, bytes]) -> Headers:
    """The headers of an answer to a preflight; ``asked``: the request's headers by lower-case name."""
    if not origin:
        return _ALWAYS
    private = asked.get(b"access-control-request-private-network") == b"true"
    return (
        *_ALWAYS,
        (b"access-control-allow-origin", origin),
        _CREDENTIALS,
        (b"access-control-allow-methods", b"GET, POST"),
        (b"access-control-allow-headers", asked.get(b"access-control-request-headers", b"content-type")),
        (b"access-control-max-age", b"7200"),
        *([(b"access-control-allow-private-network", b"true")] if private else []),
    )
