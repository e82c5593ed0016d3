"""The README is short and true: the folders, pictures and pages that it names exist."""

import re
from pathlib import Path
from typing import Final

import pytest

from inspector.presenters.manual_topics import TOPICS

_ROOT: Final = Path(__file__).parent.parent
_TEXT: Final = (_ROOT / "README.md").read_text()
_MOST_LINES: Final = 140
_TOP: Final = ("events", "inspector")
_NO_ROOMS: Final = {"__pycache__", "migrations", "management", "templatetags"}  # Django's own


def table(heading: str) -> list[list[str]]:
    """The cells of the first table under ``heading``, without its head."""
    section = _TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def rooms() -> list[str]:
    """The folders that the table names."""
    return [name for row in table("How an event travels") for name in re.findall(r"`([\w/]+)/`", row[0])]


def test_it_is_read_in_one_sitting() -> None:
    assert len(_TEXT.splitlines()) <= _MOST_LINES


def test_every_room_that_it_names_exists() -> None:
    for name in rooms():
        assert (_ROOT / name).is_dir(), name


@pytest.mark.parametrize("top", _TOP)
def test_every_room_is_named(top: str) -> None:
    there = {f"{top}/{path.name}" for path in (_ROOT / top).iterdir() if path.is_dir()}
    assert there - {f"{top}/{name}" for name in _NO_ROOMS} <= set(rooms())


def test_every_file_that_it_names_exists() -> None:
    development = _TEXT.split("\n## Develop\n")[1].split("\n## ")[0]
    named = re.findall(r"`((?:events|inspector)/[\w/]+(?:/|\.py))", development)
    assert named
    for name in named:
        assert (_ROOT / name).exists(), name


def test_every_picture_that_it_shows_exists() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", _TEXT)
    assert pictures
    for picture in pictures:
        assert (_ROOT / picture).exists(), picture


def test_every_topic_that_it_names_exists() -> None:
    named = set(re.findall(r"`/help/(\w+)/`", _TEXT))
    assert named
    assert named <= set(TOPICS)
