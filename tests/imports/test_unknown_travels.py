"""Unknown values of pasted code, from the import page through API and exports to a restored recording."""

import json
from typing import Any

from playwright.sync_api import Page, expect

from events.verdict.across import is_across
from tests.export_cases import exported, lines
from tests.servers import Server

CODE = """cact('trigger', 'search', {
  search_term: {{ q|json }},
  user: { ...rest, id: 7, email: 'x_{{ mail }}' },
  items: [first, ...others],
});
cact('trigger', name, { user: { id: 'unknown' } });"""
UNKNOWN = ["/search_term", "/user/-", "/user/email", "/items/0", "/items/-"]


def recorded(server: Server) -> dict[str, Any]:
    answer = server.client.post(
        "/api/import", content=CODE.encode(), headers={"Content-Type": "text/javascript"}
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def events_of(server: Server, recording: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.client.get(f"/api/recordings/{recording['key']}/events").json()[
        "events"
    ]
    return found


def test_the_api_names_the_paths(server: Server) -> None:
    search, other = events_of(server, recorded(server))
    assert search["unknown"] == UNKNOWN
    assert search["called"]["search_term"] is None
    assert (other["event_name"], other["unknown"]) == ("", ["/event_name"])
    for event in (search, other):
        assert [one["path"] for one in event["findings"] if one["path"] in event["unknown"]] == []


def test_a_file_brings_them_back(server: Server) -> None:
    recording = recorded(server)
    before = events_of(server, recording)
    for redact in ("no", "emails"):
        content = exported(server, recording, "ndjson", redact=redact).content
        answer = server.client.post(
            "/api/import", content=content, headers={"Content-Type": "application/x-ndjson"}
        )
        again = events_of(server, answer.json())
        assert [event["unknown"] for event in again] == [event["unknown"] for event in before]
        assert [event["findings"] for event in again] == [event["findings"] for event in before]


def alone(findings: list[Any]) -> list[Any]:
    """Without those about two events, which name the other one by its id: here each import makes new ones."""
    return [finding for finding in findings if not is_across(finding)]


def test_judged_again_they_are_unknown(server: Server) -> None:
    file = exported(server, recorded(server), "ndjson").content.split(b"\n")
    header = json.loads(file[0])
    header["recording"]["edition"] = "1999-01"
    content = b"\n".join([json.dumps(header).encode(), *file[1:]])
    answer = server.client.post(
        "/api/import", content=content, headers={"Content-Type": "application/x-ndjson"}
    )
    before, after = lines(exported(server, recorded(server), "ndjson")), events_of(server, answer.json())
    findings = [alone(line["event"]["findings"]) for line in before if "event" in line]
    assert [alone(event["findings"]) for event in after] == findings


def test_pages_show_them(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/import/")
    page.locator("textarea[name=text]").fill(CODE)
    page.get_by_role("button", name="Judge", exact=True).click()
    row = page.locator(".judged-event").first.locator("tr[data-path='/search_term']")
    expect(row.locator("em.unknown")).to_have_text("unknown")
    expect(page.locator(".judged-event").nth(1)).to_contain_text("(unknown name)")
    recording = recorded(server)
    page.goto(f"{server.url}/recordings/{recording['key']}/events/1/")
    expect(page.locator("tr[data-path='/user/email'] em.unknown")).to_have_text("known in part")
    expect(page.locator("tr[data-path='/user/-']")).to_have_attribute("data-state", "unknown")
    expect(page.locator("#call-text")).to_contain_text("search_term: undefined /* unknown */")
    page.goto(f"{server.url}/recordings/{recording['key']}/events/2/")
    expect(page.locator("[data-unknown]")).to_contain_text("Only the page knows this event’s name")
