"""An event is judged once, by its recording's edition, before the transaction that stores it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from events.judging.edition_cache import EditionCache
from tests import services
from tests.editions import FIRST, SECOND, house
from tests.paths import ROOT

pytestmark = pytest.mark.starts_processes

_INVALID: Final = ["invalid", "invalid"]
_VALID: Final = ["valid", "valid"]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What ``tests.judged_once`` counted on each database."""
    folder = tmp_path_factory.mktemp("judged_once")
    if request.param == "sqlite":
        yield _counted(folder)
        return
    services.need("postgres")
    with services.fresh_postgres() as database:
        yield _counted(folder, DATABASE_URL=database)


def _counted(folder: Path, **environment: str) -> dict[str, Any]:
    server = house(folder, **environment)
    run = subprocess.run(
        [sys.executable, "-m", "tests.judged_once"],
        cwd=server.root,
        env=server.environment | {"PATH": os.environ["PATH"], "PYTHONPATH": f"{server.root}:{ROOT}"},
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-4_000:]
    counted: dict[str, Any] = json.loads(run.stdout)
    return counted


def test_each_event_is_judged_once_by_its_recordings_edition(found: dict[str, Any]) -> None:
    steps = found["steps"]
    assert steps["new"] == [2, _INVALID]
    assert steps["after this process judged again"] == [2, _VALID]
    assert steps["after that"] == [2, _INVALID]
    assert steps["second of another edition"] == [2, _VALID]


def test_it_is_judged_again_only_where_the_edition_was_not_the_expected_one(found: dict[str, Any]) -> None:
    steps = found["steps"]
    assert steps["after another process judged again"] == [4, _INVALID]
    assert steps["first of another edition"] == [4, _VALID]


def test_what_is_read_by_the_edition_asks_for_it_first(found: dict[str, Any]) -> None:
    assert found["steps"]["asked for"] == [False, SECOND, True]
    assert found["steps"]["after it was asked for"] == [2, _VALID]


def test_counters_are_saved_and_nothing_else_is(found: dict[str, Any]) -> None:
    counters = found["counters"]
    before, after = counters["before"], counters["after"]
    different = {name for name in before if before[name] != after[name]}
    assert different == set(counters["fields"]) - {"recording"}


def test_the_editions_known_are_bounded_and_the_newest_stay() -> None:
    known = EditionCache(most=2)
    for digest in ("a", "b", "c"):
        known.put(digest, SECOND)
    assert [known.get(digest) for digest in ("a", "b", "c")] == ["", SECOND, SECOND]
    assert "a" not in known
    known.put("b", FIRST)
    known.put("d", SECOND)
    assert [known.get(digest) for digest in ("b", "c", "d")] == [FIRST, "", SECOND]
