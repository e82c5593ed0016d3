"""Caches the editions of recordings as this process last read them. Pure."""

from threading import Lock
from typing import Final

#: Recordings in the cache, about 2 MB; a further one evicts the entry that was written first.
_MOST_CACHED: Final = 10_000


class EditionCache:
    """A cache: capture digest -> the recording's edition when this process last wrote to the recording.

    Lets events be judged by their recording's edition before anything is read from the database. Another
    process may have changed the edition since: the writer's transaction compares. Threads may share it.
    """

    def __init__(self, most: int = _MOST_CACHED) -> None:
        self._most = most
        self._names: dict[str, str] = {}
        self._lock = Lock()

    def get(self, digest: str) -> str:
        """The name of the edition of the recording with this digest; "" for a digest not in the cache."""
        return self._names.get(digest, "")

    def put(self, digest: str, edition: str) -> None:
        """Cache the ``edition`` of the recording with this capture digest."""
        if self._names.get(digest) == edition:
            return
        with self._lock:
            self._names.pop(digest, None)
            self._names[digest] = edition
            while len(self._names) > self._most:
                del self._names[next(iter(self._names))]

    def __contains__(self, digest: str) -> bool:
        return digest in self._names


edition_cache: Final = EditionCache()
