"""The page of what changed between two editions: complete, filtered, counted for a recording, as CSV."""

import csv
import io
import re

import pytest
from playwright.sync_api import Page, expect

from events.reference import load
from events.reference.differences import differences
from inspector.presenters.reference_diff import groups_of
from tests.posting import post, shim_event
from tests.servers import Server

FOUND = differences(load("2023-05"), load("2025-10"))
ADDRESS = "/reference/diff/?from=2023-05&to=2025-10"


def test_the_page_has_every_group_and_the_totals(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/reference/")
    page.get_by_role("link", name="What changed").click()
    groups = groups_of(FOUND)
    expect(page.locator(".diff tbody")).to_have_count(len(groups))
    assert page.locator(".diff .group code").all_inner_texts() == [group.title for group in groups]
    expect(page.locator(".diff-totals")).to_contain_text("+31 events")
    expect(page.locator(".diff-totals")).to_contain_text("view_item must say value instead of revenue")
    rows = page.locator(".diff tbody tr:not(.group)")
    expect(rows).to_have_count(sum(len(group.rows) for group in groups))


def test_only_what_changes_verdicts_can_be_shown(server: Server, page: Page) -> None:
    page.goto(server.url + ADDRESS)
    page.get_by_role("link", name="Changes verdicts").click()
    expect(page.locator(".diff tbody")).to_have_count(len(groups_of(FOUND, only_verdicts=True)))
    page.get_by_label("To edition").select_option("2023-05")
    expect(page.get_by_text("No change of a row changes a verdict.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?only=verdicts&from=2023-05&to=2023-05$"))


def test_the_editions_can_be_swapped_and_equal_ones_say_so(server: Server, page: Page) -> None:
    page.goto(server.url + ADDRESS)
    page.get_by_role("link", name="Swap the two editions").click()
    expect(page.get_by_label("From edition")).to_have_value("2025-10")
    expect(page.locator(".diff-totals")).to_contain_text("−31 events")
    assert "These two say the same." in server.client.get("/reference/diff/?from=2023-05&to=2023-05").text


def test_the_effect_on_a_recording_is_counted_and_nothing_is_written(server: Server, page: Page) -> None:
    recording = server.new_recording("Counted for a diff")
    post(
        server, recording, [shim_event(1), shim_event(2, "video_start", {}), shim_event(3, "video_pause", {})]
    )
    page.goto(server.url + ADDRESS)
    page.get_by_label("Recording", exact=True).select_option(label="Counted for a diff")
    effect = page.locator("#effect")
    expect(effect).to_contain_text("3 events, judged by 2023-05. By 2025-10:")
    expect(effect.locator("dd").first).to_have_text("2")
    expect(effect).to_contain_text("missing_required")
    assert server.state(recording)["edition"] == "2023-05"
    effect.get_by_role("link", name="Judge this recording by 2025-10…").click()
    expect(page.get_by_role("heading", name="2 of 3 events change")).to_be_visible()


def test_the_table_as_csv_has_a_line_for_each_row(server: Server) -> None:
    answer = server.client.get("/reference/diff.csv?from=2023-05&to=2025-10")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    head, *lines = csv.reader(io.StringIO(answer.text))
    assert head[:3] == ["change", "of", "row"]
    assert len(lines) == sum(len(row.names) for group in groups_of(FOUND) for row in group.rows)
    assert lines[0][:3] == ["new", "view_item", "value"]


@pytest.mark.parametrize("path", ["/reference/diff/", "/reference/diff.csv", "/reference/diff/effect/"])
def test_an_edition_that_is_not_there_is_not_found(server: Server, path: str) -> None:
    assert server.client.get(f"{path}?to=1999-01").status_code == 404


def test_a_name_of_a_newer_edition_leads_there(server: Server) -> None:
    answer = server.client.get("/reference/video_start/", follow_redirects=True)
    assert (answer.status_code, str(answer.url.query, "ascii")) == (200, "edition=2025-10")
    assert server.client.get("/reference/video_start/?edition=2023-05").status_code == 404


@pytest.mark.parametrize("name", ["", "purchase/", "Item/"])
def test_each_page_of_the_reference_leads_to_its_other_editions(
    server: Server, page: Page, name: str
) -> None:
    page.goto(f"{server.url}/reference/{name}")
    page.locator(".editions").get_by_role("link", name="2025-10").click()
    expect(page.locator(".editions .current")).to_have_text("edition 2025-10")
    expect(page).to_have_url(f"{server.url}/reference/{name}?edition=2025-10")
