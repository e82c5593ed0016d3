"""Every address and every socket, walked as nobody, as a colleague, as another site's page, and with a token.

The addresses come from the code itself. One that is new is expected to ask for a login; to be open it has to
be listed here, with the reason.
"""

import re
import sqlite3
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from websockets import Origin
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests import commands
from tests.servers import Server
from tests.team import SESSION, bearer, csrf, logged_in, new_token, visitor

SHOP: Final = "https://shop.example"
PAGE_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CHANGES: Final = ("POST", "PUT", "PATCH", "DELETE")

#: Addresses that ask for no login -> what they ask for instead.
OPEN: Final = {
    "login/": "nothing: here people log in",
    "healthz": "nothing: it says that the server is well",
    "shim/show.js": "nothing: a script without a key in it",
    "shim/strip.js": "nothing: a script without a key in it",
    "shim/<str:capture_key>.js": "a capture key",
    "shim/<str:capture_key>.user.js": "a capture key",
    "collect/<capture_key>": "a capture key",
    "collect/<capture_key>/strip": "a capture key",
    "events": "a capture key",
    "events/batch": "a capture key",
    "cdp/events": "a capture key",
    "s/<str:token>/": "a share's token",
    "s/<str:token>/rows/": "a share's token",
    "s/<str:token>/complete/": "a share's token",
    "s/<str:token>/matches/": "a share's token",
    "s/<str:token>/frame/": "a share's token",
    "s/<str:token>/events/<int:seq>/": "a share's token",
    "s/<str:token>/export.<str:extension>": "a share's token",
}
OPEN_SOCKETS: Final = {"ws/s/<str:token>/": "a share's token"}
#: Pages that change nothing, so that a form from anywhere may come: the demo shop's stand-in for a collector.
NO_CSRF: Final = {"demo/collect/events"}
#: What a colleague need not find: what takes a library, a choice or a number that is not there.
MAY_BE_MISSING: Final = {"strip/replay.js", "strip/replay.css", "reference/diff/effect/"} | {
    f"recordings/<str:key>/{rest}"
    for rest in (
        "export/file/",
        "strip/<int:page_load>/",
        "strip/<int:page_load>/parts/",
        "share/preview/events/<int:seq>/",
    )
}

_ARGUMENT: Final = re.compile(r"[<{](?:\w+:)?(\w+)[>}]")
_LIST: Final = """
from django.urls import URLResolver, get_resolver
from inspector.asgi import application

def walk(patterns, before=""):
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            walk(pattern.url_patterns, here)
        else:
            print("page", here)

walk(get_resolver().url_patterns)
for route in application.application_mapping["websocket"].routes:
    print("socket", route.pattern)
"""


@pytest.fixture(scope="module")
def known(team: Server) -> dict[str, list[str]]:
    """The routes of all pages, and of all sockets, as the code has them."""
    listed = commands.run(team, "shell", "--no-imports", "-c", _LIST)
    assert listed.code == 0, listed.err
    found: dict[str, list[str]] = {"page": [], "socket": []}
    for line in listed.out.splitlines():
        kind, _, route = line.partition(" ")
        found[kind].append(route)
    assert len(found["page"]) > 40
    assert found["socket"]
    return found


@pytest.fixture(scope="module")
def token(team: Server) -> dict[str, str]:
    return bearer(new_token(team))


@pytest.fixture(scope="module")
def recording(team: Server, token: dict[str, str]) -> dict[str, Any]:
    """A recording with one event."""
    made: dict[str, Any] = visitor(team).post("/api/recordings", json={}, headers=token).json()
    team.collect(made, {"event_name": "login"})
    return made


@pytest.fixture(scope="module")
def ada(team: Server) -> httpx.Client:
    return logged_in(team, "ada")


@pytest.fixture(scope="module")
def operations(team: Server, token: dict[str, str]) -> list[tuple[str, str]]:
    """What the OpenAPI document describes under /api/: method and address."""
    paths = visitor(team).get("/api/openapi.json", headers=token).json()["paths"]
    found = [(method.upper(), path) for path, methods in paths.items() for method in methods]
    assert found
    return found


def filled(route: str, recording: dict[str, Any]) -> str:
    """The route with something in the place of each argument."""
    return "/" + re.sub(_ARGUMENT, lambda found: values(recording).get(found[1], "1"), route).removeprefix(
        "/"
    )


def finds_nothing(route: str, recording: dict[str, Any]) -> bool:
    """It has an argument that we have nothing for, or one of those that may be missing."""
    return route in MAY_BE_MISSING or not set(re.findall(_ARGUMENT, route)) <= set(values(recording))


def values(recording: dict[str, Any]) -> dict[str, str]:
    """What stands for the arguments of routes, by their names."""
    return {
        "key": recording["key"],
        "capture_key": recording["capture_key"],
        "seq": "1",
        "page_load": "1",
        "page": "cart",
        "name": "purchase",
        "event": "purchase",
        "extension": "csv",
        "token": "1",
        "share": "1",
    }


