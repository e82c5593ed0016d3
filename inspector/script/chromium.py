"""Finds a Chromium, checks that it can load the extension, and builds its command line. Needs no Django."""

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
#: From this version on, Google Chrome ignores extensions that are named on its command line.
_BRANDED_REFUSES: Final = 137


class NoChromium(Exception):
    """No usable browser was found; the message says how to get one."""


def find_chromium(path: str = "") -> str:
    """The path of the browser ``path``, or of the first one on PATH. Raises NoChromium."""
    wanted = (path,) if path else _NAMES
    found = next(filter(None, map(shutil.which, wanted)), None)
    if found is None:
        where = f"at {path}" if path else f"on PATH ({', '.join(_NAMES)})"
        raise NoChromium(f"There is no Chromium {where}. Install one, or name it: --chromium PATH")
    return found


def require_extensions(chromium: str, extension: Path) -> None:
    """Raises NoChromium where the browser would ignore the extension."""
    command = [chromium, "--version"]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603  # the user's
    branded = re.match(r"Google Chrome (\d+)", output)  # not "Google Chrome for Testing", nor Chromium
    if branded and int(branded[1]) >= _BRANDED_REFUSES:
        raise NoChromium(
            f"Google Chrome {branded[1]} loads no extensions from the command line (none does since "
            f"{_BRANDED_REFUSES}). Name a Chromium: --chromium PATH. Or load the extension into your Chrome "
            f"yourself: chrome://extensions, developer mode, Load unpacked, {extension}"
        )


def is_running(profile: Path) -> bool:
    """Whether a browser uses the profile now: it would ignore the extension of a second one."""
    lock = profile / "SingletonLock"  # a symbolic link to "host-process"; Windows has none
    if not lock.is_symlink():
        return False
    try:
        os.kill(int(lock.readlink().name.rpartition("-")[2]), 0)
    except ProcessLookupError:
        return False  # the browser crashed and left the link behind
    except PermissionError:
        pass  # the process exists and belongs to another user
    return True


def arguments(extension: Path, profile: Path, url: str, trusted: str = "") -> list[str]:
    """The browser's arguments: this extension alone, this profile, no first-run dialogs, and the first page.

    ``trusted`` is the fingerprint of a self-made certificate that the browser shall accept.
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
