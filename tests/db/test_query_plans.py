"""No query without an index: what hot paths cost does not grow with what is stored.

Each path is run for real on a database with one large recording among others; what it asked is explained by
the database itself and carried out once more, with its work counted. A path that reads a whole recording of
20,000 events takes SQLite 100,000 steps and PostgreSQL 20,000 rows at least.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pytest

from tests import commands, services

pytestmark = [pytest.mark.starts_processes, pytest.mark.timeout(200)]

#: Some 500 events with all their columns, which is the largest frame, the largest page of the API.
_MOST_WORK: Final = {"sqlite": 40_000, "postgres": 3_000}

#: What looks at every event of one recording, and why; never at those of others.
_WHOLE_RECORDING: Final = {
    "share: of a text": "no index finds a text in the middle of others; looked for once, then kept up with",
    "share": "the first look of a process learns the personal values of the latest 20,000 events",
}


class Explained(NamedTuple):
    """Which database, what each path asked of it, and which filters an index answers otherwise."""

    database: str
    paths: "Found"
    disagreements: list[str]


Found = dict[str, list[dict[str, Any]]]


def _explain(environment: dict[str, str]) -> tuple[Found, list[str]]:
    found = commands.printed_json("tests.explain_queries", environment)
    disagreements: list[str] = found.pop("disagreements")
    return found, disagreements


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def explained(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Explained]:
    """What each path asks of one database."""
    data = {"DATA_DIR": str(tmp_path_factory.mktemp("explain_queries"))}
    if request.param == "sqlite":
        yield Explained("sqlite", *_explain(data))
        return
    services.need("postgres")
    with services.fresh_postgres() as database:
        yield Explained("postgres", *_explain(data | {"DATABASE_URL": database}))


def _told(path: str, asked: dict[str, Any]) -> str:
    return f"{path}: {asked['work']} for {asked['sql'][:4_000]}\n    " + "\n    ".join(asked["plan"])


def test_nothing_reads_a_whole_table(explained: Explained) -> None:
    paths = explained.paths
    bad = [_told(path, asked) for path, found in paths.items() for asked in found if asked["scans"]]
    assert not bad, "\n".join(bad)


def test_nothing_reads_or_sorts_a_whole_recording(
    explained: Explained,
) -> None:
    database, paths = explained.database, explained.paths
    most = _MOST_WORK[database]
    bad = {
        path: _told(path, asked)
        for path, found in paths.items()
        for asked in found
        if asked["work"] > most or (asked["sorts"] and asked["work"] > most // 2)
    }
    unexpected = [told for path, told in bad.items() if path not in _WHOLE_RECORDING]
    assert not unexpected, "\n".join(unexpected)


def test_every_path_asks_something(explained: Explained) -> None:
    paths = explained.paths
    assert len(paths) > 50
    assert [path for path, found in paths.items() if not found] == []
    assert set(paths) >= set(_WHOLE_RECORDING)


def test_the_exceptions_still_are_some(explained: Explained) -> None:
    """One that no longer reads much has no place in the list."""
    database, paths = explained.database, explained.paths
    if database == "sqlite":
        for path in _WHOLE_RECORDING:
            assert max(asked["work"] for asked in paths[path]) > _MOST_WORK[database], path


def test_an_index_gives_what_the_filter_asks_for(explained: Explained) -> None:
    assert explained.disagreements == []
