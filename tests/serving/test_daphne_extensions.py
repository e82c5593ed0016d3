"""The server starts only on a Daphne and a Twisted that its limits work on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.paths import ROOT

pytestmark = pytest.mark.starts_processes

#: Run by Python before anything else: a Twisted without one of the names.
_TAKE_AWAY: Final = """
import daphne.server
from twisted.web import http
del http.Request.handleContentChunk
"""
_MISSING: Final = (
    "gotLength",
    "handleContentChunk",
    "requestReceived",
    "process",
    "handle_reply",
    "log",
    "_path",
    "handleContentChunk, requestReceived",
    "parsePOSTFormSubmission",
)


def _environment(folder: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "HOST": "127.0.0.1", "PORT": "0"} | more


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.extension_points"],
        cwd=ROOT, env=_environment(tmp_path_factory.mktemp("points")), check=False,
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-4_000:]
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_nothing_is_missing_in_the_versions_that_are_installed(found: dict[str, Any]) -> None:
    assert found["whole"] == ""
    assert found["missing"].keys() == set(_MISSING)


@pytest.mark.parametrize("name", _MISSING)
def test_a_missing_name_is_named(found: dict[str, Any], name: str) -> None:
    said = found["missing"][name]
    assert name in said
    assert "Twisted" in said
    assert "requirements.lock" in said


def test_all_is_installed_at_once(found: dict[str, Any]) -> None:
    assert found["installed"] == {"server": "BackpressureServer", "request": "FastPathRequest"}


def test_where_the_address_is_not_told_the_smaller_limit_holds(found: dict[str, Any]) -> None:
    assert found["refused"]["as it is"] == {"/api/import": False, "/collect/x": True}
    assert found["refused"]["without its address"] == {"/api/import": True, "/collect/x": True}


def test_the_server_does_not_start_without_a_name_that_it_extends(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_TAKE_AWAY)
    run = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT, env=_environment(tmp_path / "data", PYTHONPATH=str(tmp_path)), check=False,
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert run.returncode == 1
    assert "The server's limits need what Daphne " in run.stderr
    assert "Request.handleContentChunk" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "data" / "inspector.sqlite3").exists()
