"""Where others can reach the inspector, people log in; the page is plain about errors and slows guessing."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from tests import commands
from tests.servers import Server
from tests.services import redis_url
from tests.team import (
    PASSWORD,
    QUICK_LOGIN,
    SESSION,
    add_account,
    bearer,
    csrf,
    log_in,
    logged_in,
    new_token,
    send_form,
    visitor,
)

pytestmark = pytest.mark.starts_processes


def test_it_leads_back_to_the_page_that_was_asked_for(team: Server) -> None:
    client = visitor(team)
    asked = client.get("/recordings/?q=a%26b")
    assert (asked.status_code, asked.headers["Location"]) == (
        302,
        "/login/?next=%2Frecordings%2F%3Fq%3Da%2526b",
    )
    assert log_in(client, "ada", next="/recordings/?q=a%26b").headers["Location"] == "/recordings/?q=a%26b"
    assert client.get("/recordings/").status_code == 200
    assert client.get("/login/?next=/reference/").headers["Location"] == "/reference/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil",
        "\t//e",
    ],
)
def test_it_leads_nowhere_else(elsewhere: str, team: Server) -> None:
    client = visitor(team)
    assert elsewhere not in client.get("/login/", params={"next": elsewhere}).text
    assert log_in(client, "ada", next=elsewhere).headers["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_look_the_same(team: Server) -> None:
    told = set()
    for name, password in (
        ("ada", "wrong"),
        ("nobody", PASSWORD),
        ("ada\0", PASSWORD),
        ("a" * 151, "x"),
        ("", ""),
    ):
        response = log_in(visitor(team), name, password)
        assert response.status_code == 401
        told.add(re.sub(r'value="[^"]*"| autofocus', "", response.text))
    assert len(told) == 1
    assert "do not belong together" in told.pop()


def test_the_session_is_new_at_login_and_hidden_from_scripts(team: Server) -> None:
    client = visitor(team)
    client.cookies.set(SESSION, "chosen-by-somebody-else", domain="127.0.0.1")
    cookies = log_in(client, "ada").headers.get_list("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith(f"{SESSION}="))
    assert "chosen-by-somebody-else" not in session
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=1209600"} <= set(session.split("; "))
    assert "Secure" not in session  # plain http: it would never come back


def test_logging_out_ends_the_session_itself(team: Server) -> None:
    client = logged_in(team)
    kept = client.cookies[SESSION]
    assert client.get("/logout/").status_code == 405
    assert send_form(client, "/account/", "/logout/").headers["Location"] == "/login/"
    assert (
        visitor(team).get("/", headers={"Cookie": f"{SESSION}={kept}"}).headers["Location"]
        == "/login/?next=%2F"
    )


def test_who_logs_in_next_is_not_called_like_who_was_there_before(team: Server) -> None:
    client = logged_in(team, "ada")
    assert "ben" not in client.get("/recordings/").text
    send_form(client, "/person/", "/person/", name="Ada Lovelace")
    assert "Ada Lovelace" in client.get("/recordings/").text
    send_form(client, "/account/", "/logout/")
    log_in(client, "ben")
    assert "person" not in client.cookies
    assert "Your name and colour" in client.get("/recordings/").text


def test_a_new_password_ends_the_other_sessions(team: Server) -> None:
    add_account(team, "carolina")
    here, elsewhere = logged_in(team, "carolina"), logged_in(team, "carolina")

    def change(old: str, new: str, again: str) -> httpx.Response:
        fields = {"old_password": old, "new_password1": new, "new_password2": again}
        return send_form(here, "/account/", "/account/password/", **fields)

    for old, new, again, words in (
        ("wrong", "a new long one", "a new long one", "entered incorrectly"),
        (PASSWORD, "a new long one", "another one", "match"),
        (PASSWORD, "carolina12", "carolina12", "too similar"),
        (PASSWORD, "1234567890", "1234567890", "too common"),
        (PASSWORD, "short", "short", "at least 10"),
    ):
        refused = change(old, new, again)
        assert (refused.status_code, words in refused.text) == (422, True), words
    assert change(PASSWORD, "a new long one", "a new long one").status_code == 302
    assert here.get("/").status_code == 302
    assert here.get("/account/?password=changed").status_code == 200
    assert elsewhere.get("/account/").headers["Location"].startswith("/login/")
    assert log_in(visitor(team), "carolina").status_code == 401
    assert log_in(visitor(team), "carolina", "a new long one").status_code == 302


def test_a_closed_account_is_out_at_once_with_its_tokens(team: Server) -> None:
    add_account(team, "dave")
    token, client = bearer(new_token(team, "dave")), logged_in(team, "dave")
    assert commands.run_process(team, "account", "dave", "--close").out.startswith("dave: closed")
    assert client.get("/account/").status_code == 302
    assert visitor(team).get("/api/reference", headers=token).status_code == 401
    assert log_in(visitor(team), "dave").status_code == 401
    assert commands.run(team, "account", "dave", "--reopen").code == 0
    assert log_in(visitor(team), "dave").status_code == 302
    assert "ada: open, last login" in commands.run(team, "account").out
    assert "no account 'eve'" in commands.run_process(team, "account", "eve", "--close").err


def test_htmx_is_sent_to_the_login_and_a_script_is_told(team: Server) -> None:
    client = visitor(team)
    asked = {"HX-Request": "true", "HX-Current-URL": f"{team.url}/recordings/abc/?q=x"}
    told = client.get("/recordings/abc/rows/", headers=asked)
    assert (told.status_code, told.headers["HX-Redirect"]) == (
        401,
        "/login/?next=%2Frecordings%2Fabc%2F%3Fq%3Dx",
    )
    asked["HX-Current-URL"] = "https://evil.example/phish"
    assert client.get("/recordings/abc/rows/", headers=asked).headers["HX-Redirect"] == "/login/?next=%2F"
    fetched = client.get("/recordings/abc/frame/", headers={"Sec-Fetch-Mode": "cors"})
    assert (fetched.status_code, fetched.json()["error"]["code"]) == (401, "login_required")


def test_what_was_seen_is_not_kept_by_the_browser(team: Server) -> None:
    client = logged_in(team)
    assert client.get("/recordings/").headers["Cache-Control"] == "no-store"
    assert "no-store" in client.get("/account/").headers["Cache-Control"]
    assert client.get("/shim/show.js").headers["Cache-Control"] == "no-cache"


def test_a_socket_without_a_login_says_so(team: Server) -> None:
    address = f"{team.ws_url}/ws/recordings/abc/"
    with connect(address) as socket, pytest.raises(ConnectionClosedError) as closed:
        socket.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


@pytest.mark.page_errors_expected  # the browser logs answers that are not 200
def test_a_person_logs_in_by_keyboard_and_an_open_page_notices_the_logout(team: Server, page: Page) -> None:
    page.goto(f"{team.url}/recordings/?q=1")
    expect(page.locator("#username")).to_be_focused()
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.locator("#password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recordings")).to_be_visible()
    page.goto(f"{team.url}/")
    address = page.url
    expect(page.locator("#status")).to_have_text("● live")
    other = page.context.new_page()
    other.goto(f"{team.url}/account/")
    other.get_by_role("button", name="Log out").click()
    other.wait_for_url("**/login/")
    expect(page.locator("#status")).to_contain_text("you are logged out")
    page.locator("#search").fill("anything")  # htmx is led to the login rather than shown it in a pane
    page.wait_for_url("**/login/?next=**")
    page.fill("#username", "ada")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}**")


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A proxy that ends TLS says where requests come from."""
    server = Server(tmp_path_factory.mktemp("proxied"), HOST="0.0.0.0", TRUST_PROXY="1", **QUICK_LOGIN)
    add_account(server, "ada")
    server.start()
    yield server
    server.stop()


