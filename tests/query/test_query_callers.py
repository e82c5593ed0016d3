"""The query language is understood wherever events are chosen, and refused there in the same words."""

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from tests import commands
from tests.export_cases import lines
from tests.posting import page_load, post, posted_once, shim_event
from tests.servers import Server
from tests.sharing import share
from tests.viewers import viewing

_ROW: Final = re.compile(r'id="event-(\d+)"')
EVENTS: Final = (
    shim_event(1, "search", {"search_term": "Raincoat"}),
    shim_event(2, "page_view", {"page_type": "home", "title": "Ünïcode"}),
    shim_event(3, "page_view", {"page_type": "Home", "items": [{"quantity": 2}, {"quantity": 0}]}),
    shim_event(4, "purchase", {"id": "O_1", "value": "120.50", "user": {"email": "ada@shop.example"}}),
    shim_event(5, "mine", {"a.b": True}, call_site="checkout.min.js:1:48211"),
)
QUERIES: Final = {
    "": [1, 2, 3, 4, 5],
    "page_type=home": [2],
    "page_type~HOME": [2, 3],
    "name:page_view -page_type=home": [3],
    "items.quantity<1": [3],
    "value>100": [4],
    "value>121": [],
    "(name:purchase or name:search) verdict:invalid": [1, 4],
    "is:custom": [5],
    "#2..3": [2, 3],
    "checkout.min.js:1:48211": [5],
    "page:/cart": [1, 2, 3, 4, 5],
    "-page:/cart*": [],
    "code:missing_required path:/search_term": [],
    "has:user": [4],
    '"a.b"=true': [5],
    "user.consent_categories": [4],
    "load:1": [1, 2, 3, 4, 5],
    "ünïcode": [2],
}

Caller = Callable[[Server, dict[str, Any], dict[str, str]], list[int]]


@pytest.fixture(scope="module")
def recordings() -> dict[str, dict[str, Any]]:
    """The recording of each server that has been asked for."""
    return {}


@pytest.fixture
def recording(any_server: Server, recordings: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return posted_once(recordings, any_server, EVENTS, page_load("/cart"))


def _rows(server: Server, path: str, asked: dict[str, Any]) -> list[int]:
    answer = server.client.get(path, params=asked).raise_for_status()
    return [int(seq) for seq in _ROW.findall(answer.text)]


def page(server: Server, recording: dict[str, Any], asked: dict[str, str]) -> list[int]:
    return _rows(server, f"/recordings/{recording['key']}/", asked)


def polled(server: Server, recording: dict[str, Any], asked: dict[str, str]) -> list[int]:
    return _rows(server, f"/recordings/{recording['key']}/frame/", asked | {"after": "0"})


def socket(server: Server, recording: dict[str, Any], asked: dict[str, str]) -> list[int]:
    with viewing(server, recording) as viewer:
        viewer.follow(query=_encoded(asked))
        return viewer.read_until(len(EVENTS))


def shared(server: Server, recording: dict[str, Any], asked: dict[str, str]) -> list[int]:
    what = "filter" if asked["query"] else "all"
    path = share(server, recording, what=what, filter=_encoded(asked), chosen="1", masked=[])
    return _rows(server, f"{path}rows/", {"after": 0})


def in_a_share_that_masks_genders(
    server: Server, recording: dict[str, Any], asked: dict[str, str]
) -> list[int]:
    """Here the query is about the masked events, none of which says a gender."""
    path = share(server, recording, chosen="1", masked=["genders"])
    return _rows(server, f"{path}rows/", asked | {"after": "0"})


def export_page(server: Server, recording: dict[str, Any], asked: dict[str, str]) -> list[int]:
    path = f"/recordings/{recording['key']}/export/file/"
    answer = server.client.get(path, params=asked | {"format": "ndjson", "redact": "no", "part": "filter"})
    return [line["event"]["seq"] for line in lines(answer.raise_for_status()) if "event" in line]


def export_api(server: Server, recording: dict[str, Any], asked: dict[str, str]) -> list[int]:
    path = f"/api/recordings/{recording['key']}/export.ndjson"
    answer = server.client.get(path, params=asked | {"redact": "no"}).raise_for_status()
    found = [line["event"]["seq"] for line in lines(answer) if "event" in line]
    assert answer.headers["X-Event-Count"] == str(len(found))
    return found


def events_api(server: Server, recording: dict[str, Any], asked: dict[str, str]) -> list[int]:
    path = f"/api/recordings/{recording['key']}/events"
    return [
        event["seq"] for event in server.client.get(path, params=asked).raise_for_status().json()["events"]
    ]


def compare_api(server: Server, recording: dict[str, Any], asked: dict[str, str]) -> list[int]:
    """The events that a comparison with an empty recording misses."""
    empty = server.new_recording()
    sides = {"a": recording["key"], "b": empty["key"]}
    answer = server.client.get("/api/compare", params=asked | sides).raise_for_status().json()
    return sorted(row["a"]["seq"] for row in answer["differences"])


def _encoded(asked: dict[str, str]) -> str:
    return urlencode(asked)


CALLERS: Final[tuple[Caller, ...]] = (
    *(page, polled, socket, shared, in_a_share_that_masks_genders, export_page, export_api, events_api),
    compare_api,
)


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.__name__)
def test_every_caller_finds_the_events_of_a_query(
    caller: Caller, any_server: Server, recording: dict[str, Any]
) -> None:
    assert {query: caller(any_server, recording, {"query": query}) for query in QUERIES} == QUERIES


