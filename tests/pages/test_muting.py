"""A group of findings is switched off on one dashboard; every other view of the recording follows."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests import commands
from tests.example_events import changed
from tests.export_cases import exported, lines
from tests.import_cases import imported
from tests.posting import page_load, post, shim_event
from tests.servers import Server
from tests.sharing import csrf, share, visitor

pytestmark = pytest.mark.starts_processes

UNDEFINED = "placeholder_value"
EVENTS = (
    shim_event(1, "search", changed("search")),
    shim_event(2, "search", changed("search", {"/search_term": "undefined"})),
    shim_event(3, "login", changed("login", {"/method": "undefined"}, ["/user"])),
)
#: The verdicts of the events: by all findings, without the values group, without the required group.
ALL = ["valid", "warning", "invalid"]
NO_VALUES = ["valid", "valid", "invalid"]
NO_REQUIRED = ["valid", "warning", "warning"]


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    made = server.new_recording()
    post(server, made, EVENTS, page_load())
    return made


def mute(server: Server, recording: dict[str, Any], *groups: str) -> dict[str, Any]:
    """Switch these groups off, all others on; the recording's state."""
    answer = server.client.patch(f"/api/recordings/{recording['key']}", json={"muted": groups})
    state: dict[str, Any] = answer.raise_for_status().json()
    return state


