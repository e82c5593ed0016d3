"""Installs the extensions of Daphne and Twisted, after a check that both have what the extensions override.

Daphne makes its requests from a class named in its module, and Twisted passes a body to methods that are not
public. So the server checks these names and feeds one request to Twisted before it serves: a release of
either that works otherwise must not disable the limits of requests unnoticed.
"""

from importlib.metadata import version
from inspect import signature
from typing import Any, Final

from daphne import http_protocol, server
from django.core.exceptions import ImproperlyConfigured
from twisted.internet.testing import StringTransport
from twisted.web import http

from inspector.serving.backpressure import BackpressureServer
from inspector.serving.fast_path import FastPathRequest
from inspector.serving.request_limits import raise_open_files
from inspector.serving.tuning import cache_content_types, disable_access_log, tune_garbage_collector

#: (owner, names): the attributes that the extensions override or call.
_NAMES: Final[tuple[tuple[Any, tuple[str, ...]], ...]] = (
    (http_protocol, ("WebRequest",)),
    (http_protocol.WebRequest, ("connectionLost", "finish", "process")),
    (server.Server, ("handle_reply", "run")),
    (http.Request, ("gotLength", "handleContentChunk", "registerProducer", "requestReceived")),
    (http.HTTPFactory, ("log",)),
    (http.HTTPChannel, ("MAX_LENGTH", "totalHeadersSize")),
)
#: Bytes of a request's first line and headers: in an address a query of 2,000 characters has up to 24,000.
_LONGEST_HEAD: Final = 32_768
_FORMS: Final = "parsePOSTFormSubmission"
_PROBE: Final = b"POST /probe HTTP/1.1\r\nHost: probe\r\nContent-Length: 1\r\n\r\nx"


def install() -> type[BackpressureServer]:
    """Extend Daphne for the whole process; return the server class to run.

    Raises ImproperlyConfigured where an extension point is missing.
    """
    require_extension_points()
    http_protocol.WebRequest = FastPathRequest
    raise_open_files()
    http.HTTPChannel.MAX_LENGTH = http.HTTPChannel.totalHeadersSize = _LONGEST_HEAD
    cache_content_types()
    disable_access_log()
    tune_garbage_collector()  # last: it freezes the objects that exist by now
    return BackpressureServer


def require_extension_points() -> None:
    """Raise ImproperlyConfigured where Daphne or Twisted lacks an attribute that the extensions override."""
    if missing := _missing():
        versions = f"Daphne {version('daphne')} with Twisted {version('twisted')}"
        raise ImproperlyConfigured(
            f"The server's limits need what {versions} does not have: {', '.join(missing)}. "
            "Install the versions that requirements.lock names."
        )


def _missing() -> list[str]:
    names = [
        f"{owner.__name__}.{name}" for owner, wanted in _NAMES for name in wanted if not hasattr(owner, name)
    ]
    if _FORMS not in signature(http.Request).parameters:
        names.append(f"Request({_FORMS}=…)")
    return names or _missing_calls()


def _missing_calls() -> list[str]:
    """The methods that Twisted does not call for a probe request; ``HTTPChannel._path``, too, if unset."""
    called: list[str] = []

    class Probe(http.Request):
        def gotLength(self, length: int | None) -> None:  # noqa: N802  # Twisted's name
            called.append("gotLength")
            if getattr(self.channel, "_path", None) == b"/probe":
                called.append("HTTPChannel._path")

        def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
            called.append("handleContentChunk")

        def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802  # Twisted's name
            called.append("requestReceived")

    make_channel: Any = http.HTTPChannel
    make_transport: Any = StringTransport
    channel = make_channel()
    channel.requestFactory = Probe
    channel.makeConnection(make_transport())
    channel.dataReceived(_PROBE)
    expected = ("gotLength", "HTTPChannel._path", "handleContentChunk", "requestReceived")
    return [name for name in expected if name not in called]
