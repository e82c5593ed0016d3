"""Runs the inspector in a process of its own, with its own data, on a free port."""

import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from tests.ports import free_port
from tests.waiting import wait_for

_ROOT: Final = Path(__file__).parent.parent
_END_TIMEOUT: Final = 60  # seconds until a process must have ended, on a busy machine, too
_LOG_SHOWN: Final = 20_000  # characters of the log that a failing test shows


class Server:
    """One inspector; stopped and started again, it has the same port and data.

    ``root``: the folder of its source, or of a copy that a test may change.
    """

    def __init__(self, folder: Path, **environment: str) -> None:
        self.root = _ROOT
        self.port = free_port()
        certificate = environment.get("TLS_CERT")
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        self.ws_url = f"{'wss' if certificate else 'ws'}://127.0.0.1:{self.port}"
        self.log_path = folder / "server.log"
        trusted = ssl.create_default_context(cafile=certificate) if certificate else True
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False, verify=trusted)
        self.environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONUNBUFFERED": "1",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DATA_DIR": str(folder / "data"),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._shown = 0

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=self.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_for("the server", self._serves, seconds=60)

    def stop(self) -> None:
        """End the server where it runs."""
        if self._process is not None:
            self.end(signal.SIGTERM)

    def end(self, word: signal.Signals) -> int:
        """End the server with a signal (SIGINT: Ctrl-C, SIGKILL: power cut); return its exit code."""
        assert self._process is not None
        process, self._process = self._process, None
        process.send_signal(word)
        try:
            return process.wait(timeout=_END_TIMEOUT)
        finally:
            process.kill()  # a server that ignored the signal must not run on

    @contextmanager
    def away(self, word: signal.Signals = signal.SIGTERM) -> Iterator[None]:
        """End the server with a signal; start it again at the block's end, after an exception, too."""
        self.end(word)
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop the server's process (SIGSTOP) for the block: it accepts connections and answers none."""
        process = self._process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)

    @property
    def pid(self) -> int:
        """The id of the server's process, which must run."""
        assert self._process is not None
        return self._process.pid

    def new_recording(self, name: str | None = None) -> dict[str, Any]:
        """Make a recording; returns the API's JSON: key, name, capture key and addresses."""
        response = self.client.post("/api/recordings", json={"name": name})
        assert response.status_code == 201, response.text
        recording: dict[str, Any] = response.json()
        return recording

    def collect(self, recording: dict[str, Any], body: Any) -> dict[str, Any]:
        """Post events as the page-side script does; return the receipt."""
        response = self.client.post(f"/collect/{recording['capture_key']}", json=body)
        assert response.status_code == 202, response.text
        receipt: dict[str, Any] = response.json()
        return receipt

    def state(self, recording: dict[str, Any]) -> dict[str, Any]:
        """The recording as the API returns it."""
        state: dict[str, Any] = (
            self.client.get(f"/api/recordings/{recording['key']}").raise_for_status().json()
        )
        return state

    def stored(self, recording: dict[str, Any]) -> list[dict[str, Any]]:
        """All events of the recording, read page by page."""
        events: list[dict[str, Any]] = []
        after, last = 0, self.state(recording)["last_seq"]
        while after < last:
            query = {"after": after, "limit": 500}
            page = self.client.get(
                f"/api/recordings/{recording['key']}/events", params=query
            ).raise_for_status()
            events += page.json()["events"]
            after = page.json()["last_seq"]
        return events

    def log(self) -> str:
        """The server's whole log."""
        return self.log_path.read_text(errors="replace")

    def log_since_last_asked(self) -> str:
        """The log since the last call, at most its last characters."""
        text = self.log()
        news, self._shown = text[self._shown :], len(text)
        return news[-_LOG_SHOWN:]

    def _serves(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the server ended:\n{self.log()[-_LOG_SHOWN:]}"
        try:
            return self.client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False
