"""The files of rrweb, the session replay library: pinned, verified, installed by ``make strip`` alone."""

import base64
import hashlib
import tarfile
import tomllib
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from django.conf import settings

#: The command that installs the library, for messages.
HOW: Final = "make replay"
_MOST_BYTES: Final = 5_000_000  # of one file; today's files are a tenth of that


class WrongPackage(ValueError):
    """The tarball is not the pinned one, or lacks a file."""


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned npm package; ``files`` maps paths in the package to names in our folder."""

    package: str
    version: str
    integrity: str
    files: dict[str, str]

    @property
    def npm_spec(self) -> str:
        """The package and version in npm's notation, name@version."""
        return f"{self.package}@{self.version}"

    def unpack(self, tarball: bytes) -> dict[str, bytes]:
        """Verify the tarball's hash and return its files by our names. Raises WrongPackage."""
        found = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
        if found != self.integrity:
            raise WrongPackage(f"{self.npm_spec} is not what was pinned: its hash is {found}.")
        unpacked = {}
        with tarfile.open(fileobj=BytesIO(tarball), mode="r:gz") as archive:
            for path, name in self.files.items():
                try:
                    member = archive.extractfile(f"package/{path}")
                except KeyError:
                    member = None
                if member is None:
                    raise WrongPackage(f"{self.npm_spec} has no file {path}.")
                unpacked[name] = member.read(_MOST_BYTES)
        return unpacked


@cache
def pinned() -> tuple[Package, ...]:
    """The packages that ``rrweb.toml`` pins."""
    text = Path(__file__).with_name("rrweb.toml").read_text()
    return tuple(Package(**entry) for entry in tomllib.loads(text).values())


def folder() -> Path:
    """The folder of the files. Each version has its own, so that an update needs ``make replay`` again."""
    return Path(settings.RRWEB_DIR) / "-".join(package.version for package in pinned())


def installed() -> bool:
    """Whether every file of every package is installed."""
    return all((folder() / name).is_file() for package in pinned() for name in package.files.values())


@cache
def file(name: str) -> str:
    """The text of one file without its source map comment, cached. Raises FileNotFoundError."""
    lines = (folder() / name).read_text().splitlines()
    return "\n".join(line for line in lines if not line.startswith(("//# source", "/*# source")))
