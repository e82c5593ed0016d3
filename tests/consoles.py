"""Extracts the commands that the README and the manual show, and runs them in a shell."""

import html
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.servers import Server

_ROOT: Final = Path(__file__).parent.parent
_README_BLOCK: Final = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TEMPLATE_BLOCK: Final = re.compile(r"\{% console %\}(.*?)\{% endconsole %\}", re.DOTALL)
_PAGE_BLOCK: Final = re.compile(r'<pre class="console"[^>]*>(.*?)</pre>', re.DOTALL)

#: Shell options and functions: a command fails where curl gets an error status.
_PROLOGUE: Final = 'set -euo pipefail\ncurl() { command curl --fail --silent --show-error "$@"; }\n'


def readme_blocks() -> list[str]:
    """The README's blocks of commands."""
    return _README_BLOCK.findall((_ROOT / "README.md").read_text())


def template_blocks(topic: str) -> list[str]:
    """A topic's blocks of commands as its template has them; blocks without variables equal the page's."""
    text = (_ROOT / "templates" / "inspector" / "help" / f"{topic}.html").read_text()
    return [html.unescape(block) for block in _TEMPLATE_BLOCK.findall(text)]


def page_blocks(server: Server, topic: str) -> list[str]:
    """A topic's blocks of commands as its rendered page shows them."""
    page = server.client.get(f"/help/{topic}/").raise_for_status().text
    return [html.unescape(block) for block in _PAGE_BLOCK.findall(page)]


def commands_in(block: str) -> list[str]:
    """The commands of a block: one a line, a backslash continues a line."""
    return block.strip().replace("\\\n", " ").splitlines()


@dataclass
class Terminal:
    """A shell in a folder with ``manage.py``, and the values of the placeholders ``<…>``."""

    server: Server
    folder: Path
    values: dict[str, str]
    environment: dict[str, str]

    def __post_init__(self) -> None:
        (self.folder / "manage.py").symlink_to(_ROOT / "manage.py")

    def run(self, commands: list[str]) -> subprocess.CompletedProcess[str]:
        """Run commands in one shell, in order, until one fails."""
        return subprocess.run(
            ["bash", "-c", _PROLOGUE + "\n".join(map(self.filled_in, commands))],
            cwd=self.folder,
            env=self.server.environment | {"PATH": self._path()} | self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def filled_in(self, command: str) -> str:
        """The command with this server's address and the values in place of ``<…>``."""
        command = command.replace("http://127.0.0.1:8000", self.server.url)
        return re.sub(r"<([a-z ]+)>", lambda blank: self.values[blank[1]], command)

    def _path(self) -> str:
        """A PATH whose ``python3`` is the tests' interpreter, which has the packages."""
        return os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def make_target(command: str) -> str | None:
    """The target of a command that runs ``make``, with or without variables before it; else None."""
    words = [word for word in shlex.split(command) if "=" not in word]
    return words[1] if words[:1] == ["make"] else None
