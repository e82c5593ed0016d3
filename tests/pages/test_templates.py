"""Templates are read by people: their lines fit into an editor's window."""

from typing import Final

import pytest

from tests.paths import ROOT

_LONGEST: Final = 140  # characters
_ROOT: Final = ROOT / "templates"
TEMPLATES: Final = sorted(path.relative_to(_ROOT).as_posix() for path in _ROOT.rglob("*.*"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_line_is_longer_than_a_window_is_wide(name: str) -> None:
    lines = (_ROOT / name).read_text().splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > _LONGEST] == []
