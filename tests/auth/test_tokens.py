"""API tokens: shown once, kept as a hash, for the API alone, ended at once."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests import commands
from tests.servers import Server
from tests.team import add_account, bearer, csrf, logged_in, new_token, send_form, visitor


def made_on_the_page(client: httpx.Client, label: str) -> str:
    page = send_form(client, "/account/", "/account/tokens/", label=label)
    found = re.search(r'<pre id="token">([\w-]+)</pre>', page.text)
    assert found is not None
    return found[1]


def test_it_is_shown_once_and_kept_as_a_hash(team: Server) -> None:
    ada = logged_in(team)
    token = made_on_the_page(ada, "nightly <checks>")
    assert re.fullmatch(r"cact_[\w-]{43}", token)  # 256 bits
    page = ada.get("/account/").text
    assert "nightly &lt;checks&gt;" in page
    assert token not in page
    folder = Path(team.environment["DATA_DIR"])
    with closing(sqlite3.connect(folder / "inspector.sqlite3")) as reader:
        # While somebody is connected, no file goes away.
        reader.execute("SELECT 1 FROM sqlite_master").fetchone()
        for file in folder.iterdir():
            assert token.encode() not in file.read_bytes()


def test_no_two_are_the_same(team: Server) -> None:
    ada = logged_in(team)
    assert len({made_on_the_page(ada, "one of many") for _ in range(3)}) == 3


def test_its_page_says_when_it_was_last_used(team: Server) -> None:
    add_account(team, "fay")
    fay = logged_in(team, "fay")
    token = made_on_the_page(fay, "used")
    assert "never" in fay.get("/account/").text
    assert visitor(team).get("/api/reference", headers=bearer(token)).status_code == 200
    assert "never" not in fay.get("/account/").text


def test_it_opens_the_api_alone(team: Server) -> None:
    token = bearer(new_token(team))
    client = visitor(team)
    made = client.post("/api/recordings", json={}, headers=token)
    assert made.status_code == 201
    state = client.get(f"/api/recordings/{made.json()['key']}", headers=token)
    assert state.json()["person"] == "ada"  # unless it says whose it is
    assert client.get(f"/recordings/{made.json()['key']}/", headers=token).status_code == 302
    for path in ("/account/", "/api/docs", "/"):
        assert client.get(path, headers=token).headers["Location"].startswith("/login/")
    assert "Set-Cookie" not in client.get("/api/reference", headers=token).headers


def test_on_the_capture_addresses_a_bearer_is_the_capture_key(team: Server) -> None:
    token = new_token(team)
    made = visitor(team).post("/api/recordings", json={}, headers=bearer(token)).json()
    for path in ("/events", "/events/batch", "/cdp/events"):
        taken = visitor(team).post(path, json={"event_name": "login"}, headers=bearer(made["capture_key"]))
        assert taken.json()["accepted"] == 1
        refused = visitor(team).post(path, json={"event_name": "login"}, headers=bearer(token))
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "unknown_capture_key")


@pytest.mark.parametrize(
    "header", ["Basic YWRhOmFkYQ==", "Bearer", "Bearer " + "x" * 5000, "Token cact_x", "bearer \xff\xfe", ""]
)
def test_what_is_no_token_lets_nobody_in(header: str, team: Server) -> None:
    response = visitor(team).get("/api/reference", headers=[(b"Authorization", header.encode("latin-1"))])
    assert response.status_code == 401
    assert response.json()["error"]["code"] in ("login_required", "invalid_token")


def test_nobody_revokes_what_is_somebody_elses(team: Server) -> None:
    add_account(team, "gus")
    gus, ben = logged_in(team, "gus"), logged_in(team, "ben")
    token = made_on_the_page(gus, "mine")
    action = re.findall(r'action="(/account/tokens/\d+/end/)"', gus.get("/account/").text)[0]
    form = {"csrfmiddlewaretoken": csrf(ben, "/account/")}
    assert ben.post(action, data=form).status_code == 302
    assert visitor(team).get("/api/reference", headers=bearer(token)).status_code == 200
    assert send_form(gus, "/account/", action).status_code == 302
    assert visitor(team).get("/api/reference", headers=bearer(token)).status_code == 401


def test_there_is_an_end_to_how_many(team: Server) -> None:
    add_account(team, "hal")
    hal = logged_in(team, "hal")
    form = {"csrfmiddlewaretoken": csrf(hal, "/account/"), "label": "another"}
    assert {hal.post("/account/tokens/", data=form).status_code for _ in range(50)} == {200}
    refused = hal.post("/account/tokens/", data=form)
    assert (refused.status_code, "There are 50 tokens already" in refused.text) == (409, True)
    assert "too many tokens" in commands.run(team, "token", "hal").err


def test_the_command_prints_it_alone_and_says_who_it_does_not_know(team: Server) -> None:
    made = commands.run_process(team, "token", "ada", "--label", "by\nthe command")
    assert re.fullmatch(r"cact_[\w-]{43}\n", made.out)
    assert "by the command" in logged_in(team).get("/account/").text
    unknown = commands.run_process(team, "token", "nobody")
    assert (unknown.code, unknown.out) == (1, "")
    assert (
        unknown.err == "CommandError: There is no account 'nobody': ./manage.py createsuperuser makes one.\n"
    )
