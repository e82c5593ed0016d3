"""``./manage.py`` finds the interpreter in .venv, and says what to do where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT

pytestmark = pytest.mark.starts_processes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout with nothing in it but ``manage.py``."""
    shutil.copy(ROOT / "manage.py", tmp_path)
    return tmp_path


def bare(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``manage.py`` run by an interpreter without any package."""
    command = [sys.executable, "-I", "-S", str(folder / "manage.py"), *arguments]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=60, check=False)


def test_it_can_be_started_by_its_name() -> None:
    assert os.access(ROOT / "manage.py", os.X_OK)


def test_it_starts_again_with_the_interpreter_of_the_venv(folder: Path) -> None:
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 7\n')
    python.chmod(0o755)
    run = bare(folder, "import", "a file.har", "--lenient")
    assert run.stdout.splitlines() == [str(folder / "manage.py"), "import", "a file.har", "--lenient"]
    assert run.returncode == 7


def test_without_a_venv_it_says_what_to_run(folder: Path) -> None:
    run = bare(folder, "serve")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "Cact Inspector is not installed yet: run `make run` first, which installs it into .venv.\n"
    )


def test_a_venv_that_lacks_the_packages_ends_likewise(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True)
    run = bare(folder, "serve")
    assert run.returncode == 1
    assert "run `make run` first" in run.stderr
