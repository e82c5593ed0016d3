"""Disposable PostgreSQL and Redis processes that a test may kill and start again."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psycopg
import redis

from tests.ports import free_port
from tests.services import program
from tests.waiting import wait_for

#: PostgreSQL refuses to run as root, so root runs it as another user.
_SOMEBODY: Final = 65534


class KillableService:
    """A service in a process of its own; killed and started again, it has the same port and data."""

    def __init__(self, name: str, port: int, command: list[str], log: Path, answers: Callable[[], bool]):
        self.name, self.port, self._command, self._log, self._answers = name, port, command, log, answers
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the service and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_for(self.name, self._answers)

    def kill(self) -> None:
        """Kill the service and all its children with SIGKILL."""
        if self._process is None:
            return
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):  # PostgreSQL's children have sessions of their own
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self._process.wait(timeout=20)
        self._process = None
        wait_for(
            f"the end of {self.name}", lambda: not any(Path(f"/proc/{each}").exists() for each in children)
        )

    @contextmanager
    def away(self) -> Iterator[None]:
        """Kill the service; start it again at the block's end, after an exception, too."""
        self.kill()
        try:
            yield
        finally:
            self.start()


@contextmanager
def killable_redis(folder: Path) -> Iterator[tuple[KillableService, str]]:
    """A running Redis without persistence, and its URL."""
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"

    def answers() -> bool:
        try:
            with redis.Redis.from_url(url, socket_timeout=3) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    server = program("redis-server")
    assert server is not None
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    service = KillableService("Redis", port, command, folder / "redis.log", answers)
    service.start()
    try:
        yield service, url
    finally:
        service.kill()


@contextmanager
def killable_postgres() -> Iterator[tuple[KillableService, str]]:
    """A running PostgreSQL with a cluster of its own, and its database's URL."""
    initdb, server = program("initdb"), program("postgres")
    assert initdb is not None
    assert server is not None
    port = free_port()
    url = f"postgres://somebody@127.0.0.1:{port}/postgres"
    # Not in a folder of pytest's, whose permissions pytest resets, so that another user cannot enter it.
    with TemporaryDirectory(prefix="cact-cluster-") as folder:
        prefix = _as_owner(folder)
        data = f"{folder}/data"
        making = [*prefix, initdb, "-D", data, "-U", "somebody", "-A", "trust", "-E", "UTF8", "--no-locale"]
        subprocess.run([*making, "--no-sync"], check=True, stdout=subprocess.DEVNULL)

        def answers() -> bool:
            try:
                psycopg.connect(url, connect_timeout=3).close()
            except psycopg.OperationalError:
                return False
            return True

        command = [*prefix, server, "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1"]
        service = KillableService("PostgreSQL", port, command, Path(folder, "log"), answers)
        service.start()
        try:
            yield service, url
        finally:
            service.kill()


def _as_owner(folder: str) -> list[str]:
    """The command prefix that runs a program as the folder's new owner; empty unless run by root."""
    if os.geteuid() != 0:
        return []
    os.chown(folder, _SOMEBODY, _SOMEBODY)
    return ["setpriv", f"--reuid={_SOMEBODY}", f"--regid={_SOMEBODY}", "--clear-groups"]
