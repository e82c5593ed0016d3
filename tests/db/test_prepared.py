"""A query that is compiled once finds what Django finds, on both databases."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests import commands, services

pytestmark = pytest.mark.starts_processes


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What each query found, what Django found, and the kinds of the values of models."""
    run = partial(commands.printed_json, "tests.compiled_queries")
    data = {"DATA_DIR": str(tmp_path_factory.mktemp("compiled_queries")), "TZ": "Asia/Kolkata"}
    if request.param == "sqlite":
        yield run(data)
        return
    services.need("postgres")
    with services.fresh_postgres() as database:
        yield run(data | {"DATABASE_URL": database})


def test_it_finds_what_django_finds(found: dict[str, Any]) -> None:
    for name, (ours, theirs, _) in found["found"].items():
        assert sorted(map(repr, ours)) == sorted(map(repr, theirs)), name
        assert ours == theirs, name


def test_each_finds_something_but_where_there_is_nothing(found: dict[str, Any]) -> None:
    found = found["found"]
    empty = {name for name, (ours, _, _) in found.items() if not ours}
    assert empty == {"by id, unknown", "neighbour of the first"}
    counts = {name: len(ours) for name, (ours, _, _) in found.items()}
    assert (counts["after"], counts["after, up to"]) == (11, 2)


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
