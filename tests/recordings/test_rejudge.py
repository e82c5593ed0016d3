"""A stored recording is judged again, by another edition or after a rule changed; nothing is lost by it."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests import commands, services
from tests.editions import FIRST, SECOND, change
from tests.editions import house as a_house
from tests.example_events import changed
from tests.posting import page_load, post, shim_event
from tests.servers import Server
from tests.viewers import viewing

pytestmark = pytest.mark.starts_processes

WITHOUT_TERM = changed("search", {}, ["/search_term"])
WITHOUT_METHOD = changed("login", {}, ["/method"])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector with two editions, on SQLite."""
    yield from _running(a_house(tmp_path_factory.mktemp("house")))


@pytest.fixture(scope="module")
def postgres_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector with two editions, on PostgreSQL and Redis."""
    services.need("postgres", "redis")
    with services.fresh_postgres() as database:
        settings = {"DATABASE_URL": database, "REDIS_URL": services.redis_url()}
        yield from _running(a_house(tmp_path_factory.mktemp("postgres-house"), **settings))


@pytest.fixture(scope="module", params=["house", "postgres_house"], ids=["sqlite", "postgres"])
def any_house(request: pytest.FixtureRequest) -> Server:
    """Both in turn, for what the database's locks, bulk statements and wake-ups decide."""
    server: Server = request.getfixturevalue(request.param)
    return server


def _running(server: Server) -> Iterator[Server]:
    server.start()
    yield server
    server.stop()


@pytest.fixture
def recording(house: Server) -> dict[str, Any]:
    return new_recording(house)


def new_recording(server: Server) -> dict[str, Any]:
    """A search without a term, a login without a method, and a purchase that both editions like."""
    recording = server.new_recording()
    fired = [("search", WITHOUT_TERM), ("login", WITHOUT_METHOD), ("purchase", None)]
    post(server, recording, [shim_event(n, name, called) for n, (name, called) in enumerate(fired, 1)])
    return recording


def rejudge(server: Server, recording: dict[str, Any], *options: str) -> tuple[int, str]:
    """Its exit code, and both its outputs."""
    return told(commands.run(server, "rejudge", recording["key"], *options))


def rejudge_in_a_process(server: Server, recording: dict[str, Any], *options: str) -> tuple[int, str]:
    """The same beside others, and with the source as it is now."""
    return told(commands.run_process(server, "rejudge", recording["key"], *options))


def told(done: commands.Completed) -> tuple[int, str]:
    return done.code, done.out + done.err


def verdicts(server: Server, recording: dict[str, Any]) -> list[str]:
    return [event["verdict"] for event in server.stored(recording)]


def test_first_it_only_says_what_would_change(house: Server, recording: dict[str, Any]) -> None:
    before = house.stored(recording), house.state(recording)
    code, said = rejudge(house, recording, "--edition", SECOND)
    assert code == 1
    assert f"2 of 3 events change from edition {FIRST} to {SECOND}." in said
    assert "search ×1: invalid → valid" in said
    assert "login ×1: valid → invalid" in said
    assert "+ error missing_required method" in said
    assert "− error missing_required search_term" in said
    assert (house.stored(recording), house.state(recording)) == before


def test_applied_it_changes_verdicts_findings_counts_and_the_edition(any_house: Server) -> None:
    recording = new_recording(any_house)
    code, said = rejudge(any_house, recording, "--edition", SECOND, "--apply")
    assert (code, "2 events judged anew" in said) == (0, True)
    assert verdicts(any_house, recording) == ["valid", "invalid", "valid"]
    search, login, _ = any_house.stored(recording)
    assert search["findings"] == []
    assert [(one["code"], one["path"]) for one in login["findings"]] == [("missing_required", "/method")]
    state = any_house.state(recording)
    assert state["edition"] == SECOND
    assert state["events"]["login"] == {"invalid": 1, "warning": 0, "valid": 0}
    assert state["verdicts"] == {"invalid": 1, "warning": 0, "valid": 2}
    assert rejudge(any_house, recording)[0] == 0


