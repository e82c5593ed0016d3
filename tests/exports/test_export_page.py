"""The export page: a download with real progress, in any format, masked or not, whole or in part."""

import re
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Download, Page, Route, expect

from tests.export_cases import FORMATS
from tests.memory import forget_peak, peak, resident
from tests.posting import page_load, post, post_many, shim_event
from tests.servers import Server
from tests.waiting import wait_for

_PERSONAL = {
    "id": "customer-4711",
    "email": "Jane.Doe@mail.example",
    "phone": "+33698765432",
    "firstname": "Jane",
    "lastname": "Doenhofer",
    "birthdate": "1979-03-14",
    "city": "Montpellier",
}


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    return server.new_recording("Staging")


def open_page(page: Page, server: Server, recording: dict[str, Any], query: str = "") -> None:
    page.goto(f"{server.url}/recordings/{recording['key']}/export/{query}")


def downloaded(page: Page, extension: str) -> tuple[Download, bytes]:
    """What the button gives in this format."""
    page.locator(f"[name=format][value={extension}]").check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    return waiting.value, Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize("extension", FORMATS)
def test_every_format_downloads_with_its_progress(
    server: Server, page: Page, recording: dict[str, Any], extension: str
) -> None:
    post(server, recording, [shim_event(n, "login", {"method": n}) for n in range(1, 41)])
    open_page(page, server, recording)
    page.evaluate(
        """() => {
          window.seen = [];
          const bar = document.querySelector("progress");
          Object.defineProperty(bar, "value", { set: (now) => seen.push(now) });
        }"""
    )
    download, content = downloaded(page, extension)
    assert download.suggested_filename == f"Staging.{extension}"
    assert content
    expect(page.locator("[data-state]")).to_contain_text("Done: 40 events")
    seen = page.evaluate("seen")
    assert seen == sorted(seen)
    assert seen[-2:] == [1, 1]  # the last event was seen to arrive, before the end was


def test_progress_moves_while_a_large_recording_arrives(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    post_many(server, recording, 1_000)
    open_page(page, server, recording)
    page.evaluate(
        """() => {
          window.told = new Set();
          const state = document.querySelector("[data-state]");
          new MutationObserver(() => told.add(state.textContent)).observe(state, { childList: true });
        }"""
    )
    downloaded(page, "ndjson")
    told = page.evaluate("[...told]")
    counts = [
        int(found[1].replace(",", "")) for text in told if (found := re.match(r"([\d,]+) of 1,000", text))
    ]
    assert counts == sorted(counts)
    assert any(0 < count < 1_000 for count in counts)


def test_a_download_can_be_cancelled(server: Server, page: Page, recording: dict[str, Any]) -> None:
    post_many(server, recording, 10)
    open_page(page, server, recording)

    def held_back(route: Route) -> None:
        """Never answered, as by a server that takes its time."""

    page.route("**/export/file/**", held_back)
    page.get_by_role("button", name="Download").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("[data-state]")).to_have_text("Cancelled: nothing was saved.")
    page.unroute("**/export/file/**")
    _, content = downloaded(page, "csv")
    assert content.startswith(b"\xef\xbb\xbfseq,")


def test_a_file_that_was_cut_off_is_not_saved(server: Server, page: Page, recording: dict[str, Any]) -> None:
    open_page(page, server, recording)
    body = '{"format":…}\n*** The export was cut off here. ***\n'
    page.route("**/export/file/**", lambda route: route.fulfill(body=body))
    page.get_by_role("button", name="Download").click()
    expect(page.locator("[data-state]")).to_contain_text("could not finish")


