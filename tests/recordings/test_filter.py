"""One filter: page, socket, share, export, API, command and exported file read a query string alike."""

import re
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Page

from tests.export_cases import exported, lines
from tests.paths import ROOT
from tests.posting import page_load, post, posted_once, shim_event
from tests.servers import Server
from tests.sharing import csrf, share, visitor
from tests.viewers import viewing

_ROW: Final = re.compile(r'id="event-(\d+)"')

EVENTS: Final = (
    shim_event(1, "search", {"search_term": "Raincoat"}),
    shim_event(2, "login", {"user": {}}),
    shim_event(3, "mine, yours", {"note": "a raincoat"}),
    shim_event(4, "", {}),
    shim_event(5, "a\0b", {}),
    shim_event(6, "search", {}),
)
#: What each query string lets through.
QUERIES: Final = {
    "": [1, 2, 3, 4, 5, 6],
    "other=1&event=3": [1, 2, 3, 4, 5, 6],
    "q=": [1, 2, 3, 4, 5, 6],
    "name=login": [2],
    "name=login&name=search": [1, 2, 6],
    "name=mine%2C+yours": [3],
    "name=": [4],
    "name=a%00b": [5],
    "name=nothing": [],
    "verdict=invalid&verdict=valid&name=search": [1, 6],
    "q=RAINCOAT": [1, 3],
    "q=+raincoat+&name=search": [1],
    "q=shop.example%2Fcart": [1, 2, 3, 4, 5, 6],
    "q=search&q=yours": [3],
}
#: Query strings that are refused, with a word of the sentence that says why.
REFUSED: Final = {
    "verdict=broken": "broken",
    "verdict=": "no verdict",
    "verdict=invalid&verdict=Invalid": "“Invalid”",
    "&".join(["name=a"] * 101): "100 names",
    f"q={'a' * 201}": "200 characters",
}

Caller = Callable[[Server, dict[str, Any], str], list[int]]


@pytest.fixture(scope="module")
def recordings() -> dict[str, dict[str, Any]]:
    """The recording of each server that has been asked for."""
    return {}


@pytest.fixture
def recording(any_server: Server, recordings: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return posted_once(recordings, any_server, EVENTS, page_load("/cart"))


def page(server: Server, recording: dict[str, Any], query: str) -> list[int]:
    answer = server.client.get(f"/recordings/{recording['key']}/?{query}").raise_for_status()
    return [int(seq) for seq in _ROW.findall(answer.text)]


def rows(server: Server, recording: dict[str, Any], query: str) -> list[int]:
    path = f"/recordings/{recording['key']}/rows/?after=0&{query}"
    return [int(seq) for seq in _ROW.findall(server.client.get(path).raise_for_status().text)]


def polled(server: Server, recording: dict[str, Any], query: str) -> list[int]:
    path = f"/recordings/{recording['key']}/frame/?after=0&{query}"
    return [int(seq) for seq in _ROW.findall(server.client.get(path).raise_for_status().text)]


def socket(server: Server, recording: dict[str, Any], query: str) -> list[int]:
    with viewing(server, recording) as viewer:
        viewer.follow(query=query)
        return viewer.read_until(len(EVENTS))


def shared(server: Server, recording: dict[str, Any], query: str) -> list[int]:
    what = "filter" if query else "all"
    path = share(server, recording, what=what, filter=query, chosen="1", masked=[])
    answer = server.client.get(f"{path}rows/?after=0").raise_for_status()
    return [int(seq) for seq in _ROW.findall(answer.text)]


def in_a_masked_share(server: Server, recording: dict[str, Any], query: str) -> list[int]:
    """Here a text is looked for in memory, in the masked events."""
    path = share(server, recording)
    answer = server.client.get(f"{path}rows/?after=0&{query}").raise_for_status()
    return [int(seq) for seq in _ROW.findall(answer.text)]


def export_page(server: Server, recording: dict[str, Any], query: str) -> list[int]:
    path = f"/recordings/{recording['key']}/export/file/?format=ndjson&redact=no&part=filter&{query}"
    answer = server.client.get(path).raise_for_status()
    return [line["event"]["seq"] for line in lines(answer) if "event" in line]


def export_api(server: Server, recording: dict[str, Any], query: str) -> list[int]:
    path = f"/api/recordings/{recording['key']}/export.ndjson?redact=no&{query}"
    answer = server.client.get(path).raise_for_status()
    return [line["event"]["seq"] for line in lines(answer) if "event" in line]


def events_api(server: Server, recording: dict[str, Any], query: str) -> list[int]:
    answer = server.client.get(f"/api/recordings/{recording['key']}/events?{query}").raise_for_status()
    return [event["seq"] for event in answer.json()["events"]]


CALLERS: Final[tuple[Caller, ...]] = (
    *(page, rows, polled, socket, shared, in_a_masked_share, export_page, export_api, events_api),
)


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.__name__)
def test_every_caller_finds_the_same_events(
    caller: Caller, any_server: Server, recording: dict[str, Any]
) -> None:
    assert {query: caller(any_server, recording, query) for query in QUERIES} == QUERIES


