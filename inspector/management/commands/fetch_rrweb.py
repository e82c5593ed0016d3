"""``manage.py fetch_rrweb``: bring the library for strips, pinned, by npm; ``make replay`` calls it."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inspector.script.rrweb import Package, WrongPackage, folder, installed, pinned


class Command(BaseCommand):
    """Fetch what is missing, hold it against its hash, keep the files that are used."""

    help = "Fetch the library that replay needs (rrweb), in the pinned version."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetch, unless all of it is here already."""
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
        _keep(files)
        self.stdout.write(f"{' and '.join(package.wanted for package in pinned())} are here.")


def _tarball(npm: str, package: Package) -> bytes:
    """The package as npm brings it; nothing of it runs. Raises CommandError."""
    with tempfile.TemporaryDirectory() as place:
        command = [npm, "pack", package.wanted, "--ignore-scripts", "--silent", "--pack-destination", place]
        run = subprocess.run(  # noqa: S603  # npm and a pinned name
            command, cwd=place, capture_output=True, text=True, check=False, timeout=300
        )
        brought = list(Path(place).glob("*.tgz"))
        if run.returncode or len(brought) != 1:
            raise CommandError(f"npm did not bring {package.wanted}:\n{run.stderr[-2000:]}")
        return brought[0].read_bytes()


def _keep(files: dict[str, bytes]) -> None:
    """All of them or none: they appear under their folder's name at once."""
    target = folder()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as place:
        made = Path(place) / "made"
        made.mkdir()
        for name, content in files.items():
            (made / name).write_bytes(content)
        shutil.rmtree(target, ignore_errors=True)  # some of it was missing
        made.rename(target)
