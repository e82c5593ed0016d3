"""rrweb, the library behind strips: whether it is here, and its files. Never fetched while serving."""

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

#: What to do where it is missing, for people.
HOW: Final = "make replay"
_MOST_BYTES: Final = 5_000_000  # of one of its files; they are a tenth of that


class WrongPackage(ValueError):
    """A tarball that is not the pinned one, or lacks a file."""


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned package; ``files`` says under which names we keep which of its files."""

    package: str
    version: str
    integrity: str
    files: dict[str, str]

    @property
    def wanted(self) -> str:
        """As npm takes it: name@version."""
        return f"{self.package}@{self.version}"

    def unpack(self, tarball: bytes) -> dict[str, bytes]:
        """The files by the names that we keep them under. Raises WrongPackage."""
        found = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
        if found != self.integrity:
            raise WrongPackage(f"{self.wanted} is not what was pinned: its hash is {found}.")
        kept = {}
        with tarfile.open(fileobj=BytesIO(tarball), mode="r:gz") as archive:
            for path, name in self.files.items():
                try:
                    member = archive.extractfile(f"package/{path}")
                except KeyError:
                    member = None
                if member is None:
                    raise WrongPackage(f"{self.wanted} has no file {path}.")
                kept[name] = member.read(_MOST_BYTES)
        return kept


@cache
def pinned() -> tuple[Package, ...]:
    """The packages, as ``rrweb.toml`` pins them."""
    text = Path(__file__).with_name("rrweb.toml").read_text()
    return tuple(Package(**entry) for entry in tomllib.loads(text).values())


def folder() -> Path:
    """Where its files lie; another version has another folder, so an update needs ``make replay`` again."""
    return Path(settings.RRWEB_DIR) / "-".join(package.version for package in pinned())


def installed() -> bool:
    """Whether every file is here."""
    return all((folder() / name).is_file() for package in pinned() for name in package.files.values())


@cache
def file(name: str) -> str:
    """One of its files, read once. Raises FileNotFoundError."""
    lines = (folder() / name).read_text().splitlines()
    return "\n".join(line for line in lines if not line.startswith(("//# source", "/*# source")))
