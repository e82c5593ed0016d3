"""People who share a server: each has a name, a colour and their own newest recording."""

from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, Page, expect

from events.recordings.owners import COLOURS, initials, person
from tests.servers import Server
from tests.team import logged_in, send_form


def introduce(server: Server, page: Page, name: str, colour: str = "") -> None:
    page.goto(f"{server.url}/person/?next=/recordings/")
    page.get_by_label("Name").fill(name)
    if colour:
        page.get_by_label(colour).check()
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(f"{server.url}/recordings/")
    expect(page.locator(".me")).to_contain_text(name)


def record(page: Page, name: str) -> str:
    """Make a recording in the list and give its key."""
    page.get_by_label("Name of the new recording").fill(name)
    page.get_by_role("button", name="New recording").click()
    page.locator("#status").wait_for()
    return page.url.rstrip("/").rpartition("/")[2]


def test_two_people_work_side_by_side(server: Server, new_context: Callable[[], BrowserContext]) -> None:
    ada, bob = new_context().new_page(), new_context().new_page()
    introduce(server, ada, "Ada Lovelace", "purple")
    introduce(server, bob, "Bob")
    adas, bobs = record(ada, "Ada's"), record(bob, "Bob's")
    for page, own in ((ada, adas), (bob, bobs)):
        page.goto(server.url)
        expect(page).to_have_url(f"{server.url}/recordings/{own}/")
    server.new_recording("made by a program")
    bob.goto(f"{server.url}/recordings/")
    mine, theirs = bob.locator(f"#recording-{bobs}"), bob.locator(f"#recording-{adas}")
    expect(theirs.locator(".dot.purple")).to_have_text("AL")
    expect(theirs).to_contain_text("Ada Lovelace")
    bob.locator("html[data-ready]").wait_for()
    bob.get_by_label("Mine").check()
    expect(theirs).to_have_count(0)
    expect(mine).to_be_visible()
    ada.goto(f"{server.url}/recordings/{bobs}/")
    expect(ada.locator("[data-menu] summary").first).to_contain_text("Bob: Bob's")


def test_a_new_name_goes_into_the_recordings_made_before(server: Server, page: Page) -> None:
    introduce(server, page, "Grcae", "red")
    key = record(page, "Before")
    introduce(server, page, "Grace", "green")
    state = server.client.get(f"/api/recordings/{key}").json()
    assert (state["person"], state["colour"]) == ("Grace", "green")
    page.goto(f"{server.url}/person/")
    page.get_by_role("button", name="Forget me here").click()
    expect(page.locator(".me")).to_have_text("Who are you?")
    assert server.client.get(f"/api/recordings/{key}").json()["person"] == "Grace"


def test_without_a_name_home_is_the_newest_that_is_not_archived(server: Server) -> None:
    kept, archived = server.new_recording("kept"), server.new_recording("archived")
    server.client.patch(f"/api/recordings/{archived['key']}", json={"archived": True})
    assert server.client.get("/").headers["Location"] == f"/recordings/{kept['key']}/"


def sent(server: Server, **fields: str) -> httpx.Response:
    client = server.client
    client.get("/person/")
    try:
        return client.post("/person/", data=fields, headers={"X-CSRFToken": client.cookies["csrftoken"]})
    finally:
        client.cookies.delete("person")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_it_leads_nowhere_else(elsewhere: str, server: Server) -> None:
    assert sent(server, name="Ada", next=elsewhere).headers["Location"] == "/recordings/"


def test_no_script_reads_the_cookie(server: Server) -> None:
    cookies = sent(server, name="Ada").headers.get_list("Set-Cookie")
    (cookie,) = [text for text in cookies if text.startswith("person=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "cookie", ["", ".", "x", "red.", "red.%00", "plaid.Ada", "red." + "x" * 3000, "..%FF"]
)
def test_any_cookie_gets_an_answer(cookie: str, server: Server) -> None:
    headers = {"Cookie": f"person={cookie}"}
    for address in ("/recordings/", "/recordings/?mine=1", "/person/", "/"):
        assert server.client.get(address, headers=headers).status_code in (200, 302)


@given(st.text(max_size=200), st.sampled_from([*COLOURS, "", "plaid"]))
def test_everybody_has_a_storable_name_a_known_colour_and_initials(name: str, colour: str) -> None:
    who = person(name, colour)
    assert who.colour in COLOURS if who.name else who.colour == ""
    assert who.name.isprintable()
    assert len(who.name) <= 80
    assert person(*who) == who
    assert bool(initials(who.name)) == bool(who.name)


INITIALS = {
    "Ada Lovelace": "AL",
    "bob": "B",
    "Jean de la Fontaine": "JF",
    "  ": "",
    "(QA)": "(",
}


@pytest.mark.parametrize(("name", "letters"), INITIALS.items())
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_where_people_log_in_an_account_is_a_person(team: Server) -> None:
    client = logged_in(team)
    made = send_form(client, "/recordings/", "/recordings/new/", name="Ada's own")
    assert made.status_code == 302
    key = made.headers["Location"].rstrip("/").rpartition("/")[2]
    assert client.get(f"/api/recordings/{key}").json()["person"] == "ada"
    assert client.get("/").headers["Location"] == made.headers["Location"]
