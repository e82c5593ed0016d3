"""A Chromium with the extension: where it is, whether it can, how it is started. Needs no Django."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

_NAMES: Final = (
    "chromium",
    "chromium-browser",
    "ungoogled-chromium",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
)
#: From this version on, Chrome as Google brands it loads no extensions that its command line names.
_BRANDED_REFUSES: Final = 137


class NoChromium(Exception):
    """There is no browser that can be used; the message says what to do."""


def find_chromium(path: str = "") -> str:
    """The browser at ``path``, or the first on PATH. Raises NoChromium."""
    wanted = (path,) if path else _NAMES
    found = next(filter(None, map(shutil.which, wanted)), None)
    if found is None:
        where = f"at {path}" if path else f"on PATH ({', '.join(_NAMES)})"
        raise NoChromium(f"There is no Chromium {where}. Install one, or name it: --chromium PATH")
    return found


def expect_extensions(chromium: str, extension: Path) -> None:
    """Raise NoChromium where this browser would ignore the extension."""
    asking = [chromium, "--version"]
    said = subprocess.run(asking, capture_output=True, text=True, check=False).stdout  # noqa: S603  # theirs
    branded = re.match(r"Google Chrome (\d+)", said)  # "Google Chrome for Testing" and Chromium can
    if branded and int(branded[1]) >= _BRANDED_REFUSES:
        raise NoChromium(
            f"Google Chrome {branded[1]} loads no extensions from the command line (none does since "
            f"{_BRANDED_REFUSES}). Name a Chromium: --chromium PATH. Or load the extension into your Chrome "
            f"yourself: chrome://extensions, developer mode, Load unpacked, {extension}"
        )


def is_running(profile: Path) -> bool:
    """Whether a browser uses the profile now: it would take a second one's windows, and not its extension."""
    lock = profile / "SingletonLock"  # a link to "host-process"; there is none on Windows
    if not lock.is_symlink():
        return False
    try:
        os.kill(int(lock.readlink().name.rpartition("-")[2]), 0)
    except ProcessLookupError:
        return False  # it crashed
    except PermissionError:
        pass  # it is somebody else's
    return True


def arguments(extension: Path, profile: Path, url: str, trusted: str = "") -> list[str]:
    """What to start it with: that extension alone, that profile, no questions, and ``url`` to begin with.

    ``trusted`` is the fingerprint of a certificate of one's own to be taken as good.
    """
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        f"--user-data-dir={profile}",
        f"--disable-extensions-except={extension}",
        f"--load-extension={extension}",
        "--no-first-run",
        "--no-default-browser-check",
        "--hide-crash-restore-bubble",
        *(["--no-sandbox"] if is_root else []),  # Chromium does not start as root otherwise
        *([f"--ignore-certificate-errors-spki-list={trusted}"] if trusted else []),
        url,
    ]