def is_api(route: str) -> bool:
    return route.startswith("api/") and route != "api/docs"


def closed(known: dict[str, list[str]]) -> list[str]:
    return sorted({route for route in known["page"] if route not in OPEN})


def refuses(response: httpx.Response, route: str, method: str) -> bool:
    """It leads to the login, or says that one is needed; a change without a form's token is refused too."""
    if response.status_code == 403:
        return method in CHANGES and (not is_api(route) or response.json()["error"]["code"] == "stale_form")
    if is_api(route):
        error = response.json()["error"]["code"] if response.content else "login_required"
        challenge = response.headers.get("WWW-Authenticate", "")
        return response.status_code == 401 and error == "login_required" and challenge.startswith("Bearer")
    return response.status_code == 302 and response.headers["Location"].startswith("/login/?next=")


def test_nobody_gets_past_the_login(
    team: Server, known: dict[str, list[str]], recording: dict[str, Any]
) -> None:
    client = visitor(team)
    let_in = [
        (method, route, response.status_code)
        for route in closed(known)
        for method in PAGE_METHODS
        if not refuses(response := client.request(method, filled(route, recording)), route, method)
    ]
    assert let_in == []


def test_nobody_with_a_form_of_the_login_page_changes_anything(
    team: Server, known: dict[str, list[str]], recording: dict[str, Any]
) -> None:
    client = visitor(team)
    form = {"csrfmiddlewaretoken": csrf(client)}
    for route in closed(known):
        response = client.post(filled(route, recording), data=form)
        assert response.status_code == (401 if is_api(route) else 302), route
        assert refuses(response, route, "POST"), route


def test_what_is_open_asks_for_its_key_or_for_nothing(
    team: Server, known: dict[str, list[str]], recording: dict[str, Any]
) -> None:
    client = visitor(team)
    wrong = recording | {"capture_key": "none"}
    for route in filter(OPEN.__contains__, known["page"]):
        for method in ("GET", "POST"):
            response = client.request(method, filled(route, wrong))
            if OPEN[route].startswith("nothing"):
                assert response.status_code in (200, 403, 404, 405), route
            else:
                assert response.status_code in (400, 401, 403, 404, 405), (method, route)


def test_a_colleague_gets_everywhere(
    ada: httpx.Client, known: dict[str, list[str]], recording: dict[str, Any]
) -> None:
    """Ben's recordings too: a team shares one server. Forms answer that they want to be posted."""
    for route in closed(known):
        response = ada.get(filled(route, recording))
        assert response.status_code not in (401, 403), route
        assert response.status_code < 500, (route, response.text)
        assert not response.headers.get("Location", "").startswith("/login/"), route
        if not is_api(route) and not finds_nothing(route, recording):
            assert response.status_code in (200, 302, 405), route


@pytest.mark.parametrize("how", ["without a form's token", "from another site"])
def test_a_form_that_is_not_ours_changes_nothing(
    how: str, ada: httpx.Client, known: dict[str, list[str]], recording: dict[str, Any]
) -> None:
    form, headers = {}, {}
    if how == "from another site":
        form, headers = {"csrfmiddlewaretoken": csrf(ada, "/account/")}, {"Origin": SHOP}
    for route in known["page"]:
        if is_api(route) or route in NO_CSRF or not OPEN.get(route, "nothing").startswith("nothing"):
            continue  # what a key opens has no form, or looks at it itself
        response = ada.post(filled(route, recording), data=form, headers=headers)
        assert response.status_code == 403, route


def test_the_api_takes_a_session_or_a_token(
    team: Server,
    ada: httpx.Client,
    operations: list[tuple[str, str]],
    token: dict[str, str],
) -> None:
    for who, headers in ((ada, {}), (visitor(team), token)):
        for method, path in operations:
            if not path.startswith("/api/"):
                continue
            thrown_away = visitor(team).post("/api/recordings", json={}, headers=token).json()
            response = who.request(method, filled(path, thrown_away), headers=headers, **body(method))
            assert response.status_code not in (401, 403), (method, path)
            assert response.status_code < 500, (method, path)


def test_the_api_refuses_a_revoked_token_and_one_that_is_none(
    team: Server, ada: httpx.Client, operations: list[tuple[str, str]], recording: dict[str, Any]
) -> None:
    revoked = bearer(new_token(team, "ben", "to be revoked"))
    ben = logged_in(team, "ben")
    assert visitor(team).get("/api/reference", headers=revoked).status_code == 200
    found = re.findall(r'action="(/account/tokens/\d+/end/)"', ben.get("/account/").text)
    assert ben.post(found[0], data={"csrfmiddlewaretoken": csrf(ben, "/account/")}).status_code == 302
    for headers in (revoked, bearer("cact_none"), bearer(recording["capture_key"])):
        for method, path in operations:
            if path.startswith("/api/"):
                for who in (visitor(team), ada):  # who shows a wrong token is not let in by a cookie instead
                    response = who.request(method, filled(path, recording), headers=headers, **body(method))
                    assert response.status_code == 401, (method, path)
                    assert response.json()["error"]["code"] == "invalid_token"
                    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_another_sites_page_changes_nothing_by_the_api(
    ada: httpx.Client, operations: list[tuple[str, str]], recording: dict[str, Any]
) -> None:
    for origin in (
        SHOP,
        "null",
        str(ada.base_url).replace("http:", "https:").rstrip("/"),
        "http://127.0.0.1:1",
    ):
        for method, path in operations:
            if path.startswith("/api/") and method in CHANGES:
                sent = {"headers": {"Origin": origin}, **body(method)}
                assert ada.request(method, filled(path, recording), **sent).status_code == 403, (method, path)
    assert ada.get(f"/api/recordings/{recording['key']}").status_code == 200


