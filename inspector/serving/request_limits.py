"""Size and time limits of requests, enforced while a request is still arriving.

Twisted receives a whole body before it calls the application, in a file on disk where the body is large, and
Daphne then passes all of it at once. So both limits are enforced where the body arrives: in the methods that
Twisted calls for each part of a request. A request beyond a limit must not cost other clients anything.
"""

import resource
from typing import Any, Final
from urllib.parse import unquote

import orjson
from django.conf import settings
from twisted.internet import reactor
from twisted.internet.interfaces import ITCPTransport

from events.api.errors import too_large_body
from events.limits import file_too_large, request_too_large
from inspector.serving.backpressure import BackpressureRequest
from inspector.serving.cors import cors_headers, is_capture_path

_clock: Any = reactor  # typed as a module
_IMPORTS: Final = (b"/import/", b"/api/import")
_CHECK_SECONDS: Final = 0.5  # the precision of the deadline
_FORM_BYTES: Final = 100_000  # the rest of a form around its file
#: Bytes of a refused body that are read and discarded. A connection that is closed before its client has sent
#: everything is reset, and then a page cannot read the 413.
_MIN_DISCARDED_BYTES: Final = 10_000_000


class BoundedRequest(BackpressureRequest):
    """A request with a deadline and a maximal size.

    It has to be complete MAX_REQUEST_SECONDS after its first line, with one second more for each
    MIN_BYTES_A_SECOND received bytes; else the connection is aborted. A body that is too large gets 413.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Django parses forms, file by file and from disk. Twisted would copy a whole upload into memory
        # several times, on the thread of the event loop.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self._received = 0
        self._refused = False
        self._discarded = 0
        self._began = _clock.seconds()
        _incomplete.add(self)

    def gotLength(self, length: int | None) -> None:  # noqa: N802  # Twisted's name
        if length is not None and length > self._max_bytes():
            super().gotLength(0)
            self._refuse()
        else:
            super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        self._received += len(data)
        if self._refused:
            self._discard(len(data))
        elif self._received > self._max_bytes():
            self._refuse()
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802  # Twisted's name
        _incomplete.remove(self)
        if self._refused:
            self.transport.loseConnection()
        else:
            super().requestReceived(command, path, version)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  # Twisted's name
        _incomplete.remove(self)
        super().connectionLost(reason)

    def abort_if_late(self, now: float) -> None:
        """Abort the connection where the deadline has passed; ``now`` in seconds of the reactor's clock."""
        allowed = settings.MAX_REQUEST_SECONDS + self._received / settings.MIN_BYTES_A_SECOND
        if now - self._began > allowed:
            _incomplete.remove(self)
            self.transport.abortConnection()

    def _refuse(self) -> None:
        """Answer 413 at once, with the body of the API's 413; what still arrives is discarded."""
        self._refused = True
        self.requestHeaders.removeHeader(b"expect")  # else Twisted would ask for the body after all
        self.transport.write(_refusal(self._address(), self.requestHeaders.getRawHeaders(b"origin")))
        if ITCPTransport.providedBy(self.transport):
            self.transport.loseWriteConnection()

    def _discard(self, size: int) -> None:
        """Count discarded bytes of a refused body; close the connection after too many."""
        self._discarded += size
        if self._discarded > max(self._max_bytes(), _MIN_DISCARDED_BYTES):
            self.transport.loseConnection()

    def _max_bytes(self) -> int:
        if _is_import(self._address()):
            return int(settings.MAX_IMPORT_BYTES) + _FORM_BYTES
        return 2 * int(settings.MAX_REQUEST_BYTES)  # the views refuse bodies between the limit and its double

    def _address(self) -> bytes:
        """The request's path and query; b"", which has the smaller limit, where the channel has none."""
        path: bytes = getattr(self.channel, "_path", b"")  # Request.path is set once the request is complete
        return path


def _is_import(path: bytes) -> bool:
    return path.startswith(_IMPORTS)


def _refusal(path: bytes, origins: list[bytes] | None) -> bytes:
    """The 413 response as bytes, with CORS headers for a capture address."""
    error = file_too_large() if _is_import(path) else request_too_large()
    body = orjson.dumps(too_large_body(error))
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if is_capture_path(unquote(path.partition(b"?")[0].decode("latin-1"))):
        headers += cors_headers(origins[0] if origins else None)
    lines = [b"%b: %b" % header for header in (*headers, (b"connection", b"close"))]
    return b"\r\n".join([b"HTTP/1.1 413 Content Too Large", *lines, b"", body])


class _IncompleteRequests:
    """The requests that are not complete yet; checks their deadlines.

    One timer serves all of them, since most requests are complete before a timer of their own would fire.
    """

    def __init__(self) -> None:
        self._requests: dict[BoundedRequest, None] = {}
        self._timer_runs = False

    def add(self, request: BoundedRequest) -> None:
        """Check the request's deadline from now on."""
        self._requests[request] = None
        if not self._timer_runs:
            self._timer_runs = True
            _clock.callLater(_CHECK_SECONDS, self._check)

    def remove(self, request: BoundedRequest) -> None:
        """Check the request's deadline no more."""
        self._requests.pop(request, None)

    def _check(self) -> None:
        self._timer_runs = bool(self._requests)
        if self._timer_runs:
            _clock.callLater(_CHECK_SECONDS, self._check)
        for request in list(self._requests):
            request.abort_if_late(_clock.seconds())


_incomplete: Final = _IncompleteRequests()


def raise_open_files() -> None:
    """Raise the process's limit of open files to MAX_OPEN_FILES, or to the system's hard limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = settings.MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(settings.MAX_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