def events_of(server: Server, recording: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    answer = server.client.get(f"/api/recordings/{recording['key']}/events?{query}").raise_for_status()
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


def verdicts(found: list[dict[str, Any]]) -> list[str]:
    return [event["verdict"] for event in found]


def rows_are(page: Page, wanted: list[str]) -> None:
    """The timeline has these verdicts, and so have the numbers above it and beside it."""
    for seq, verdict in enumerate(wanted, 1):
        expect(page.locator(f"#event-{seq} .verdict")).to_contain_text(verdict)
    for verdict in ("invalid", "warning", "valid"):
        count = str(wanted.count(verdict))
        expect(page.locator(f"#counts [data-count={verdict}]")).to_have_text(count)
        expect(page.locator(f"[data-verdict-count={verdict}]")).to_have_text(count)


def switch(page: Page, group: str) -> Any:
    return page.get_by_role("switch", name=group)


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    page.locator("html[data-ready]").wait_for()
    expect(page.locator("#status")).to_contain_text("live")
    return page


def test_every_view_follows_a_switch(
    server: Server, recording: dict[str, Any], new_context: Callable[[], BrowserContext]
) -> None:
    address = f"{server.url}/recordings/{recording['key']}/"
    mine, theirs, shared = (new_context().new_page() for _ in range(3))
    opened(mine, address)
    opened(theirs, f"{address}?event=2")
    opened(shared, f"{server.url}{share(server, recording)}")
    for page in (mine, theirs, shared):
        rows_are(page, ALL)
        expect(page.locator("[data-group=values] [data-group-count]")).to_have_text("2")
        expect(page.locator("[data-muted-findings]")).to_have_count(0)
    expect(theirs.locator(f"#detail .parameters [data-code={UNDEFINED}]")).to_contain_text("values")

    switch(mine, "values").focus()
    mine.keyboard.press("Space")
    for page in (mine, theirs, shared):
        rows_are(page, NO_VALUES)
        expect(page.locator("[data-muted-findings]")).to_have_text("2 findings muted")
    for page in (mine, theirs):
        expect(switch(page, "values")).to_have_attribute("aria-checked", "false")
        expect(switch(page, "required")).to_have_attribute("aria-checked", "true")
    expect(shared.locator("[data-group=values] [data-group-muted]")).to_be_visible()
    expect(shared.get_by_role("switch")).to_have_count(0)
    expect(theirs.locator(f"#detail .parameters [data-code={UNDEFINED}]")).to_have_count(0)
    expect(theirs.locator("#detail .muted-findings summary")).to_have_text("1 finding muted")
    theirs.locator("#detail .muted-findings summary").click()
    expect(theirs.locator(f"#detail .muted-findings [data-code={UNDEFINED}]")).to_contain_text("search_term")

    switch(theirs, "values").click()
    for page in (mine, theirs, shared):
        rows_are(page, ALL)
    expect(theirs.locator(f"#detail .parameters [data-code={UNDEFINED}]")).to_be_visible()


def test_live_rows_are_shown_under_muting(server: Server, recording: dict[str, Any], page: Page) -> None:
    mute(server, recording, "values")
    opened(page, f"{server.url}/recordings/{recording['key']}/?verdict=valid")
    expect(page.locator("a.row")).to_have_count(2)
    post(
        server, recording, [shim_event(4, "search", changed("search", {"/search_term": "null"}))], page_load()
    )
    expect(page.locator("a.row")).to_have_count(3)
    expect(page.locator("[data-muted-findings]")).to_have_text("3 findings muted")
    expect(page.locator("[data-group=values] [data-group-count]")).to_have_text("3")


def test_a_person_who_scrolled_away_stays_there(server: Server, page: Page) -> None:
    recording = server.new_recording()
    many = [shim_event(n, "search", changed("search", {"/search_term": "undefined"})) for n in range(1, 91)]
    post(server, recording, many, page_load())
    opened(page, f"{server.url}/recordings/{recording['key']}/")
    page.locator("#event-20").scroll_into_view_if_needed()
    page.locator("#timeline").evaluate("(section) => section.scrollTo(0, 300)")
    expect(page.locator("#jump")).to_be_visible()
    mute(server, recording, "values")
    expect(page.locator("#event-12 .verdict")).to_contain_text("valid")
    assert 0 < page.locator("#timeline").evaluate("(section) => section.scrollTop") < 600


def test_switches_work_without_a_script(server: Server, recording: dict[str, Any]) -> None:
    path = f"/recordings/{recording['key']}/"
    with visitor(server) as person:
        answer = person.post(f"{path}change/", data={"mute": "values"} | csrf(person, path))
        assert (answer.status_code, answer.headers["location"]) == (302, path)
    assert verdicts(events_of(server, recording)) == NO_VALUES


def test_who_has_a_link_cannot_switch(server: Server, recording: dict[str, Any]) -> None:
    path = share(server, recording)
    assert server.client.post(path, data={"mute": "values"}).status_code == 405
    assert server.client.post(f"{path}change/", data={"mute": "values"}).status_code in (403, 404)
    assert verdicts(events_of(server, recording)) == ALL


def test_the_api_tells_what_is_muted(any_server: Server) -> None:
    recording = any_server.new_recording()
    post(any_server, recording, EVENTS, page_load())
    state = mute(any_server, recording, "values", "across")
    assert state["muted"] == ["values", "across"]
    assert state["verdicts"] == {"invalid": 1, "warning": 0, "valid": 2}
    assert (state["findings"]["values"], state["muted_findings"]) == (2, 2)
    found = events_of(any_server, recording)
    assert verdicts(found) == NO_VALUES
    assert [event["muted"] for event in found] == [0, 1, 1]
    assert UNDEFINED not in {one["code"] for event in found for one in event["findings"]}
    assert [event["seq"] for event in events_of(any_server, recording, "verdict=valid")] == [1, 2]
    assert verdicts(events_of(any_server, recording, "mute=no")) == ALL
    assert verdicts(events_of(any_server, recording, "mute=required")) == NO_REQUIRED
    answer = any_server.client.get(f"/api/recordings/{recording['key']}?mute=no").raise_for_status().json()
    assert (answer["muted"], answer["verdicts"]["warning"], answer["muted_findings"]) == ([], 1, 0)
    for wrong in ("mute=colour", "mute="):
        refused = any_server.client.get(f"/api/recordings/{recording['key']}/events?{wrong}")
        assert refused.status_code == 400, wrong
    assert mute(any_server, recording)["verdicts"]["warning"] == 1


def test_exports_agree(server: Server, recording: dict[str, Any], page: Page, tmp_path: Path) -> None:
    mute(server, recording, "values")

    def text(form: str, **query: Any) -> str:
        return exported(server, recording, form, **query).content.decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(text("csv"))))
    assert {row["group"] for row in rows} >= {"required"}
    assert UNDEFINED not in {row["code"] for row in rows}
    assert UNDEFINED in text("csv", mute="no")
    suites = ET.fromstring(text("xml", fail_on="warning"))  # our own file
    assert (suites.get("tests"), suites.get("failures")) == ("3", "1")
    assert "2 findings muted, of: values" in text("xml")
    run = orjson.loads(text("sarif"))["runs"][0]
    assert run["properties"] == {"mutedGroups": ["values"], "mutedFindings": 2}
    assert UNDEFINED not in {result["ruleId"] for result in run["results"]}
    rule = next(rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == UNDEFINED)
    assert rule["properties"]["tags"] == ["values"]
    log = orjson.loads(text("har"))["log"]
    assert log["comment"] == "2 findings muted, of: values"
    assert [entry["_cact"]["verdict"] for entry in log["entries"]] == NO_VALUES
    assert [entry["_cact"]["muted"] for entry in log["entries"]] == [0, 1, 1]
    whole = lines(exported(server, recording, "ndjson"))
    assert whole[0]["recording"]["muted"] == ["values"]
    assert [line["event"]["verdict"] for line in whole if "event" in line] == ALL
    part = lines(exported(server, recording, "ndjson", verdict="valid"))
    assert [line["event"]["seq"] for line in part if "event" in line] == [1, 2]
    path = tmp_path / "recording.html"
    path.write_bytes(exported(server, recording, "html").content)
    page.goto(f"{path.as_uri()}#event=2")
    page.locator("html[data-ready]").wait_for()
    expect(page.locator("[data-notes]")).to_contain_text("2 findings muted, of: values")
    expect(page.locator("[data-count=warning]")).to_have_text("0")
    expect(page.locator(".muted-findings summary")).to_have_text("1 finding muted")