def test_a_session_that_has_expired_is_none(
    team: Server, known: dict[str, list[str]], recording: dict[str, Any]
) -> None:
    client = logged_in(team, "ben")
    assert client.get("/account/").status_code == 200
    expire(team, client)
    cookie = {"Cookie": f"{SESSION}={client.cookies[SESSION]}"}
    for route in closed(known):
        assert refuses(visitor(team).get(filled(route, recording), headers=cookie), route, "GET"), route
    for route in known["socket"]:
        if route not in OPEN_SOCKETS:
            assert answer(team, filled(route, recording), headers=cookie) == 4401


def test_sockets_open_for_colleagues_on_pages_of_ours_alone(
    team: Server, ada: httpx.Client, known: dict[str, list[str]], recording: dict[str, Any]
) -> None:
    for route in known["socket"]:
        path = filled(route, recording)
        if route in OPEN_SOCKETS:
            assert answer(team, path) in (4403, 4404), route
        else:
            assert answer(team, path) == 4401, route
            assert answer(team, path, origin=SHOP) in (4401, 4403), route
            assert answer(team, path, ada, SHOP) == 4403, route
            assert answer(team, path, ada) is None, route
            assert answer(team, path, headers=bearer(new_token(team))) == 4401, route


def test_the_lists_here_name_nothing_that_is_gone(known: dict[str, list[str]]) -> None:
    for listed in (NO_CSRF, MAY_BE_MISSING - {"recordings/<str:key>/share/preview/events/<int:seq>/"}):
        assert set(listed) <= set(known["page"])
    open_now = {route for route in OPEN if not route.startswith("s/")}
    assert open_now <= set(known["page"])


@pytest.mark.parametrize(
    "path",
    [
        "//recordings/",
        "/%2frecordings/",
        "/recordings/../recordings/",
        "/collect/../api/recordings",
        "/collect/%2e%2e/api/recordings",
        "/healthz/../recordings/",
        "/static/../recordings/",
        "/shim/../recordings/x.js",
        "/login/../account/",
        "/recordings/;/healthz",
        "/API/recordings",
        "/api/recordings/?x=/healthz",
        "/api//recordings",
        "/recordings/cdp/events",
    ],
)
def test_no_way_of_writing_an_address_goes_around_the_login(path: str, team: Server) -> None:
    with visitor(team) as client:
        request = client.build_request("GET", "/")
        request.url = request.url.copy_with(raw_path=path.encode())
        response = client.send(request, follow_redirects=True)
    assert response.url.path == "/login/" or response.status_code in (400, 401, 404)


def test_what_decides_is_where_it_listens_never_who_asks(team: Server, server: Server) -> None:
    told = {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"}
    assert visitor(team).get("/recordings/", headers=told).status_code == 302
    told = {"X-Forwarded-For": "192.0.2.1"}
    assert visitor(server).get("/recordings/", headers=told).status_code == 200


def body(method: str) -> dict[str, Any]:
    return {"json": {}} if method in ("POST", "PUT", "PATCH") else {}


def expire(server: Server, client: httpx.Client) -> None:
    """As if its last visit were long ago."""
    path = Path(server.environment["DATA_DIR"]) / "inspector.sqlite3"
    with sqlite3.connect(path) as database:
        past = "UPDATE django_session SET expire_date = '2001-01-01' WHERE session_key = ?"
        assert database.execute(past, [client.cookies[SESSION]]).rowcount == 1
    database.close()


def answer(
    server: Server,
    path: str,
    client: httpx.Client | None = None,
    origin: str | None = None,
    headers: dict[str, str] | None = None,
) -> int | None:
    """The code that the socket is closed with, or None where it answers."""
    sent = dict(headers or {})
    if client is not None:
        sent["Cookie"] = f"{SESSION}={client.cookies[SESSION]}"
    try:
        with opened(server, path, origin or server.url, sent) as socket:
            socket.send('{"follow": {"after": 0, "query": "", "epoch": 1}}')
            socket.recv(timeout=20)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 0
    return None


def opened(server: Server, path: str, origin: str, headers: dict[str, str]) -> ClientConnection:
    return connect(server.ws_url + path, origin=Origin(origin), additional_headers=headers, max_size=None)
