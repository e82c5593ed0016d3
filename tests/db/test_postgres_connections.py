"""Connections to PostgreSQL: few, shared, and made anew when somebody cuts them."""

from typing import Any

import psycopg

from tests.servers import Server
from tests.viewers import viewing
from tests.waiting import wait_for

MANY = 60
FEW = 15  # two processes of the suite share this database


def stored(server: Server, recording: dict[str, Any]) -> bool:
    """Post once, as the page-side script does: it comes back where the database did not answer in time."""
    answer = server.client.post(f"/collect/{recording['capture_key']}", json={"event_name": "login"})
    assert answer.status_code == 202 or "Retry-After" in answer.headers, answer.text
    return answer.status_code == 202


def test_cut_database_connections_are_made_anew(postgres_server: Server, postgres_database: str) -> None:
    recording = postgres_server.new_recording()
    with viewing(postgres_server, recording) as viewer:
        viewer.follow()
        for seq in range(1, 4):
            with psycopg.connect(postgres_database) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            wait_for("a new connection", lambda: stored(postgres_server, recording), seconds=60)
            assert viewer.read_until(seq) == list(range(1, seq + 1))
    assert postgres_server.state(recording)["last_seq"] == 3


def test_connections_do_not_pile_up(postgres_server: Server, postgres_database: str) -> None:
    recording = postgres_server.new_recording()
    for _ in range(MANY):
        postgres_server.state(recording)
    with psycopg.connect(postgres_database) as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        row = connection.execute(query).fetchone()
    assert row is not None
    assert row[0] <= FEW
