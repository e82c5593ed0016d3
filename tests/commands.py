"""Runs programs: commands of ``manage.py`` with the settings of a server, and modules of the tests."""

import json
import os
import subprocess
import sys
import weakref
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Final, NamedTuple

from tests.servers import Server

_ROOT: Final = Path(__file__).parent.parent
_FORKS: Final = _ROOT / "tests" / "command_forks.py"
_NOTHING: Final[Mapping[str, str]] = {}
_TIMEOUT: Final = 170  # seconds for a program, on a busy machine, too


class Completed(NamedTuple):
    """A command that ended: its exit code (negative: the signal that ended it) and both its outputs."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def out(self) -> str:
        """Standard output as text."""
        return self.stdout.decode()

    @property
    def err(self) -> str:
        """Standard error as text."""
        return self.stderr.decode()


def run(
    server: Server, *arguments: str, given: bytes = b"", environment: Mapping[str, str] = _NOTHING
) -> Completed:
    """Run a command in a fork of a process that has Django loaded; ``given`` is its standard input.

    ``environment`` may hold variables that the command itself reads, but no setting: those are the server's.
    The command runs ``manage.py`` and ends like any process; only Python's start and the imports are saved.
    """
    return _fork_server(server).run(arguments, given, environment)


def run_process(
    server: Server, *arguments: str, given: bytes = b"", environment: Mapping[str, str] = _NOTHING
) -> Completed:
    """Run a command in a process of its own, as a person does; ``environment`` may change settings."""
    process = start(server, *arguments, environment=environment)
    try:
        out, err = process.communicate(given, timeout=_TIMEOUT)
    finally:
        process.kill()
    return Completed(process.returncode, out, err)


def start(
    server: Server, *arguments: str, environment: Mapping[str, str] = _NOTHING
) -> "subprocess.Popen[bytes]":
    """Start a command in a process of its own, with a pipe for each stream."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=server.root,
        env={**server.environment, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def printed_json(module: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Run a module of the tests in a process with this environment alone; the JSON object that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=_ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        timeout=_TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-4_000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class _ForkServer:
    """The process that forks for each command of one server; started at the first command."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(_FORKS)],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lock = Lock()

    def run(self, arguments: tuple[str, ...], given: bytes, environment: Mapping[str, str]) -> Completed:
        with TemporaryDirectory(prefix="cact-command-") as folder:
            paths = {name: str(Path(folder, name)) for name in ("stdin", "stdout", "stderr")}
            for path, content in zip(paths.values(), (given, b"", b""), strict=True):
                Path(path).write_bytes(content)
            code = self._ask({"arguments": arguments, "environment": dict(environment), **paths})
            return Completed(code, Path(paths["stdout"]).read_bytes(), Path(paths["stderr"]).read_bytes())

    def _ask(self, request: dict[str, Any]) -> int:
        """Send one request and wait for its exit code; no second request before the first is answered."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        assert answer, "the process that runs commands ended"
        return int(answer)

    def end(self) -> None:
        """Kill the process: it has no state."""
        self._process.kill()
        self._process.communicate()


_fork_servers: "weakref.WeakKeyDictionary[Server, _ForkServer]" = weakref.WeakKeyDictionary()


def _fork_server(server: Server) -> _ForkServer:
    """The fork server of this server. It ends with the server object, at the latest with the tests."""
    found = _fork_servers.get(server)
    if found is None:
        found = _fork_servers[server] = _ForkServer(server.root, server.environment)
        weakref.finalize(server, found.end)
    return found
