"""Which edition judges a recording: chosen when it is made, remembered, and told where a newer knows more."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from events.reference import load
from events.reference.examples import example_params
from tests.posting import post, shim_event
from tests.servers import Server
from tests.sharing import share

pytestmark = pytest.mark.starts_processes

OLDER: Final = "2023-05"
NEWER: Final = "2025-10"
LINE: Final = "#newer-edition"


def made(server: Server, **body: Any) -> dict[str, Any]:
    answer = server.client.post("/api/recordings", json=body)
    assert answer.status_code == 201, answer.text
    recording: dict[str, Any] = answer.json()
    return recording


def newest(server: Server) -> dict[str, Any]:
    """The state of the newest recording."""
    listed = server.client.get("/api/recordings", params={"limit": 1}).json()["recordings"]
    return server.state(listed[0])


def video(n: int, **changes: Any) -> dict[str, Any]:
    return shim_event(n, "video_start", example_params(load(NEWER), "video_start") | changes)


@pytest.mark.parametrize(
    ("body", "edition"), [({}, OLDER), ({"edition": None}, OLDER), ({"edition": NEWER}, NEWER)]
)
def test_the_api_makes_a_recording_of_an_edition(server: Server, body: dict[str, Any], edition: str) -> None:
    recording = made(server, **body)
    assert recording["edition"] == server.state(recording)["edition"] == edition
    (receipt,) = post(server, recording, [video(1, livestream="true")])["results"]
    assert receipt["verdict"] == ("valid" if edition == OLDER else "invalid")


@pytest.mark.parametrize("edition", ["1999-01", "../x", "\0", "x" * 17])
def test_an_edition_that_is_not_there_makes_none(server: Server, edition: str) -> None:
    answer = server.client.post("/api/recordings", json={"edition": edition})
    assert (answer.status_code, answer.json()["error"]["path"]) == (400, "/edition")


@pytest.mark.parametrize(
    ("query", "verdict"), [("", "valid"), (f"?edition={OLDER}", "valid"), (f"?edition={NEWER}", "invalid")]
)
def test_an_event_is_judged_by_the_edition_asked_for(server: Server, query: str, verdict: str) -> None:
    answer = server.client.post(f"/api/validate{query}", json={"event_name": "video_share"})
    assert answer.json()["results"][0]["verdict"] == verdict


def test_an_event_cannot_be_judged_by_an_edition_that_is_not_there(server: Server) -> None:
    answer = server.client.post("/api/validate?edition=1999-01", json={"event_name": "login"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_the_form_offers_the_editions_and_remembers_the_choice(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/recordings/")
    choice = page.get_by_label("Judged by edition")
    expect(choice).to_have_value(OLDER)
    page.get_by_label("Name of the new recording").fill("Video")
    choice.select_option(NEWER)
    page.get_by_role("button", name="New recording").click()
    page.wait_for_url("**/recordings/*/")
    assert newest(server)["edition"] == NEWER
    page.goto(f"{server.url}/recordings/")
    expect(page.get_by_label("Judged by edition")).to_have_value(NEWER)
    page.goto(f"{server.url}/import/")
    expect(page.locator("#files [name=edition]")).to_have_value(NEWER)


def test_a_clean_recording_keeps_the_edition(server: Server, page: Page) -> None:
    recording = made(server, edition=NEWER)
    page.goto(f"{server.url}{recording['urls']['dashboard'].removeprefix(server.url)}")
    page.get_by_role("button", name="New recording").click()
    page.wait_for_url(lambda url: recording["key"] not in url)
    assert newest(server)["edition"] == NEWER


def posted(server: Server, path: str, data: dict[str, str], **more: Any) -> Any:
    """The answer to a form of the page at ``path``."""
    token = server.client.get("/import/").cookies["csrftoken"]
    headers = {"X-CSRFToken": token, "Cookie": f"csrftoken={token}"}
    return server.client.post(path, data=data, headers=headers, **more)


@pytest.mark.parametrize(("edition", "verdict"), [(OLDER, "valid"), (NEWER, "invalid"), ("1999-01", "valid")])
def test_an_import_is_judged_by_the_edition_chosen(server: Server, edition: str, verdict: str) -> None:
    files = {"file": ("events.json", b'{"event_name": "video_share"}')}
    assert posted(server, "/import/", {"edition": edition}, files=files).status_code == 200
    state = newest(server)
    assert (state["edition"], state["verdicts"][verdict]) == (edition if edition != "1999-01" else OLDER, 1)


def test_a_pasted_text_is_judged_and_kept_by_the_edition_chosen(server: Server) -> None:
    data = {"text": "cact('trigger', 'video_share', {});", "edition": NEWER, "do": "keep"}
    answer = posted(server, "/import/text/", data)
    assert "video_session_id is required" in answer.text
    assert newest(server)["edition"] == NEWER


def test_the_api_imports_by_an_edition(server: Server) -> None:
    body = b'{"event_name": "video_share"}'
    headers = {"Content-Type": "application/json"}
    answer = server.client.post(f"/api/import?edition={NEWER}", content=body, headers=headers)
    assert server.state(answer.json())["edition"] == NEWER
    assert server.client.post("/api/import?edition=1", content=body, headers=headers).status_code == 400


@pytest.fixture(scope="module")
def newer_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector whose default edition is the newer one."""
    server = Server(tmp_path_factory.mktemp("newer"), EDITION=NEWER)
    server.start()
    yield server
    server.stop()


