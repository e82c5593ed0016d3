"""Decides which tests are pure: they start no process and open no connection, so they need only Python.

A test is pure unless it uses a fixture of ``_STARTING`` or is marked ``starts_processes``, as a rule by its
module. A pure test that starts a process or opens a connection all the same fails and says so.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

#: The fixtures of conftest.py that start a server, a browser or a database, or depend on such a fixture.
_STARTING: Final = frozenset(
    [
        "any_server",
        "browser",
        "firefox",
        "inspector",
        "own_server",
        "playwright",
        "postgres_database",
        "server",
        "site",
        "team",
    ]
)
#: The audit events that a pure test must not cause.
_IMPURE: Final = frozenset(
    [
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.system",
        "socket.bind",
        "socket.connect",
        "socket.sendto",
        "subprocess.Popen",
    ]
)


class NotPure(AssertionError):
    """A test that is marked as pure started a process or opened a connection."""


class _Guard:
    """The audit hook. Python cannot remove an audit hook, so this one has a switch."""

    def __init__(self) -> None:
        self.on = False
        self._added = False

    def switch(self, *, on: bool) -> None:
        if on and not self._added:
            sys.addaudithook(self._check)
            self._added = True
        self.on = on

    def _check(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.on and event in _IMPURE:
            raise NotPure(
                f"A pure test caused {event}{arguments!r:.200}. "
                "Use a fixture that starts it, or mark the module: pytestmark = pytest.mark.starts_processes"
            )


_guard: Final = _Guard()


def is_pure(item: pytest.Item) -> bool:
    """True where the test is not marked and uses no fixture that starts a process."""
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("starts_processes") is None and _STARTING.isdisjoint(fixtures)


@contextmanager
def guarded() -> Iterator[None]:
    """Raise NotPure where the block starts a process or opens a connection."""
    _guard.switch(on=True)
    try:
        yield
    finally:
        _guard.switch(on=False)
