"""``manage.py fetch_rrweb``: install rrweb, pinned, by npm, for session replay; ``make replay`` calls it."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inspector.script.rrweb import Package, WrongPackage, folder, installed, pinned


class Command(BaseCommand):
    """Fetch the pinned packages, verify their hashes, and install the files that are used."""

    help = "Fetch the library that replay needs (rrweb), in the pinned version."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if installed():
            self.stdout.write("rrweb is here already.")
            return
        npm = shutil.which("npm")
        if npm is None:
            raise CommandError("There is no npm: it comes with Node.js, which brings the library.")
        files: dict[str, bytes] = {}
        for package in pinned():
            try:
                files |= package.unpack(_tarball(npm, package))
            except WrongPackage as error:
                raise CommandError(str(error)) from None
        _install(files)
        self.stdout.write(f"{' and '.join(package.npm_spec for package in pinned())} are here.")


def _tarball(npm: str, package: Package) -> bytes:
    """Download the package's tarball with npm, without running its scripts. Raises CommandError."""
    with tempfile.TemporaryDirectory() as target:
        command = [
            npm,
            "pack",
            package.npm_spec,
            "--ignore-scripts",
            "--silent",
            "--pack-destination",
            target,
        ]
        run = subprocess.run(  # noqa: S603  # npm and a pinned name
            command, cwd=target, capture_output=True, text=True, check=False, timeout=300
        )
        tarballs = list(Path(target).glob("*.tgz"))
        if run.returncode or len(tarballs) != 1:
            raise CommandError(f"npm did not bring {package.npm_spec}:\n{run.stderr[-2000:]}")
        return tarballs[0].read_bytes()


def _install(files: dict[str, bytes]) -> None:
    """Write the files into a new folder and rename it, so that all files are installed or none."""
    target = folder()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as temporary:
        made = Path(temporary) / "made"
        made.mkdir()
        for name, content in files.items():
            (made / name).write_bytes(content)
        shutil.rmtree(target, ignore_errors=True)  # an incomplete installation
        made.rename(target)
