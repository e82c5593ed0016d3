"""``manage.py open <url>``: start a browser whose extension captures one site, with its dashboard."""

import shutil
import signal
import ssl
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.http import Http404
from django.urls import reverse

from events.models import Recording
from events.recordings import get_recording, newest_recording
from inspector.script.chromium import NoChromium, arguments, find_chromium, is_running, require_extensions
from inspector.script.extension import Target, extension_files, new_bridge
from inspector.script.replay import recorder, wanted_strip
from inspector.serving import tls
from inspector.serving.addresses import base_url

_LAST_WORDS: Final = 2000  # characters of the browser's log that a failure shows


class Command(BaseCommand):
    """Open a site in a Chromium that has the extension, and wait until the browser ends."""

    help = "Open a site in a Chromium of its own that copies its events to a recording."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="the page to open; its site is captured")
        parser.add_argument("--recording", default="", help="the key of the recording; without it the newest")
        parser.add_argument("--chromium", default=settings.CHROMIUM, help="the browser's program")

    def handle(self, *args: Any, **options: Any) -> None:
        url = _require_web_address(options["url"])
        secure = tls.require_certificate(settings.TLS_CERT, settings.TLS_KEY)
        base = base_url(settings.HOST, settings.PORT, secure=secure)
        _require_inspector(base)
        recording = _recording(options["recording"], base)
        _remove_deleted()
        connection.close()  # no more queries, and the browser runs for hours
        folder = _folder() / recording.key
        dashboard = base + reverse("dashboard", args=[recording.key])
        strip = wanted_strip(recording, "shim-strip.js")
        collect = f"{base}/collect/{recording.capture_key}"
        target = Target(recording.name, collect, dashboard, strip, recorder() if strip else "")
        try:
            chromium = find_chromium(options["chromium"])
            if is_running(folder / "profile"):
                raise CommandError("The browser of this recording is open: close it first.")
            extension = _written(folder / "extension", extension_files(target, new_bridge(), url))
            require_extensions(chromium, extension)
        except NoChromium as error:
            raise CommandError(str(error)) from None
        trusted = tls.fingerprint(settings.TLS_CERT) if secure else ""
        command = [chromium, *arguments(extension, folder / "profile", dashboard, trusted)]
        self.stdout.write(f"{url} opens in {chromium}; its events go to\n  {dashboard}")
        if "--no-sandbox" in command:
            self.stdout.write("You are root, so the browser runs without its sandbox: open sites you trust.")
        self.stdout.write("Ctrl-C ends it.")
        _run(command, folder / "browser.log")


def _require_web_address(text: str) -> str:
    """The text, if it is a whole http or https URL. Raises CommandError."""
    try:
        parts = urlsplit(text)
        if parts.scheme in ("http", "https") and parts.hostname:
            return text
    except ValueError:
        pass
    raise CommandError(f"Give the whole address, as in https://shop.example/: {text!r} is none.")


def _require_inspector(base: str) -> None:
    """Raises CommandError where no healthy inspector answers at ``base``."""
    if _status(f"{base}/healthz") != 200:
        raise CommandError(
            f"No inspector answers at {base}. Start one with: make run (HOST and PORT say where)."
        )


def _recording(key: str, base: str) -> Recording:
    """The recording with ``key``, or the newest. Raises CommandError where the inspector does not have it."""
    try:
        recording = get_recording(key) if key else newest_recording()
    except (Http404, DatabaseError):
        recording = None
    if recording is None or _status(f"{base}/api/recordings/{recording.key}") == 404:
        called = f"a recording {key}" if key else "a recording"
        raise CommandError(
            f"The inspector at {base} and this command do not both know of {called}: "
            "see /recordings/ for keys, and start both with the same DATA_DIR and DATABASE_URL."
        )
    return recording


def _status(address: str) -> int:
    """The HTTP status of the answer from ``address``; 0 where no server answers."""
    trusting = HTTPSHandler(context=ssl.create_default_context(cafile=settings.TLS_CERT or None))
    local = build_opener(ProxyHandler({}), trusting)  # without the proxies of the environment
    try:
        with closing(local.open(address, timeout=10)) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (URLError, OSError):
        return 0


def _folder() -> Path:
    """The folder of the browsers' profiles and extensions, with a subfolder for each recording."""
    return Path(settings.DATA_DIR) / "browsers"


def _remove_deleted() -> None:
    """Remove browser profiles of deleted recordings: a profile holds a person's browsing data."""
    for folder in _folder().glob("*"):
        known = Recording.objects.filter(key=folder.name).exists()
        if not known and not is_running(folder / "profile"):
            shutil.rmtree(folder)


def _written(folder: Path, files: dict[str, bytes]) -> Path:
    """Write ``files`` into ``folder``, replacing all it held, and return it."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def _run(command: list[str], log_path: Path) -> None:
    """Run the browser until it ends, or until Ctrl-C. Raises CommandError where the browser fails."""
    browser: subprocess.Popen[bytes] | None = None
    asked = False

    def end(*_: object) -> None:
        nonlocal asked
        asked = True
        if browser is not None:
            browser.terminate()

    # A handler, since an exception during the start would leave the browser running.
    for word in (signal.SIGINT, signal.SIGTERM):
        signal.signal(word, end)
    with log_path.open("wb") as log:
        browser = subprocess.Popen(  # noqa: S603  # theirs
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        if asked:
            browser.terminate()
        code = browser.wait()
    if code and not asked:
        words = log_path.read_text(errors="replace")[-_LAST_WORDS:]
        raise CommandError(f"The browser ended with code {code}. Its last words:\n{words}")
