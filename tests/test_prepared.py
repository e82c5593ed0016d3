"""A query that is compiled once finds what Django finds, on both databases."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests import services

pytestmark = pytest.mark.starts_processes

_ROOT: Final = Path(__file__).parent.parent


def _asked(environment: dict[str, str]) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.compiled_queries"],
        cwd=_ROOT, env=environment | {"PATH": os.environ["PATH"], "TZ": "Asia/Kolkata"}, check=False,
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-4_000:]
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What each query found, what Django found, and the kinds of the values of models."""
    data = {"DATA_DIR": str(tmp_path_factory.mktemp("compiled_queries"))}
    if request.param == "sqlite":
        yield _asked(data)
        return
    services.need("postgres")
    with services.fresh_postgres() as database:
        yield _asked(data | {"DATABASE_URL": database})


def test_it_finds_what_django_finds(found: dict[str, Any]) -> None:
    for name, (ours, theirs, _) in found["found"].items():
        assert sorted(map(repr, ours)) == sorted(map(repr, theirs)), name
        assert ours == theirs or name.startswith("known"), name  # the one without an order


def test_each_finds_something_but_where_there_is_nothing(found: dict[str, Any]) -> None:
    found = found["found"]
    empty = {name for name, (ours, _, _) in found.items() if not ours}
    assert empty == {"by id, unknown", "neighbour of the first"}
    counts = {name: len(ours) for name, (ours, _, _) in found.items()}
    assert (counts["known"], counts["known, many"], counts["after"], counts["after, up to"]) == (5, 40, 11, 2)


def test_moments_and_truth_values_are_such(found: dict[str, Any]) -> None:
    ((kinds,),) = (found["found"]["by id"][2],)
    assert {"datetime", "bool", "int", "str", "NoneType"} == set(kinds)


def test_what_a_query_cannot_answer_is_refused(found: dict[str, Any]) -> None:
    assert found["refused"] == {
        "None": "TypeError",
        "None among several": "TypeError",
        "a value that is not used": "ValueError",
        "locking outside a transaction": "TransactionManagementError",
    }
