"""A query selects the same events as a condition of a database and as a predicate in memory."""

import pytest

from tests import commands, services

pytestmark = [pytest.mark.starts_processes, pytest.mark.timeout(200)]


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_both_meanings_of_a_query_are_equal(database: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    environment = {"DATA_DIR": str(tmp_path_factory.mktemp("twins"))}
    if database == "sqlite":
        found = commands.printed_json("tests.query_twins", environment)
    else:
        services.need("postgres")
        with services.fresh_postgres() as url:
            found = commands.printed_json("tests.query_twins", environment | {"DATABASE_URL": url})
    assert found["difference"] is None
    # The comparison means nothing where queries select all or nothing.
    assert found["selective"] > found["compared"] / 8 > 30
