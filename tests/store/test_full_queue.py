"""A database that others hold: posts wait or are told when to come back, and nothing acknowledged is lost."""

import itertools
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.memory import resident
from tests.posting import page_load, shim_event
from tests.servers import Server
from tests.waiting import wait_for

_EVENTS: Final = 100  # in each post
_POSTS: Final = 300  # more than the queue's 20,000 events


@pytest.mark.timeout(170)
def test_a_locked_database_fills_the_queue_and_loses_nothing(own_server: Server) -> None:
    recording = own_server.new_recording()
    path = Path(own_server.environment["DATA_DIR"]) / "inspector.sqlite3"
    answers: list[tuple[list[str], httpx.Response]] = []
    numbers = itertools.count(1)

    def post(client: httpx.Client) -> httpx.Response:
        events: list[dict[str, Any]] = [shim_event(next(numbers)) for _ in range(_EVENTS)]
        body = {"page": page_load(), "events": events}
        answer = client.post(f"/collect/{recording['capture_key']}", json=body)
        answers.append(([event["id"] for event in events], answer))
        return answer

    limits = httpx.Limits(max_connections=_POSTS)
    with (
        httpx.Client(base_url=own_server.url, timeout=150, limits=limits, trust_env=False) as client,
        closing(sqlite3.connect(path, timeout=20)) as holder,
        ThreadPoolExecutor(_POSTS) as pool,
    ):
        post(client)
        before = resident(own_server.pid)
        holder.execute("BEGIN IMMEDIATE")
        waiting = [pool.submit(post, client) for _ in range(_POSTS)]
        wait_for("the queue to be full", lambda: any(one.done() for one in waiting), seconds=60)
        assert own_server.client.get(f"/recordings/{recording['key']}/").status_code == 200  # reading goes on
        refused = next(one for one in waiting if one.done()).result()
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        assert refused.json()["error"]["code"] == "busy"
        held = resident(own_server.pid)
        holder.rollback()
        for one in waiting:
            one.result()
        assert post(client).status_code == 202  # and everything is as before

    assert held - before < 250_000_000
    statuses = Counter(answer.status_code for _, answer in answers)
    assert set(statuses) == {202, 503}
    assert all("Retry-After" in answer.headers for _, answer in answers if answer.status_code == 503)
    acknowledged = {id_ for ids, answer in answers if answer.status_code == 202 for id_ in ids}
    stored = [event["event_id"] for event in own_server.stored(recording)]
    assert len(stored) == len(set(stored))
    assert acknowledged <= set(stored)