def test_what_arrives_afterwards_is_judged_by_the_recordings_edition(
    house: Server, recording: dict[str, Any]
) -> None:
    rejudge(house, recording, "--edition", SECOND, "--apply")
    receipts = post(
        house, recording, [shim_event(1, "search", WITHOUT_TERM), shim_event(2, "login", WITHOUT_METHOD)]
    )
    assert [one["verdict"] for one in receipts["results"]] == ["valid", "invalid"]
    assert verdicts(house, recording)[3:] == ["valid", "invalid"]
    other = house.new_recording()  # and other recordings by theirs
    assert post(house, other, [shim_event(1, "search", WITHOUT_TERM)])["results"][0]["verdict"] == "invalid"


def test_what_becomes_known_later_is_judged_by_it_too(house: Server, recording: dict[str, Any]) -> None:
    rejudge(house, recording, "--edition", SECOND, "--apply")
    event = shim_event(1, "search", WITHOUT_TERM)
    post(house, recording, [event])
    house.collect(
        recording, {"page": page_load(), "events": [], "updates": [{"id": event["id"], "unsent": True}]}
    )
    last = house.stored(recording)[-1]
    assert (last["verdict"], last["delivery"]) == ("valid", "unsent")


def test_open_dashboards_see_it_at_once(any_house: Server) -> None:
    recording = new_recording(any_house)
    with viewing(any_house, recording) as viewer:
        viewer.follow()
        viewer.read_until(3)
        rejudge(any_house, recording, "--edition", SECOND, "--apply")
        changed: set[int] = set()
        while not {1, 2} <= changed:
            frame = viewer.next_frame()
            changed.update(frame["rows"])
        assert frame["types"]["login"] == [1, "invalid"]


def test_nothing_is_lost_of_what_arrives_meanwhile(any_house: Server) -> None:
    recording = any_house.new_recording()
    for _ in range(10):
        post(any_house, recording, [shim_event(n, "search", WITHOUT_TERM) for n in range(1, 101)])
    done = threading.Event()

    def keep_posting() -> int:
        posted = 0
        while not done.is_set():
            event = shim_event(1, "login", WITHOUT_METHOD)
            post(any_house, recording, [event, shim_event(2, "search", WITHOUT_TERM)])
            any_house.collect(
                recording,
                {"page": page_load(), "events": [], "updates": [{"id": event["id"], "unsent": True}]},
            )
            posted += 2
        return posted

    with ThreadPoolExecutor(2) as pool:
        posting = [pool.submit(keep_posting) for _ in range(2)]
        try:
            code, said = rejudge(any_house, recording, "--edition", SECOND, "--apply")
        finally:
            done.set()
        posted = sum(one.result() for one in posting)
    assert code == 0, said
    events = any_house.stored(recording)
    assert [event["seq"] for event in events] == list(range(1, 1_001 + posted))
    counts = Counter((event["event_name"], event["verdict"]) for event in events)
    assert set(counts) == {("search", "valid"), ("login", "invalid")}
    counted = any_house.state(recording)["events"]
    assert counted["search"] == {"invalid": 0, "warning": 0, "valid": counts["search", "valid"]}
    assert counted["login"] == {"invalid": counts["login", "invalid"], "warning": 0, "valid": 0}
    assert {event["delivery"] for event in events if event["event_name"] == "login"} == {"unsent"}


def test_of_two_at_once_the_later_edition_rules_all(any_house: Server) -> None:
    recording = any_house.new_recording()
    for _ in range(20):
        post(any_house, recording, [shim_event(n, "search", WITHOUT_TERM) for n in range(1, 101)])
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(rejudge_in_a_process, any_house, recording, "--edition", edition, "--apply")
            for edition in (FIRST, SECOND)
        ]
    codes = [one.result()[0] for one in both]
    edition = any_house.state(recording)["edition"]
    assert codes[(FIRST, SECOND).index(edition)] == 0
    assert set(verdicts(any_house, recording)) == {"invalid" if edition == FIRST else "valid"}


