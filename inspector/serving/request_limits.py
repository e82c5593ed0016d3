"""How long and how large a request may be before anybody reads it: no client's must cost others.

Twisted takes a whole body before it tells the application, in a file on disk where it is large, and Daphne
then hands all of it over at once. So both limits belong where the body arrives: in the methods by which
Twisted tells a request what came.
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
from inspector.serving.backpressure import FlowingRequest
from inspector.serving.cors import cors_headers, is_capture_path

_clock: Any = reactor  # by its type a module
_IMPORTS: Final = (b"/import/", b"/api/import")
_LOOK_SECONDS: Final = 0.5  # how exactly the deadline is kept
_FORM: Final = 100_000  # what a form may take around a file
#: Bytes of a refused body that may still arrive, to be thrown away: a connection that is closed before its
#: client has sent everything is reset, and then a page cannot read why it was refused.
_LEAST_DRAINED: Final = 10_000_000


class PatientRequest(FlowingRequest):
    """A request that has to arrive in good time and may not be larger than what is read of it.

    From its first line on it has MAX_REQUEST_SECONDS, and a second more for each MIN_BYTES_A_SECOND of it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Django reads forms, file by file and from disk. Twisted would take an upload into memory as a whole,
        # several times over, on the thread that serves everybody.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self._arrived = 0
        self._refused = False
        self._drained = 0
        self._began = _clock.seconds()
        _arriving.watch(self)

    def gotLength(self, length: int | None) -> None:  # noqa: N802  # Twisted's name
        if length is not None and length > self._most():
            super().gotLength(0)
            self._refuse()
        else:
            super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        self._arrived += len(data)
        if self._refused:
            self._drain(len(data))
        elif self._arrived > self._most():
            self._refuse()
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802  # Twisted's name
        _arriving.leave(self)
        if self._refused:
            self.transport.loseConnection()
        else:
            super().requestReceived(command, path, version)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  # Twisted's name
        _arriving.leave(self)
        super().connectionLost(reason)

    def look(self, now: float) -> None:
        """End a request that is not whole yet and has had the time that what arrived of it has earned."""
        allowed = settings.MAX_REQUEST_SECONDS + self._arrived / settings.MIN_BYTES_A_SECOND
        if now - self._began > allowed:
            _arriving.leave(self)
            self.transport.abortConnection()

    def _refuse(self) -> None:
        """Answer 413 now, as every other way in answers it, and let go of what still arrives."""
        self._refused = True
        self.requestHeaders.removeHeader(b"expect")  # else Twisted would ask for the body after all
        self.transport.write(_refusal(self._address(), self.requestHeaders.getRawHeaders(b"origin")))
        if ITCPTransport.providedBy(self.transport):
            self.transport.loseWriteConnection()

    def _drain(self, size: int) -> None:
        """Throw away some of a refused body; close the connection where there is too much of it."""
        self._drained += size
        if self._drained > max(self._most(), _LEAST_DRAINED):
            self.transport.loseConnection()

    def _most(self) -> int:
        if _is_import(self._address()):
            return int(settings.MAX_IMPORT_BYTES) + _FORM
        return 2 * int(settings.MAX_REQUEST_BYTES)  # what is a little too large is left to the views

    def _address(self) -> bytes:
        """The request's address; b"", for which the smaller limit holds, where Twisted does not tell it."""
        path: bytes = getattr(self.channel, "_path", b"")  # the request's own is set once it is whole
        return path


def _is_import(path: bytes) -> bool:
    return path.startswith(_IMPORTS)


def _refusal(path: bytes, origins: list[bytes] | None) -> bytes:
    """The whole answer, with CORS headers where the address is one that pages post to."""
    error = file_too_large() if _is_import(path) else request_too_large()
    body = orjson.dumps(too_large_body(error))
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if is_capture_path(unquote(path.partition(b"?")[0].decode("latin-1"))):
        headers += cors_headers(origins[0] if origins else None)
    lines = [b"%b: %b" % header for header in (*headers, (b"connection", b"close"))]
    return b"\r\n".join([b"HTTP/1.1 413 Content Too Large", *lines, b"", body])


class _Arriving:
    """The requests that are not whole yet. One clock for all: most are whole before it would be set."""

    def __init__(self) -> None:
        self._requests: dict[PatientRequest, None] = {}
        self._ticking = False

    def watch(self, request: PatientRequest) -> None:
        """Look at it from now on."""
        self._requests[request] = None
        if not self._ticking:
            self._ticking = True
            _clock.callLater(_LOOK_SECONDS, self._look)

    def leave(self, request: PatientRequest) -> None:
        """It is whole, or it is over."""
        self._requests.pop(request, None)

    def _look(self) -> None:
        self._ticking = bool(self._requests)
        if self._ticking:
            _clock.callLater(_LOOK_SECONDS, self._look)
        for request in list(self._requests):
            request.look(_clock.seconds())


_arriving: Final = _Arriving()


def raise_open_files() -> None:
    """Let many connections wait at once: MAX_OPEN_FILES open files, or as many as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = settings.MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(settings.MAX_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
