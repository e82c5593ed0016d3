"""Copies the source with a second edition of the reference, which a test may change, and serves it."""

import shutil
from pathlib import Path
from typing import Final

from tests.servers import Server

FIRST: Final = "2023-05"
SECOND: Final = "2031-01"
_ROOT: Final = Path(__file__).parent.parent
#: The differences of the second edition: (file, before, after).
_OTHERWISE: Final = (
    ("edition.toml", f'edition = "{FIRST}"', f'edition = "{SECOND}"'),
    ("edition.toml", '  "select_content",\n', ""),
    ("search.toml", 'type = "string"\nrequired = "yes"', 'type = "string"\nrequired = "no"'),
    ("login.toml", 'type = "string"\nrequired = "no"', 'type = "string"\nrequired = "yes"'),
    ("login.toml", 'example = "LinkedIn"', 'example = "passkey"'),
)
#: An event of the first edition that the second one lacks.
DROPPED: Final = "select_content"
#: A parameter of search that the second edition alone has.
_ADDED: Final = """
[[parameters]]
name = "result_count"
type = "number"
required = "no"
example = 12
description = "How much was found."
"""


def house(folder: Path, **environment: str) -> Server:
    """A server of the copy; its second edition demands no search term, but a method of each login."""
    server = Server(folder, **environment)
    server.root = _copy(folder)
    return server


def _copy(folder: Path) -> Path:
    root = folder / "house"
    for name in ("events", "inspector", "templates", "static"):
        shutil.copytree(_ROOT / name, root / name)  # with what is compiled, which a changed file invalidates
    shutil.copy(_ROOT / "manage.py", root)
    second = root / "events" / "reference" / SECOND
    shutil.copytree(second.parent / FIRST, second)
    for file, before, after in _OTHERWISE:
        change(second / file, before, after)
    (second / f"{DROPPED}.toml").unlink()
    search = second / "search.toml"
    search.write_text(search.read_text() + _ADDED)
    return root


def change(file: Path, before: str, after: str) -> None:
    """Replace the text ``before``, which must occur once in the file."""
    text = file.read_text()
    assert text.count(before) == 1, file
    file.write_text(text.replace(before, after))