@pytest.mark.parametrize("format_", ["html", "csv", "xml", "har", "sarif"])
def test_each_format_exports_the_events_of_a_query(
    format_: str, any_server: Server, recording: dict[str, Any]
) -> None:
    path = f"/api/recordings/{recording['key']}/export.{format_}"
    answer = any_server.client.get(path, params={"query": "page_type~home", "redact": "no"})
    assert answer.raise_for_status().headers["X-Event-Count"] == "2"


def test_the_commands_take_a_query(server: Server) -> None:
    made = server.new_recording()
    post(server, made, EVENTS, page_load("/cart"))
    done = commands.run(server, "export", made["key"], "--no-redact", "--query=page_type~home -#2")
    assert re.findall(r'^\{"event":\{"seq":(\d+)', done.out, re.MULTILINE) == ["3"]
    compared = commands.run(
        server, "compare", made["key"], server.new_recording()["key"], "--query=value>100"
    )
    assert compared.code == 1
    assert "purchase" in compared.out
    assert "search" not in compared.out
    for command in (["export", made["key"]], ["compare", made["key"], made["key"]]):
        refused = commands.run(server, *command, "--query=nme:x")
        assert refused.code == 2
        assert "There is no field nme. Did you mean name?" in refused.err


def test_a_query_that_cannot_be_read_is_refused_with_the_place(
    any_server: Server, recording: dict[str, Any]
) -> None:
    key = recording["key"]
    for path in (
        *(f"/api/recordings/{key}/events", f"/api/recordings/{key}/export.ndjson"),
        f"/api/compare?a={key}&b={key}",
    ):
        answer = any_server.client.get(path, params={"query": "a nme:x", "a": key, "b": key})
        assert answer.status_code == 400, path
        error = answer.json()["error"]
        assert error["code"] == "invalid_query"
        assert error["message"] == "There is no field nme. Did you mean name?"
        assert error["position"] == {"start": 2, "end": 5}
    fragment = any_server.client.get(
        f"/recordings/{key}/", params={"query": "a nme:x"}, headers={"HX-Request": "true"}
    )
    assert fragment.json()["error"]["position"] == {"start": 2, "end": 5}


def test_an_exported_file_says_its_query_unless_values_are_masked(
    any_server: Server, recording: dict[str, Any]
) -> None:
    path = f"/api/recordings/{recording['key']}/export.ndjson"
    said = []
    for redact in ("no", "emails"):
        answer = any_server.client.get(path, params={"query": "value>100", "redact": redact})
        said.append(lines(answer.raise_for_status())[0]["filter"]["query"])
    assert said == ["value>100", "(not shown)"]


def test_clock_times_are_times_in_the_zone_of_the_reader(any_server: Server) -> None:
    made = any_server.new_recording()
    at = 1_796_047_331_000  # 2026-11-30T14:02:11Z
    post(any_server, made, [shim_event(1, at=at), shim_event(2, at=at + 60_000)], page_load())

    def found(query: str, zone: str) -> list[int]:
        return events_api(any_server, made, {"query": query, "zone": zone})

    assert found("after:14:03", "UTC") == [2]
    assert found("after:15:03", "Europe/Paris") == [2]
    assert found("before:15:03", "Europe/Paris") == [1]
    assert found("after:14:03", "Europe/Paris") == [1, 2]
    assert found("14:02:11", "UTC") == [1]
    assert found("15:03", "Europe/Paris") == [2]
    answer = any_server.client.get(
        f"/api/recordings/{made['key']}/events", params={"query": "a", "zone": "../etc/passwd"}
    )
    assert answer.status_code == 400
    assert "no time zone" in answer.json()["error"]["message"]