def test_an_imported_file_is_muted_as_its_recording_was(server: Server, recording: dict[str, Any]) -> None:
    mute(server, recording, "values", "format")
    content = exported(server, recording, "ndjson", redact="no").content
    again = imported(server, content)
    state = server.client.get(f"/api/recordings/{again['key']}").json()
    assert state["muted"] == ["format", "values"]
    assert verdicts(events_of(server, again)) == NO_VALUES
    assert verdicts(events_of(server, again, "mute=no")) == ALL


def test_comparisons_mute_both_sides(server: Server, recording: dict[str, Any]) -> None:
    other = server.new_recording()
    post(server, other, [EVENTS[0], shim_event(2, "search", changed("search")), EVENTS[2]], page_load())

    def compared(query: str = "") -> dict[str, Any]:
        path = f"/api/compare?a={recording['key']}&b={other['key']}&{query}"
        found: dict[str, Any] = server.client.get(path).raise_for_status().json()
        return found

    assert compared()["differences"][0]["verdict"] == {"before": "warning", "after": "valid"}
    mute(server, other, "values")
    found = compared()
    assert found["muted"] == {"groups": ["values"], "a": 2, "b": 1}
    assert "Muted: 2 findings of A and 1 of B, in values." in found["summary"]
    assert found["differences"][0]["verdict"] is None
    assert found["differences"][0]["lost"] == []
    assert compared("mute=no")["muted"]["groups"] == []


def test_commands_mute_as_the_recording_does(server: Server, recording: dict[str, Any]) -> None:
    def command(*arguments: str) -> commands.Completed:
        return commands.run(server, "export", recording["key"], "--format", "csv", *arguments)

    mute(server, recording, "required")
    done = command("--fail-on", "error")
    assert done.code == 0
    assert "0 invalid, 2 warning, 1 valid" in done.err
    assert "muted, of: required" in done.err
    assert command("--fail-on", "error", "--mute", "no").code == 1
    refused = command("--mute", "colour")
    assert refused.code == 2
    assert "colour is no group of findings" in refused.err
