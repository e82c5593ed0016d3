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

_clock: Any = reactor  # by its type a module
_IMPORTS: Final = (b"/import/", b"/api/import")
_FORM: Final = 100_000  # what a form may take around a file
_TOO_LARGE: Final = (
    b"HTTP/1.1 413 Content Too Large\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
    b"Connection: close\r\n\r\n%b"
)
_SAID: Final = (
    b'{"error":{"code":"too_large","message":"The request is larger than anything that is taken here."}}'
)


class PatientRequest(http_protocol.WebRequest):  # type: ignore[misc]  # Daphne has no types
    """A request that has to arrive in good time and may not be larger than what is read of it.

    From its first line on it has MAX_REQUEST_SECONDS, and a second more for each MIN_BYTES_A_SECOND of it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arrived = 0
        self._refused = False
        self._began = _clock.seconds()
        self._deadline: Any = _clock.callLater(settings.MAX_REQUEST_SECONDS, self._look)

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
        self._rest()
        if not self._refused:
            super().requestReceived(command, path, version)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  # Twisted's name
        """Nothing more will come."""
        self._rest()
        super().connectionLost(reason)

    def _look(self) -> None:
        """End a request that is not whole yet, or give it the time that what arrived has earned."""
        allowed = settings.MAX_REQUEST_SECONDS + self._arrived / settings.MIN_BYTES_A_SECOND
        left = self._began + allowed - _clock.seconds()
        if left > 0:
            self._deadline = _clock.callLater(left, self._look)
            return
        self._deadline = None
        self.transport.abortConnection()

    def _rest(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

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


def be_patient() -> None:
    """Hold all requests of Daphne to these limits, and let many connections wait at once."""
    if not issubclass(_class_of(http_protocol.WebRequest), PatientRequest):
        http_protocol.WebRequest = PatientRequest
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = settings.MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(settings.MAX_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _class_of(made: Any) -> type:
    made_by: type = getattr(made, "func", made)
    return made_by
