"""The editions of recordings as this process last saw them. Pure."""

from threading import Lock
from typing import Final

from events.reference import LATEST

#: Recordings whose edition is remembered: about 2 MB; beyond it the one remembered for longest is forgotten.
_MOST_KNOWN: Final = 10_000


class KnownEditions:
    """Which edition each recording had when this process last stored something into it or judged it again.

    Lets events be judged by their recording's edition before anything is read from the database. Another
    process may have changed the edition since: the writer's transaction compares. Safe to share between
    threads.
    """

    def __init__(self, most: int = _MOST_KNOWN) -> None:
        self._most = most
        self._names: dict[str, str] = {}
        self._lock = Lock()

    def get(self, digest: str) -> str:
        """The name of the edition of this digest's recording; the latest one's for a digest never stored."""
        return self._names.get(digest, LATEST)

    def put(self, digest: str, edition: str) -> None:
        """Remember the ``edition`` of the recording with this capture digest."""
        if self._names.get(digest) == edition:
            return
        with self._lock:
            self._names.pop(digest, None)
            self._names[digest] = edition
            while len(self._names) > self._most:
                del self._names[next(iter(self._names))]

    def __contains__(self, digest: str) -> bool:
        return digest in self._names


known_editions: Final = KnownEditions()
