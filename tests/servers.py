"""The inspector as a person starts it: a process of its own, with its own data, on a free port."""

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
_PATIENCE: Final = 60  # seconds that a process may take to end on a machine that has much else to do
_LOG_SHOWN: Final = 20_000  # characters of the log that a failing test shows


class Server:
    """One inspector. Stopped and started again, it keeps its port and its data.

    ``root`` is where its source lies: here, or a copy that a test may change.
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
        """Start it and wait until it serves."""
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
        """End it, where it runs."""
        if self._process is not None:
            self.end(signal.SIGTERM)

    def end(self, word: signal.Signals) -> int:
        """End it with this signal (SIGINT is Ctrl-C, SIGKILL a power cut) and give its exit code."""
        assert self._process is not None
        process, self._process = self._process, None
        process.send_signal(word)
        try:
            return process.wait(timeout=_PATIENCE)
        finally:
            process.kill()  # one that does not end is in nobody's way any more

    @contextmanager
    def away(self, word: signal.Signals = signal.SIGTERM) -> Iterator[None]:
        """End it with this signal, and start it again when the block ends, whatever happened in it."""
        self.end(word)
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and answers nothing, until the block ends or somebody kills it."""
        process = self._process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)

    @property
    def pid(self) -> int:
        """Its process, which must run."""
        assert self._process is not None
        return self._process.pid

    def new_recording(self, name: str | None = None) -> dict[str, Any]:
        """Make a recording: its key, its name, its capture key and its addresses."""
        response = self.client.post("/api/recordings", json={"name": name})
        assert response.status_code == 201, response.text
        recording: dict[str, Any] = response.json()
        return recording

    def collect(self, recording: dict[str, Any], body: Any) -> dict[str, Any]:
        """Post events as the page-side script does, and give the receipt."""
        response = self.client.post(f"/collect/{recording['capture_key']}", json=body)
        assert response.status_code == 202, response.text
        receipt: dict[str, Any] = response.json()
        return receipt

    def state(self, recording: dict[str, Any]) -> dict[str, Any]:
        """How the recording stands."""
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
        """Everything it has said."""
        return self.log_path.read_text(errors="replace")

    def log_since_last_asked(self) -> str:
        """What it has said since this was last asked, not too much of it."""
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
