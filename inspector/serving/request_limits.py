"""How long and how large a request may be before anybody reads it: no client's must cost others.

Twisted takes a whole body before it tells the application, in a file on disk where it is large, and Daphne
then hands all of it over at once. So both limits belong where the body arrives: in the methods by which
Twisted tells a request what came.
"""

import resource
from typing import Any, Final

from daphne import http_protocol
from django.conf import settings
from twisted.internet import reactor

from inspector.serving.backpressure import FlowingRequest

_clock: Any = reactor  # by its type a module
_IMPORTS: Final = (b"/import/", b"/api/import")
_LOOK_SECONDS: Final = 0.5  # how exactly the deadline is kept
_FORM: Final = 100_000  # what a form may take around a file
_TOO_LARGE: Final = (
    b"HTTP/1.1 413 Content Too Large\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
    b"Connection: close\r\n\r\n%b"
)
_SAID: Final = (
    b'{"error":{"code":"too_large","message":"The request is larger than anything that is taken here."}}'
)


class PatientRequest(FlowingRequest):
    """A request that has to arrive in good time and may not be larger than what is read of it.

    From its first line on it has MAX_REQUEST_SECONDS, and a second more for each MIN_BYTES_A_SECOND of it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arrived = 0
        self._refused = False
        self._began = _clock.seconds()
        _arriving.watch(self)

    def gotLength(self, length: int | None) -> None:  # noqa: N802  # Twisted's name
        """The headers are there."""
        if length is not None and length > self._most():
            super().gotLength(0)
            self._refuse()
        else:
            super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """Some of the body is there."""
        self._arrived += len(data)
        if self._arrived > self._most():
            self._refuse()
        if not self._refused:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802  # Twisted's name
        """All of it is there."""
        _arriving.leave(self)
        if not self._refused:
            super().requestReceived(command, path, version)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  # Twisted's name
        """Nothing more will come."""
        _arriving.leave(self)
        super().connectionLost(reason)

    def look(self, now: float) -> None:
        """End a request that is not whole yet and has had the time that what arrived of it has earned."""
        allowed = settings.MAX_REQUEST_SECONDS + self._arrived / settings.MIN_BYTES_A_SECOND
        if now - self._began > allowed:
            _arriving.leave(self)
            self.transport.abortConnection()

    def _refuse(self) -> None:
        if not self._refused:
            self._refused = True
            self.transport.write(_TOO_LARGE % (len(_SAID), _SAID))
            self.transport.loseConnection()

    def _most(self) -> int:
        # Known to the channel alone until the request is whole; without it, the larger limit holds.
        path = getattr(self.channel, "_path", _IMPORTS[0])
        if path.startswith(_IMPORTS):
            return int(settings.MAX_IMPORT_BYTES) + _FORM
        return 2 * int(settings.MAX_REQUEST_BYTES)  # what is a little too large gets an answer that says so


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


def be_patient(request: type[PatientRequest]) -> None:
    """Make Daphne's requests of this kind, which keeps these limits; let many connections wait at once."""
    if not issubclass(_class_of(http_protocol.WebRequest), PatientRequest):
        http_protocol.WebRequest = request
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = settings.MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(settings.MAX_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _class_of(made: Any) -> type:
    made_by: type = getattr(made, "func", made)
    return made_by
