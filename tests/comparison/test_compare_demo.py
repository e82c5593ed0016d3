"""The demo shop beside its broken variant: exactly what was planted is told, no more and no less."""

from typing import Any

from playwright.sync_api import Page, expect

from events.reference import load
from inspector.demo import shop
from tests.servers import Server
from tests.waiting import wait_for

REFERENCE = load()
EVENTS = list(REFERENCE.events)
REQUIRED = shop.required_paths(REFERENCE)
#: What "Break things" drops of each event that the shop's home page fires, in their order.
PLANTED = [("page_view", REQUIRED["page_view"]), *((name, REQUIRED[name]) for name in EVENTS)]


def record(server: Server, page: Page, name: str, *, broken: bool) -> dict[str, Any]:
    """A recording of the shop's home page with all events fired once."""
    recording = server.new_recording(name)
    page.goto(f"{server.url}/demo/?recording={recording['key']}{'&broken=1' if broken else ''}")
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.locator("[data-fire-all]").click()

    def all_there() -> bool:
        events = server.stored(recording)
        settled = broken or all(event["delivery"] for event in events)  # its requests were seen
        return len(events) == 1 + len(EVENTS) and settled

    wait_for("all events", all_there)
    return recording


def test_comparing_with_the_broken_shop_lists_exactly_what_was_planted(server: Server, page: Page) -> None:
    a = record(server, page, "Demo", broken=False)
    b = record(server, page, "Demo, broken", broken=True)
    found = server.client.get("/api/compare", params={"a": a["key"], "b": b["key"]}).json()
    told = [
        (
            row["event_name"],
            [(change["kind"], change["path"]) for change in row["changes"]],
            [(one["code"], one["path"]) for one in row["gained"]],
            row["lost"],
            row["verdict"],
            row["kinds"],
        )
        for row in found["differences"]
    ]
    assert [_in_any_order(*row) for row in told] == [
        _in_any_order(
            name,
            [("lost", path) for path in paths],
            [("missing_required", path) for path in paths],
            [],
            {"before": "valid", "after": "invalid"},
            ["verdict", "findings", "parameters"],
        )
        for name, paths in PLANTED
    ]
    assert found["pages"] == []
    assert found["summary"][0].startswith(f"{len(PLANTED)} events changed verdict: ")
    page.goto(f"{server.url}/compare/?a={a['key']}&b={b['key']}")
    expect(page.locator(".compare-row")).to_have_count(len(PLANTED))


def test_two_recordings_of_the_same_shop_do_not_differ(server: Server, page: Page) -> None:
    a, b = (record(server, page, "Demo", broken=False) for _ in range(2))
    found = server.client.get("/api/compare", params={"a": a["key"], "b": b["key"]}).json()
    assert (found["same"], found["differences"]) == (True, [])
    assert found["rules"], "the recordings' own keys stand in the address of the page"


def _in_any_order(name: str, changes: list[Any], gained: list[Any], *rest: Any) -> tuple[Any, ...]:
    return name, sorted(changes), sorted(gained), *rest