def test_personal_values_are_masked_unless_asked_otherwise(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    address = f"/cart?mail={_PERSONAL['email']}&phone=%2B33698765432"
    tab = page_load(address, f"Hello {_PERSONAL['email']}", referrer=f"https://shop.example{address}")
    event = shim_event(
        1, "login", {"user": _PERSONAL}, sent={"user": _PERSONAL}, auto={"user": _PERSONAL},
        permanent={"user": _PERSONAL}, sent_to=f"https://c.example/events?tc_s=1&u={_PERSONAL['email']}",
        call_site=f"https://shop.example{address}:1:2",
    )  # fmt: skip
    post(server, recording, [event, shim_event(2, _PERSONAL["email"], {_PERSONAL["email"]: 1})], tab)
    told = {"page": tab, "events": [], "reports": [{"code": "policy", "detail": _PERSONAL["email"]}]}
    server.collect(recording, told)
    open_page(page, server, recording)
    for extension in FORMATS:
        _, content = downloaded(page, extension)
        text = content.decode().lower()
        assert [value for value in _PERSONAL.values() if value.lower() in text] == [], extension
        assert "33698765432" not in text
    expect(page.locator("[data-unmasked]")).to_be_hidden()
    page.get_by_role("button", name="Mask none").click()
    expect(page.locator("[data-unmasked]")).to_be_visible()
    _, content = downloaded(page, "ndjson")
    assert all(value in content.decode() for value in _PERSONAL.values())
    page.get_by_label("E-mail addresses").check()
    _, content = downloaded(page, "ndjson")
    assert _PERSONAL["email"].lower() not in content.decode().lower()
    assert _PERSONAL["id"] in content.decode()
    assert orjson.loads(content.splitlines()[0])["redacted"] == ["emails"]


def test_the_dashboard_offers_it_with_its_filter(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    post(server, recording, [shim_event(1, "login"), shim_event(2, "search", {}), shim_event(3, "login", {})])
    page.goto(f"{server.url}/recordings/{recording['key']}/")
    page.locator("#filters input[value=invalid]").check()
    expect(page.locator(".row")).to_have_count(2)  # htmx logs a request that the next one replaces
    page.locator("#filters input[value=login]").check()
    expect(page.locator(".row")).to_have_count(1)
    page.get_by_role("link", name="Export").click()
    expect(page.get_by_label("What the filter lets through: 1 event")).to_be_checked()
    _, content = downloaded(page, "ndjson")
    assert [line["event"]["seq"] for line in map(orjson.loads, content.splitlines()) if "event" in line] == [
        3
    ]
    page.get_by_label("The whole recording").check()
    _, content = downloaded(page, "ndjson")
    assert orjson.loads(content.splitlines()[-1]) == {"end": {"events": 3}}


def test_it_offers_every_format(server: Server, page: Page, recording: dict[str, Any]) -> None:
    open_page(page, server, recording)
    offered = page.locator("[name=format]").evaluate_all("inputs => inputs.map((input) => input.value)")
    assert tuple(offered) == FORMATS


def test_it_downloads_without_a_script(server: Server, recording: dict[str, Any]) -> None:
    post_many(server, recording, 3)
    query = {"format": "csv", "redact": ["no", "emails"]}
    answer = server.client.get(f"/recordings/{recording['key']}/export/file/", params=query)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Staging.csv"'


@pytest.mark.parametrize(
    ("query", "status"), [({"format": "exe"}, 404), ({}, 404), ({"format": "csv", "redact": "shoes"}, 400)]
)
def test_what_the_form_does_not_offer_is_refused(
    server: Server, recording: dict[str, Any], query: dict[str, str], status: int
) -> None:
    answer = server.client.get(f"/recordings/{recording['key']}/export/file/", params=query)
    assert answer.status_code == status


def test_an_estimate_is_near_what_comes(server: Server, page: Page, recording: dict[str, Any]) -> None:
    post_many(server, recording, 500)
    open_page(page, server, recording)
    page.get_by_role("button", name="Mask none").click()
    for extension in FORMATS:
        estimated = page.locator(f"[name=format][value={extension}]").get_attribute("data-bytes")
        _, content = downloaded(page, extension)
        assert int(estimated or 0) == pytest.approx(len(content), rel=0.1)


@pytest.mark.parametrize("reader", ["reads on", "stops for a while"])
def test_a_large_file_takes_little_memory(reader: str, server: Server, recording: dict[str, Any]) -> None:
    tab = page_load()
    large = {"text": "x" * 25_000}
    for first in range(1, 2_001, 16):
        post(server, recording, [shim_event(n, "custom", large) for n in range(first, first + 16)], tab)
    forget_peak(server.pid)
    before = resident(server.pid)
    size = 0
    with server.client.stream("GET", f"/api/recordings/{recording['key']}/export.har?redact=no") as answer:
        for piece in answer.iter_raw():
            if not size and reader == "stops for a while":
                wait_for("the server to wait too", lambda: rests(server.pid))
            size += len(piece)
    assert size > 80_000_000
    assert peak(server.pid) - before < size * 0.7  # some slices in several forms, and never the whole file


def rests(pid: int) -> bool:
    """Whether the process did nothing worth a tick for a moment."""
    before = ticks(pid)
    time.sleep(0.3)  # no wait for something: this is what is looked at
    return ticks(pid) - before <= 3


def ticks(pid: int) -> int:
    """How long it has worked, in hundredths of a second."""
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(numbers[11]) + int(numbers[12])