def through_the_proxy(server: Server, client: str, name: str, password: str) -> httpx.Response:
    """Log in from this address; the browser's cookies by hand, as they only go over https."""
    sender = httpx.Client(base_url=server.url, timeout=30, trust_env=False)
    sender.headers.update({"X-Forwarded-Proto": "https", "X-Forwarded-For": f"10.9.9.9, {client}"})
    sender.headers["Origin"] = server.url.replace("http", "https")
    page = sender.get("/login/")
    sender.headers["Cookie"] = page.headers["Set-Cookie"].partition(";")[0]
    token = csrf(sender)
    return sender.post("/login/", data={"csrfmiddlewaretoken": token, "username": name, "password": password})


def test_guessing_is_slowed_down_where_it_comes_from_and_nowhere_else(behind_a_proxy: Server) -> None:
    tries = [through_the_proxy(behind_a_proxy, "192.0.2.7", "ada", "wrong") for _ in range(11)]
    assert [answer.status_code for answer in tries] == [401] * 10 + [429]
    assert 0 < int(tries[-1].headers["Retry-After"]) <= 900
    assert "Too many tries" in tries[-1].text
    assert through_the_proxy(behind_a_proxy, "192.0.2.7", "ada", PASSWORD).status_code == 429
    assert through_the_proxy(behind_a_proxy, "192.0.2.7", "nobody", "wrong").status_code == 401
    welcome = through_the_proxy(behind_a_proxy, "192.0.2.8", "ada", PASSWORD)
    assert welcome.status_code == 302
    cookies = {cookie.partition("=")[0]: cookie for cookie in welcome.headers.get_list("Set-Cookie")}
    assert set(cookies) == {"__Host-cact_session", "__Host-csrftoken"}
    for cookie in cookies.values():
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_several_servers_count_together(
    postgres_database: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On PostgreSQL and Redis: what is tried at one is counted at the other, and one session is for both."""
    environment = {"DATABASE_URL": postgres_database, "REDIS_URL": redis_url(), "SECRET_KEY": uuid4().hex * 2}
    environment |= QUICK_LOGIN
    servers = [
        Server(tmp_path_factory.mktemp(name), HOST="0.0.0.0", TRUST_PROXY="1", **environment)
        for name in ("one", "two")
    ]
    add_account(servers[0], "ada")
    try:
        for server in servers:
            server.start()
        address, elsewhere = (f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1" for _ in range(2))
        for turn in range(10):
            assert through_the_proxy(servers[turn % 2], address, "ada", "wrong").status_code == 401
        for server in servers:
            assert through_the_proxy(server, address, "ada", PASSWORD).status_code == 429
        neighbour = address.removesuffix("1") + "2"  # of the same network: the same person, as likely as not
        assert through_the_proxy(servers[0], neighbour, "ada", PASSWORD).status_code == 429
        welcome = through_the_proxy(servers[0], elsewhere, "ada", PASSWORD)
        session = next(c for c in welcome.headers.get_list("Set-Cookie") if "session" in c).partition(";")[0]
        told = {"Cookie": session, "X-Forwarded-Proto": "https"}
        assert servers[1].client.get("/account/", headers=told).status_code == 200
    finally:
        for server in servers:
            server.stop()


def test_slips_are_forgiven_once_the_password_was_right(team: Server) -> None:
    add_account(team, "erin")
    for _ in range(2):
        for _ in range(6):
            assert log_in(visitor(team), "erin", "wrong").status_code == 401
        assert log_in(visitor(team), "erin").status_code == 302


def test_plain_http_goes_to_https_except_where_pages_under_test_come(behind_a_proxy: Server) -> None:
    client = behind_a_proxy.client
    assert (
        client.get("/recordings/").headers["Location"]
        == f"https://127.0.0.1:{behind_a_proxy.port}/recordings/"
    )
    assert client.get("/healthz").status_code == 200
    assert client.get("/shim/show.js").status_code == 200
    assert client.post("/collect/none", json={"event_name": "login"}).status_code == 404
    assert client.post("/events", json={}).status_code == 401
    secure = client.get("/login/", headers={"X-Forwarded-Proto": "https"})
    assert secure.headers["Strict-Transport-Security"] == "max-age=2592000"


#: Environment -> what a start says that refuses. Further weak settings: tests/serving/test_deployment.py.
REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "no account, IPv6": ({"HOST": "::"}, "there is no account yet. Make one"),
    "no account behind a proxy on this machine": ({"LOGIN": "1"}, "manage.py createsuperuser"),
    "a short key": ({"HOST": "0.0.0.0", "SECRET_KEY": "changeme"}, "SECRET_KEY can be guessed"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_does_not_start_for_others_unless_it_is_safe(case: str, tmp_path: Path) -> None:
    environment, words = REFUSED[case]
    refused = commands.run_process(Server(tmp_path, **environment), "serve")
    assert (refused.code, refused.out) == (1, "")
    assert words in refused.err
    assert "Traceback" not in refused.err


def test_a_server_that_is_started_another_way_is_held_to_the_same(tmp_path: Path) -> None:
    server = Server(tmp_path, HOST="0.0.0.0", SECRET_KEY="changeme")
    refused = commands.run_process(server, "shell", "-c", "import inspector.asgi")
    assert "SECRET_KEY can be guessed" in refused.out + refused.err


@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.1", 403)])
def test_a_server_that_listens_where_the_settings_do_not_say_lets_nobody_in(
    address: str, status: int, server: Server
) -> None:
    """As with ``daphne -b 0.0.0.0`` and no HOST: the address is that of this end of the connection."""
    script = f"""
import asyncio
from inspector.asgi import application
async def ask(path):
    scope = {{"type": "http", "method": "GET", "path": path, "query_string": b"", "http_version": "1.1",
             "headers": [(b"host", b"localhost")], "scheme": "http", "server": ("{address}", 8000)}}
    received = asyncio.Queue()
    received.put_nowait({{"type": "http.request", "body": b"", "more_body": False}})
    said = []
    async def send(message):
        said.append(message)
    await application(scope, received.get, send)
    print(said[0]["status"])
asyncio.run(ask("/login-page-or-any"))
asyncio.run(ask("/reference/"))
"""
    asked = commands.run(server, "shell", "--no-imports", "-c", script)
    assert asked.out.split() == [str(status) if status == 403 else "404", str(status)], asked.err


def test_on_loopback_nobody_logs_in_and_there_are_no_accounts(server: Server) -> None:
    client = visitor(server)
    for path in ("/login/", "/account/"):
        assert client.get(path).status_code == 404
    page = client.get("/recordings/")
    assert page.status_code == 200
    assert "account" not in page.text.lower()
    assert SESSION not in page.headers.get("Set-Cookie", "")


def test_it_says_what_is_risky_when_it_starts(team: Server, behind_a_proxy: Server, server: Server) -> None:
    assert "WARNING: this is plain http" in team.log()
    assert "WARNING:" not in behind_a_proxy.log()
    assert "WARNING:" not in server.log()
