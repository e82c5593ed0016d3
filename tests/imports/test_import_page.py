"""The page that takes files and pasted events, as a person uses it."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.export_cases import exported, full_recording
from tests.har_cases import SEARCH, entry, har
from tests.servers import Server

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def files(server: Server, tmp_path: Path) -> list[Path]:
    """A recording with a bad line, a HAR, and what is neither."""
    lines = exported(server, full_recording(server), "ndjson").content.split(b"\n")
    contents = {
        f"shop {HOSTILE[:12]}.ndjson": b"\n".join([*lines[:5], HOSTILE.encode(), *lines[5:]]),
        "visit.har": har(entry(SEARCH | {"search_term": HOSTILE})),
        "letter.txt": b"dear colleague",
    }
    paths = [tmp_path / name for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_bytes(content)
    return paths


def outcome(page: Page, number: int) -> Any:
    return page.locator("#outcomes > section").nth(number)


def expect_outcomes(page: Page) -> None:
    expect(outcome(page, 0)).to_contain_text("10 events kept, 1 not read")
    expect(outcome(page, 0).get_by_role("row", name="6 it is not valid JSON")).to_be_visible()
    expect(outcome(page, 1)).to_contain_text("visit.har: 1 event kept")
    expect(outcome(page, 2)).to_contain_text("letter.txt: nothing was imported")


def test_files_that_are_chosen_are_read_one_after_the_other(
    page: Page, server: Server, files: list[Path]
) -> None:
    page.goto(f"{server.url}/import/")
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Import").click()
    expect_outcomes(page)
    outcome(page, 0).get_by_role("link", name="Open").click()
    expect(page).to_have_title("Été “staging”, 1/2 <b> (part) · Cact Inspector")
    expect(page.locator("#rows .row")).to_have_count(10)


def test_files_that_are_dropped_are_read_as_well(page: Page, server: Server, files: list[Path]) -> None:
    page.goto(f"{server.url}/import/")
    page.get_by_label("Name of the recording").fill("Dropped")
    dropped = page.evaluate_handle(
        "(files) => { const all = new DataTransfer();"
        " for (const [name, text] of files) all.items.add(new File([text], name)); return all }",
        [[path.name, path.read_text()] for path in files],
    )
    drop = page.locator("[data-drop]")
    drop.dispatch_event("dragover", {"dataTransfer": dropped})
    expect(drop).to_have_class("drop over")
    drop.dispatch_event("drop", {"dataTransfer": dropped})
    expect(drop).to_have_class("drop")
    expect_outcomes(page)


def test_a_large_file_shows_how_far_it_is(page: Page, server: Server, tmp_path: Path) -> None:
    lines = exported(server, full_recording(server), "ndjson").content.split(b"\n")
    (tmp_path / "long.ndjson").write_bytes(b"\n".join([*lines[:5], *[b"x"] * 40_000, *lines[5:]]))
    page.goto(f"{server.url}/import/")
    page.evaluate(
        "() => { window.stages = []; new MutationObserver(() => {"
        " const stage = document.querySelector('.stage'); if (stage) stages.push(stage.textContent) })"
        ".observe(document.querySelector('#outcomes'), { childList: true, subtree: true }) }"
    )
    page.locator("input[type=file]").set_input_files(tmp_path / "long.ndjson")
    page.get_by_role("button", name="Import").click()
    expect(outcome(page, 0)).to_contain_text("10 events kept, 40000 not read")
    expect(outcome(page, 0)).to_contain_text("and 39900 more")
    stages = page.evaluate("stages")
    assert any(stage.startswith("reading") for stage in stages), stages


def test_a_pasted_call_is_judged_and_shown_live_where_it_is_kept(page: Page, server: Server) -> None:
    recording = server.new_recording("Watched")
    watching = page.context.new_page()
    watching.goto(f"{server.url}/recordings/{recording['key']}/")
    expect(watching.locator("#status")).to_contain_text("live")
    watching.get_by_role("link", name="import a file or paste an event").click()
    expect(watching.get_by_label("Recording to keep the events in")).to_have_value(recording["key"])
    watching.go_back()
    expect(watching.locator("#status")).to_contain_text("live")

    page.goto(f"{server.url}/import/?into={recording['key']}")
    box = page.get_by_label("Events to judge")
    box.fill(f"cact('trigger', 'search', {{ search_term: '{HOSTILE}', user: user }})")
    box.press("Control+Enter")
    expect(page.locator(".judged-event summary")).to_contain_text("search ✓ valid")
    expect(page.locator("#judged tr", has_text="only the page knows the value of user")).to_be_visible()
    assert server.state(recording)["last_seq"] == 0
    page.get_by_role("button", name="Judge and keep in").click()
    expect(page.locator("#judged")).to_contain_text("1 event kept")
    expect(watching.locator("#rows .row", has_text="search")).to_be_visible()
    page.get_by_role("link", name="Open Watched").click()
    expect(page.locator("#status")).to_contain_text("live")
    page.locator("#rows .row").click()
    expect(page.locator("#detail")).to_contain_text("arrived by")
    expect(page.locator("#detail [data-call-site]")).to_have_text("line 1, column 1")


def test_a_pasted_text_may_be_as_long_as_a_request_and_a_longer_one_is_refused(
    page: Page, server: Server
) -> None:
    page.goto(f"{server.url}/import/")
    judged = page.locator("#judged")
    line = json.dumps({"event_name": "search", "search_term": "x" * 1_000}) + "\n"
    for size, said in ((490_000, "search"), (600_000, "500 KB at most")):
        page.locator("#text textarea").fill(line * (size // len(line)))
        page.get_by_role("button", name="Judge", exact=True).click()
        expect(judged).to_contain_text(said)


def test_what_is_imported_is_the_importing_persons(page: Page, server: Server, files: list[Path]) -> None:
    server_cookie = {"name": "person", "value": "teal.Ada", "url": server.url}
    page.context.add_cookies([server_cookie])  # type: ignore[list-item]  # a plain cookie
    page.goto(f"{server.url}/import/")
    page.locator("input[type=file]").set_input_files(files[1:2])
    page.get_by_role("button", name="Import").click()
    outcome(page, 0).get_by_role("link", name="Open").wait_for()
    page.goto(f"{server.url}/recordings/?q=visit")
    row = page.get_by_role("row", name="visit")
    expect(row.first).to_contain_text("Ada")
    expect(row.first.get_by_title("Imported from visit.har")).to_be_visible()
