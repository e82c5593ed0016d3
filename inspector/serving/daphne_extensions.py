"""All extensions of Daphne: installed in one place, on a Daphne and a Twisted that have what they extend.

Daphne builds its requests from a name in its module, and Twisted hands a body over by methods that are not
public. So the names are looked for, and one request is fed to Twisted, before anything is served: a release
that works otherwise must not switch the limits of requests off in silence.
"""

from importlib.metadata import version
from inspect import signature
from typing import Any, Final

from daphne import http_protocol, server
from django.core.exceptions import ImproperlyConfigured
from twisted.internet.testing import StringTransport
from twisted.web import http

from inspector.serving.backpressure import FlowingServer
from inspector.serving.fast_path import DirectRequest
from inspector.serving.request_limits import raise_open_files
from inspector.serving.tuning import remember_content_types, tune_garbage_collector, write_no_access_log

#: What the extensions override or call, by where it is.
_NAMES: Final[tuple[tuple[Any, tuple[str, ...]], ...]] = (
    (http_protocol, ("WebRequest",)),
    (http_protocol.WebRequest, ("connectionLost", "finish", "process")),
    (server.Server, ("handle_reply", "run")),
    (http.Request, ("gotLength", "handleContentChunk", "registerProducer", "requestReceived")),
    (http.HTTPFactory, ("log",)),
)
_FORMS: Final = "parsePOSTFormSubmission"
_PROBE: Final = b"POST /probe HTTP/1.1\r\nHost: probe\r\nContent-Length: 1\r\n\r\nx"


def install() -> type[FlowingServer]:
    """Extend Daphne for the whole process; returns the server class to run.

    Raises ImproperlyConfigured as ``require_extension_points``.
    """
    require_extension_points()
    http_protocol.WebRequest = DirectRequest
    raise_open_files()
    remember_content_types()
    write_no_access_log()
    tune_garbage_collector()  # last: it sets aside whatever was made before
    return FlowingServer


def require_extension_points() -> None:
    """Raise ImproperlyConfigured where Daphne or Twisted has not what the extensions extend."""
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
    return names or _missing_at_work()


def _missing_at_work() -> list[str]:
    """What Twisted does not do with a request: tell its address early, and its parts by these methods."""
    told: list[str] = []

    class Probe(http.Request):
        def gotLength(self, length: int | None) -> None:  # noqa: N802  # Twisted's name
            told.append("gotLength")
            if getattr(self.channel, "_path", None) == b"/probe":
                told.append("HTTPChannel._path")

        def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
            told.append("handleContentChunk")

        def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802  # Twisted's name
            told.append("requestReceived")

    make_channel: Any = http.HTTPChannel
    make_transport: Any = StringTransport
    channel = make_channel()
    channel.requestFactory = Probe
    channel.makeConnection(make_transport())
    channel.dataReceived(_PROBE)
    expected = ("gotLength", "HTTPChannel._path", "handleContentChunk", "requestReceived")
    return [name for name in expected if name not in told]