ODD: list[Any] = [
    {"name": "", "called": {}},
    {"name": 5, "called": {}},
    {"name": "login", "called": []},
    {"name": "login", "called": "text"},
    {"name": "login", "called": None},
    {"name": "purchase", "called": {"id": "O_1"}, "old_form": True},
    {"name": "page_view", "called": {"page_name": "x" * 40_000}},
    {"name": "page_view", "called": {"items": [{}] * 2_000}},
    {"name": "x" * 300, "called": {"<b>": {"deep": [[[[]]]]}}},
    {"name": "login", "called": {"user": {}}, "sent": {"user": {"consent_categories": ["1"]}}},
    {"name": "login", "called": {}, "permanent": {"user": {"id": "7"}}},
    {
        "name": "login",
        "called": {},
        "permanent": {"user": {"id": "7"}},
        "sent": {"user": {"email": "a@b.fr"}},
    },
    {"name": "login", "called": {"user": "[not read: getter]"}},
    {"name": "login", "called": "[not read: toJSON]"},
    {"name": "login", "called": {"user": "[not read: getter]"}, "sent": {"user": {"id": 7}}},
    {"name": "view_cart", "called": None, "pixel": "event_name=view_cart&value=9.99&items[0][quantity]=2"},
]


def test_judged_again_by_the_same_rules_nothing_changes(house: Server) -> None:
    recording = house.new_recording()
    post(house, recording, [shim_event(n) | event for n, event in enumerate(ODD, 1)])
    before = house.stored(recording)
    code, said = rejudge(house, recording, "--apply")
    assert (code, f"0 of {len(ODD)} events change" in said) == (0, True), said
    assert house.stored(recording) == before


def test_a_mask_is_not_judged_but_what_was_found_of_its_value_stands(house: Server) -> None:
    """An exported recording without its personal values, brought back."""
    original = house.new_recording()
    personal = {
        "/user/email": "none",
        "/user/id": 12345,
        "/user/phone": "+33612345678",
        "/user/country": "FR",
    }
    fired = [changed("sign_up", personal), changed("sign_up", personal, ["/user/consent_categories"])]
    post(house, original, [shim_event(n, "sign_up", called) for n, called in enumerate(fired, 1)])
    file = house.client.get(f"/api/recordings/{original['key']}/export.ndjson").raise_for_status().content
    headers = {"Content-Type": "application/x-ndjson"}
    masked = house.client.post("/api/import", content=file, headers=headers).json()
    assert "‹phone" in str(house.stored(masked))
    before = house.stored(masked)
    assert {finding["path"] for event in before for finding in event["findings"]} >= {
        "/user/email",
        "/user/id",
    }
    code, said = rejudge(house, masked, "--apply")
    assert (code, "0 of 2 events change" in said) == (0, True)
    assert house.stored(masked) == before
    rejudge(house, masked, "--edition", SECOND, "--apply")
    after = house.stored(masked)
    assert [about(event, "/user/email") for event in after] == [
        about(event, "/user/email") for event in before
    ]


def about(event: dict[str, Any], path: str) -> list[dict[str, Any]]:
    return [finding for finding in event["findings"] if finding["path"] == path]


@pytest.mark.parametrize("arguments", [["none"], ["{key}", "--edition", "1999-01"], ["\N{SNOWMAN}"]])
def test_what_cannot_be_judged_ends_with_2(
    house: Server, recording: dict[str, Any], arguments: list[str]
) -> None:
    done = commands.run(house, "rejudge", *(each.format(key=recording["key"]) for each in arguments))
    assert done.code == 2
    assert "Traceback" not in done.err
    assert house.state(recording)["edition"] == FIRST


def test_after_a_rule_changed_the_same_edition_judges_otherwise(tmp_path: Path) -> None:
    server = a_house(tmp_path)
    server.start()
    try:
        recording = server.new_recording()
        post(server, recording, [shim_event(1, "search", WITHOUT_TERM)])
        change(
            server.root / "events" / "reference" / FIRST / "search.toml",
            'type = "string"\nrequired = "yes"',
            'type = "string"\nrequired = "no"',
        )
        server.stop()
        server.start()
        assert verdicts(server, recording) == ["invalid"]
        assert rejudge_in_a_process(server, recording)[0] == 1
        assert rejudge_in_a_process(server, recording, "--apply")[0] == 0
        assert verdicts(server, recording) == ["valid"]
    finally:
        server.stop()