def test_a_setting_chooses_the_default(newer_house: Server) -> None:
    client = newer_house.client
    assert made(newer_house)["edition"] == NEWER
    assert client.get("/api/reference").json()["edition"] == NEWER
    judged = client.post("/api/validate", json={"event_name": "video_share"}).json()
    assert judged["results"][0]["verdict"] == "invalid"
    assert f"edition {NEWER}" in client.get("/reference/").text
    # The first event of a recording that this process has not stored into yet.
    (receipt,) = post(newer_house, made(newer_house, edition=OLDER), [video(1, livestream=1)])["results"]
    assert receipt["verdict"] == "valid"


@pytest.mark.parametrize(
    ("event", "called", "named"),
    [
        ("video_start", {}, "video_start"),
        ("purchase", {"discount_value": 1}, "purchase.discount_value"),
        ("view_item", {"value": 9.99}, "view_item.value"),
        ("login", {"user": {"street": "303 Sumner St"}}, "login.user.street"),
    ],
)
def test_a_line_names_what_only_a_newer_edition_knows(
    server: Server, page: Page, event: str, called: dict[str, Any], named: str
) -> None:
    recording = made(server)
    page.goto(recording["urls"]["dashboard"])
    expect(page.locator("#status")).to_have_text("● live")
    expect(page.locator(LINE)).to_be_hidden()
    post(server, recording, [shim_event(1, event, called)])
    expect(page.locator(LINE)).to_contain_text(f"Edition {NEWER} alone knows {named}")
    page.reload()
    expect(page.locator(LINE)).to_contain_text(named)
    page.get_by_role("link", name=f"Judge again by {NEWER}…").click()
    page.get_by_role("button", name=f"Apply: judge by edition {NEWER}").click()
    expect(page.get_by_role("status")).to_contain_text("judged anew")
    page.goto(recording["urls"]["dashboard"])
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(LINE)).to_be_hidden()


def test_the_line_leaves_an_open_dashboard_when_the_recording_is_judged_again(
    server: Server, page: Page, new_context: Any
) -> None:
    recording = made(server)
    post(server, recording, [video(1)])
    page.goto(recording["urls"]["dashboard"])
    expect(page.locator(LINE)).to_be_visible()
    other = new_context().new_page()
    other.goto(f"{server.url}/recordings/{recording['key']}/judge/?edition={NEWER}")
    other.get_by_role("button", name="Apply").click()
    expect(page.locator(LINE)).to_be_hidden()


@pytest.mark.parametrize("called", [{"mine": 1}, {"user": {"tcId": "1"}}, {"search_terms": "a"}])
def test_what_no_edition_knows_gets_no_line(server: Server, called: dict[str, Any]) -> None:
    recording = made(server)
    post(server, recording, [shim_event(1, "search", called), shim_event(2, "my_event", {"sound": 1})])
    text = server.client.get(f"/recordings/{recording['key']}/").text
    assert "alone knows" not in text
    assert "alone knows" not in server.client.get(f"/recordings/{recording['key']}/frame/?after=0").text


def test_a_share_says_nothing_of_editions(server: Server) -> None:
    recording = made(server)
    post(server, recording, [video(1)])
    assert "alone knows" in server.client.get(f"/recordings/{recording['key']}/").text
    path = share(server, recording)
    for address in (path, f"{path}frame/?after=0"):
        shown = server.client.get(address)
        assert shown.status_code == 200
        assert "video_start" in shown.text
        assert "alone knows" not in shown.text