def test_the_exported_file_finds_the_same_events(server: Server, page: Page, tmp_path: Path) -> None:
    made = server.new_recording()
    post(server, made, EVENTS, page_load("/cart"))
    path = tmp_path / "recording.html"
    path.write_bytes(exported(server, made, "html").content)
    found = {}
    for query in QUERIES:
        page.goto("about:blank")
        page.goto(f"{path.as_uri()}#{query.replace('%00', '%EF%BF%BD')}")
        page.locator("html[data-ready]").wait_for()
        found[query] = [int(row.get_attribute("data-seq") or 0) for row in page.locator(".row").all()]
    assert found == QUERIES


def command(server: Server, key: str, query: str) -> subprocess.CompletedProcess[bytes]:
    """``manage.py export`` with the options that stand for the query string."""
    given = parse_qsl(query, keep_blank_values=True)
    options = [f"--{'search' if name == 'q' else name}={value}" for name, value in given]
    return subprocess.run(
        [sys.executable, "manage.py", "export", key, "--no-redact", *options],
        cwd=ROOT, env=server.environment, capture_output=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    "query",
    ["name=login&name=search", "verdict=invalid&verdict=valid&name=search", "q=+raincoat+&name=search"],
)
def test_the_command_finds_the_same_events(query: str, server: Server) -> None:
    made = server.new_recording()
    post(server, made, EVENTS, page_load("/cart"))
    done = command(server, made["key"], query)
    assert done.returncode == 0, done.stderr
    found = [int(seq) for seq in re.findall(rb'^\{"event":\{"seq":(\d+)', done.stdout, re.MULTILINE)]
    assert found == QUERIES[query]


@pytest.mark.parametrize(("query", "why"), REFUSED.items(), ids=lambda text: text[:20])
def test_every_caller_refuses_the_same_for_the_same_reason(
    query: str, why: str, any_server: Server, recording: dict[str, Any]
) -> None:
    key = recording["key"]
    said = set()
    for path in ("/events?", "/export.ndjson?"):
        answer = any_server.client.get(f"/api/recordings/{key}{path}{query}")
        assert answer.status_code == 400, path
        error = answer.json()["error"]
        assert error["code"] == "invalid_request"
        said.add(error["message"])
    (sentence,) = said
    assert why in sentence
    shared = share(any_server, recording)
    for path in (
        *(f"/recordings/{key}/?", f"/recordings/{key}/rows/?after=0&", f"/recordings/{key}/frame/?"),
        *(f"/recordings/{key}/export/?", f"/recordings/{key}/export/file/?format=ndjson&part=filter&"),
        *(f"/recordings/{key}/share/?", f"{shared}?", f"{shared}rows/?after=0&", f"{shared}frame/?"),
    ):
        answer = any_server.client.get(f"{path}{query}")
        assert answer.status_code == 400, path
        assert sentence in unescape(answer.text), path
        fragment = any_server.client.get(f"{path}{query}", headers={"HX-Request": "true"})
        assert sentence in unescape(fragment.text), path


def test_the_command_refuses_with_the_same_sentence(server: Server) -> None:
    made = server.new_recording()
    done = command(server, made["key"], "verdict=broken")
    assert done.returncode == 2
    said = server.client.get(f"/api/recordings/{made['key']}/events?verdict=broken").json()["error"][
        "message"
    ]
    assert said in done.stderr.decode()


def test_a_socket_passes_over_a_filter_that_it_cannot_read(
    any_server: Server, recording: dict[str, Any]
) -> None:
    with viewing(any_server, recording) as viewer:
        viewer.follow(query="name=login", epoch=1)
        viewer.read_until(len(EVENTS))
        for query in [*REFUSED, "&".join(["a=1"] * 1_500)]:
            viewer.follow(query=query, epoch=2)
        viewer.follow(query="name=search", epoch=3)
        while viewer.next_frame()["epoch"] != 3:
            pass
        assert [frame["epoch"] for frame in viewer.frames].count(2) == 0
        assert viewer.frames[-1]["rows"] == [1, 6]


def test_a_share_is_not_made_of_a_filter_that_cannot_be_read(
    any_server: Server, recording: dict[str, Any]
) -> None:
    """A form holds more than an address can: names are bounded together, too."""
    page = f"/recordings/{recording['key']}/share/"
    with visitor(any_server) as person:
        token = csrf(person, page)
        for query, why in (("verdict=broken", "broken"), ("&".join(["name=" + "a" * 201] * 100), "20,000")):
            answer = person.post(f"{page}new/", data={"what": "filter", "filter": query} | token)
            assert answer.status_code == 400
            assert why in unescape(answer.text)
