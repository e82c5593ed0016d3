"""A stopped recording takes nothing, says so to writers and viewers, and goes on when resumed."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.posting import page_load, post, shim_event
from tests.servers import Server
from tests.viewers import SOON, viewing
from tests.waiting import wait_for

#: Method and address of every way in.
WAYS_IN = [
    ("POST", "/collect/{key}"),
    ("GET", "/collect/{key}?report=policy"),
    ("POST", "/events?token={key}"),
    ("POST", "/events/batch?token={key}"),
    ("POST", "/cdp/events?token={key}"),
    ("POST", "/some/folder/cdp/events?token={key}"),
    ("GET", "/events?token={key}&event_name=login"),
    ("GET", "/cdp/events?token={key}&event_name=login"),
]


def switch(server: Server, recording: dict[str, Any], *, stopped: bool) -> None:
    response = server.client.patch(f"/api/recordings/{recording['key']}", json={"stopped": stopped})
    assert response.status_code == 200, response.text
    assert response.json()["stopped"] is stopped


def send(server: Server, method: str, address: str, recording: dict[str, Any]) -> httpx.Response:
    body = {"event_name": "login"} if method == "POST" else None
    return server.client.request(method, address.format(key=recording["capture_key"]), json=body)


def stored_names(server: Server, recording: dict[str, Any]) -> list[str]:
    return [event["event_name"] for event in server.stored(recording)]


@pytest.mark.parametrize(("method", "address"), WAYS_IN, ids=[" ".join(way) for way in WAYS_IN])
def test_every_way_in_says_that_it_is_stopped_until_it_is_resumed(
    method: str, address: str, any_server: Server
) -> None:
    recording = any_server.new_recording()
    switch(any_server, recording, stopped=True)
    response = send(any_server, method, address, recording)
    assert response.status_code == 410
    assert response.json()["error"]["code"] == "recording_stopped"
    assert "stopped" in response.json()["error"]["message"]
    assert any_server.state(recording)["loss"] == {"sent": 0, "received": 0, "missing": 0}
    switch(any_server, recording, stopped=False)
    assert send(any_server, method, address, recording).is_success


def test_a_page_of_another_site_can_read_the_answer(server: Server) -> None:
    recording = server.new_recording()
    switch(server, recording, stopped=True)
    origin = {"Origin": "https://shop.example"}
    response = server.client.post(f"/collect/{recording['capture_key']}", json=[], headers=origin)
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (410, origin["Origin"])


def test_others_go_on_in_the_same_commit(server: Server) -> None:
    stopped, running = server.new_recording(), server.new_recording()
    switch(server, stopped, stopped=True)
    for _ in range(20):
        assert send(server, "POST", "/collect/{key}", stopped).status_code == 410
        assert send(server, "POST", "/collect/{key}", running).status_code == 202
    assert server.state(running)["last_seq"] == 20


def test_viewers_are_told_at_once(any_server: Server) -> None:
    recording = any_server.new_recording()
    with viewing(any_server, recording) as viewer:
        viewer.follow()
        assert viewer.next_frame()["stopped"] is False
        switch(any_server, recording, stopped=True)
        assert viewer.next_frame(seconds=SOON)["stopped"] is True
        switch(any_server, recording, stopped=False)
        assert viewer.next_frame(seconds=SOON)["stopped"] is False


def test_the_dashboard_says_so_and_resumes(server: Server, page: Page) -> None:
    recording = server.new_recording()
    page.goto(recording["urls"]["dashboard"])
    status = page.locator("#status")
    expect(status).to_have_attribute("data-state", "live")
    expect(page.locator(".empty")).to_contain_text("Waiting for the first event")
    page.locator("[data-menu] summary").click()
    page.get_by_role("button", name="Stop this recording").click()
    expect(status).to_have_text("■ stopped")
    expect(page.locator(".empty")).to_contain_text("This recording is stopped")
    expect(page.get_by_text("Waiting for the first event")).to_be_hidden()
    page.reload()
    expect(status).to_have_text("■ stopped")
    expect(page.get_by_text("Waiting for the first event")).to_be_hidden()
    page.get_by_role("button", name="Resume recording").press("Enter")
    expect(status).to_have_text("● live")
    post(server, recording, [shim_event(1)])
    expect(page.locator(".row")).to_have_count(1)


@pytest.mark.page_errors_expected  # browsers log each 410
def test_a_page_says_it_once_drops_what_it_fires_and_goes_on_after_a_resume(
    server: Server, page: Page
) -> None:
    recording = server.new_recording()
    warnings: list[str] = []

    def fire(name: str) -> None:
        page.evaluate("name => cact('trigger', name, {})", name)

    def taken_after_resume() -> bool:
        fire("resumed")  # what is fired while a refusal is on its way is dropped with it
        return bool(server.state(recording)["last_seq"] > before)

    page.on("console", lambda message: warnings.append(message.text) if message.type == "warning" else None)
    page.goto(f"{server.url}/demo/?recording={recording['key']}")
    page.locator("html[data-ready]").wait_for()
    fire("last_before")
    wait_for("the page's events", lambda: stored_names(server, recording)[-1:] == ["last_before"])
    before = server.state(recording)["last_seq"]
    switch(server, recording, stopped=True)
    with page.expect_console_message(lambda message: "stopped" in message.text):  # said once it is dealt with
        fire("while_stopped")
    with page.expect_response(lambda answer: answer.status == 410):
        fire("while_stopped")
    switch(server, recording, stopped=False)
    wait_for("an event after the resume", taken_after_resume)
    assert set(stored_names(server, recording)[before:]) == {"resumed"}
    assert server.state(recording)["loss"]["missing"] == 0
    said = [text for text in warnings if "stopped" in text]
    assert len(said) == 1
    assert re.match(r"Cact Inspector: 410 .*recording_stopped", said[0])


def test_what_was_stored_before_is_not_changed_meanwhile(server: Server) -> None:
    recording, page = server.new_recording(), page_load()
    event = shim_event(1)
    post(server, recording, [event], page)
    switch(server, recording, stopped=True)
    update = {"page": page, "events": [], "updates": [{"id": event["id"], "unsent": True}]}
    assert server.client.post(f"/collect/{recording['capture_key']}", json=update).status_code == 410
    assert server.stored(recording)[0]["delivery"] == ""
