"""A share link opens what was shared to those who have it, nothing else; it writes nothing, and it ends."""

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.posting import page_load, post, post_many, shim_event
from tests.servers import Server
from tests.sharing import csrf, revoke, share, visitor, watching
from tests.viewers import Viewer

FORMATS = ["html", "ndjson", "csv", "har", "xml", "sarif"]
SECRETS = ["ada@lovelace.example", "Lovelace", "id-845454", "Marylebone"]
USER = {"id": "id-845454", "email": "ada@lovelace.example", "lastname": "Lovelace", "city": "Marylebone"}


@pytest.fixture
def recording(any_server: Server) -> dict[str, Any]:
    recording = any_server.new_recording("Staging of Lovelace")
    page = page_load("/account?mail=ada%40lovelace.example", "Lovelace's account")
    events = [
        shim_event(1, "login", {"user": USER}),
        shim_event(2, "search", {"search_term": "id-845454", "user": USER}),
        shim_event(3, "page_view", {"user": {"email": "no address", "phone": "0612345678"} | USER}),
        shim_event(4, "about Lovelace", {"x": 1}),
    ]
    post(any_server, recording, events, page)
    return recording


def get(server: Server, path: str, **headers: str) -> Any:
    with visitor(server) as person:
        return person.get(path, headers=headers)


def test_a_link_shows_the_recording_masked(any_server: Server, recording: dict[str, Any]) -> None:
    path = share(any_server, recording)
    places = [
        "",
        "rows/?after=0",
        "frame/?after=0",
        "events/1/",
        "events/2/",
        "events/3/",
        "events/4/",
        "?event=3",
    ]
    for place in [*places, *(f"export.{kind}" for kind in FORMATS)]:
        answer = get(any_server, path + place)
        assert answer.status_code == 200, place
        everything = f"{answer.text}{answer.headers}"
        assert [secret for secret in SECRETS if secret.lower() in everything.lower()] == [], place
        assert recording["key"] not in everything
        assert recording["capture_key"] not in everything
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
    page = get(any_server, path).text
    assert 'id="event-1"' in page
    assert "‹name " in page


def test_without_masking_it_shows_everything_but_the_recordings_keys(
    any_server: Server, recording: dict[str, Any]
) -> None:
    path = share(any_server, recording, chosen="1", masked=[])
    keys = [recording["key"], recording["capture_key"]]
    page = page_load(f"/?recording={keys[0]}", f"At {keys[1]}")
    post(
        any_server,
        recording,
        [shim_event(1, "login", {keys[0]: keys[1]}, call_site=f"/shim/{keys[1]}.js:1")],
        page,
    )
    assert "Lovelace" in get(any_server, path).text
    for place in [
        "",
        "events/5/",
        "frame/?after=0",
        f"?q={keys[0]}",
        *(f"export.{kind}" for kind in FORMATS),
    ]:
        text = get(any_server, path + place).text
        shown = re.sub(r'(?:value|data-query|data-hits)="[^"]*"', "", text)  # what was asked for is repeated
        assert [key for key in keys if key in shown] == [], place


def test_only_the_chosen_kinds_are_masked(any_server: Server, recording: dict[str, Any]) -> None:
    path = share(any_server, recording, chosen="1", masked=["emails"])
    shown = get(any_server, f"{path}events/1/").text
    assert "Marylebone" in shown
    assert "ada@lovelace.example" not in shown


def test_the_socket_is_masked_and_live(any_server: Server, recording: dict[str, Any]) -> None:
    path = share(any_server, recording)
    with watching(any_server, path) as viewer:
        viewer.follow()
        assert viewer.read_until(4) == [1, 2, 3, 4]
        post(
            any_server,
            recording,
            [shim_event(1, "about Lovelace", {"user": {"firstname": "Augusta"}, "t": "AUGUSTA"})],
        )
        assert viewer.read_until(5) == [1, 2, 3, 4, 5]
    received = "".join(frame["html"] for frame in viewer.frames).lower()
    assert [secret for secret in [*SECRETS, "augusta"] if secret.lower() in received] == []
    assert recording["key"] not in received


def test_searching_tells_nothing_about_what_is_masked(any_server: Server, recording: dict[str, Any]) -> None:
    path = share(any_server, recording)
    for guess in ("ada@lovelace.example", "Lovelace", "id-845454", "id-8", "0612", "Marylebone"):
        for place in (
            f"?q={guess}",
            f"rows/?after=0&q={guess}",
            f"rows/?before=9&q={guess}",
            f"?name=about {guess}",
        ):
            assert 'id="event-' not in get(any_server, path + place).text, place
        with watching(any_server, path) as viewer:
            viewer.follow(query=f"q={guess}")
            assert viewer.next_frame()["rows"] == []
    assert 'id="event-2"' in get(any_server, f"{path}?q=search_term").text
    name = re.search(r'name="name" value="(about [^"]+)"', get(any_server, path).text)
    assert name is not None
    with visitor(any_server) as person:
        assert 'id="event-4"' in person.get(path, params={"name": name[1]}).text


def test_a_share_of_one_event_shows_nothing_else(any_server: Server, recording: dict[str, Any]) -> None:
    path = share(any_server, recording, what="event", event="2")
    page = get(any_server, path).text
    assert re.findall(r'id="event-(\d+)"', page) == ["2"]
    assert "<b data-received>1</b>" in page
    assert "page_view" not in re.sub(r"(?s)<details class=\"unseen.*?</details>", "", page)
    assert get(any_server, f"{path}events/2/").status_code == 200
    for seq in (1, 3, 4, 5):
        assert get(any_server, f"{path}events/{seq}/").status_code == 404
    assert get(any_server, f"{path}export.ndjson").text.count('{"event":') == 1
    post(any_server, recording, [shim_event(9)])
    with watching(any_server, path) as viewer:
        viewer.follow()
        assert viewer.read_until(5) == [2]


def test_a_share_of_a_filter_shows_what_matches(any_server: Server, recording: dict[str, Any]) -> None:
    path = share(any_server, recording, what="filter", filter="name=search&name=login")
    page = get(any_server, path).text
    assert re.findall(r'id="event-(\d+)"', page) == ["1", "2"]
    assert "about" not in page
    assert "<b data-received>2</b>" in page
    assert get(any_server, f"{path}?name=page_view").text.count('id="event-') == 0
    assert get(any_server, f"{path}events/3/").status_code == 404
    assert re.findall(r'id="event-(\d+)"', get(any_server, f"{path}rows/?after=0").text) == ["1", "2"]


def test_the_first_reader_sees_no_more_than_the_next(any_server: Server) -> None:
    """What names a person may come later than what speaks of them, and from where the visitor came."""
    recording = any_server.new_recording()
    came = {"referrer": "https://search.example/form?lastname=Hopper"}
    post(any_server, recording, [shim_event(1)], page_load("/", "Hello Zelda Hopper") | came)
    post(any_server, recording, [shim_event(2, "search", {"said": '{"user":{"firstname":"Zelda"}}'})])
    path = share(any_server, recording)
    first = get(any_server, f"{path}rows/?after=0").text + get(any_server, f"{path}export.ndjson").text
    assert "Hello" in first
    assert "Zelda" not in first
    assert "Hopper" not in first


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_it_can_only_be_read(server: Server, method: str) -> None:
    recording = server.new_recording()
    path = share(server, recording)
    for place in ("", "rows/", "frame/", "events/1/", "export.ndjson"):
        assert server.client.request(method, path + place).status_code == 405, place


def test_a_token_cannot_be_guessed_and_is_not_kept(server: Server) -> None:
    recording = server.new_recording()
    paths = {share(server, recording) for _ in range(3)}
    tokens = {path.split("/")[2] for path in paths}
    assert len(tokens) == 3
    assert all(len(token) >= 43 for token in tokens)  # 256 bits in base64
    kept = dumped(server)
    assert [token for token in tokens if token in kept] == []
    for wrong in ("x", "%00", "x" * 43, next(iter(tokens))[:-1], recording["key"]):
        assert get(server, f"/s/{wrong}/").status_code == 404


def dumped(server: Server) -> str:
    """Everything that the server keeps of shares, and its log."""
    database = Path(server.environment["DATA_DIR"]) / "inspector.sqlite3"
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT * FROM events_share").fetchall()
    return f"{rows}{server.log_path.read_text()}"


def test_revoking_ends_it_at_once_for_those_who_look(any_server: Server, recording: dict[str, Any]) -> None:
    path = share(any_server, recording)
    with watching(any_server, path) as viewer, watching(any_server, path) as lagging:
        for one in (viewer, lagging):
            one.follow()
        viewer.read_until(4)
        lagging.next_frame(acknowledge=False)
        revoke(any_server, recording)
        for one in (viewer, lagging):
            assert close_code(one) == 4410
    for place in ("", "rows/", "frame/", "events/1/", "export.ndjson"):
        answer = get(any_server, path + place)
        assert answer.status_code == 410
        assert "Staging" not in answer.text
    with watching(any_server, path) as viewer, pytest.raises(ConnectionClosed):
        viewer.socket.recv(timeout=20)


def close_code(viewer: Viewer) -> int | None:
    """Why its socket closes, after whatever is on its way."""
    try:
        while True:
            viewer.socket.recv(timeout=20)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_it_expires(server: Server) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1)])
    path = share(server, recording, days="1")
    with watching(server, path) as viewer:
        viewer.follow()
        viewer.read_until(1)
        expire(server)
        post(server, recording, [shim_event(2)])
        with pytest.raises(ConnectionClosed):
            viewer.next_frame()
    assert get(server, path).status_code == 410


def expire(server: Server) -> None:
    database = Path(server.environment["DATA_DIR"]) / "inspector.sqlite3"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE events_share SET expires_at = '2020-01-01 00:00:00'")


def test_a_page_from_elsewhere_gets_nothing_over_the_socket(server: Server) -> None:
    path = share(server, server.new_recording())
    with (
        watching(server, path, Origin="https://evil.example") as viewer,
        pytest.raises(ConnectionClosed) as closed,
    ):
        viewer.socket.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


def test_deleting_the_recording_ends_its_links(server: Server) -> None:
    recording = server.new_recording()
    post(server, recording, [shim_event(1)])
    path = share(server, recording)
    with watching(server, path) as viewer:
        viewer.follow()
        viewer.read_until(1)
        assert server.client.delete(f"/api/recordings/{recording['key']}").status_code == 204
        assert close_code(viewer) in (4404, 4410)
    assert get(server, path).status_code == 404


def test_a_password_is_asked_for(any_server: Server, recording: dict[str, Any]) -> None:
    path = share(any_server, recording, password="horse battery")
    for place in ("", "rows/", "frame/", "events/1/", "export.ndjson"):
        answer = get(any_server, path + place)
        assert answer.status_code == 401
        assert "event-1" not in answer.text
        assert "Staging" not in answer.text
    with watching(any_server, path) as viewer, pytest.raises(ConnectionClosed):
        viewer.socket.recv(timeout=20)
    with visitor(any_server) as person:
        assert person.post(path, data={"password": "horse"} | csrf(person, path)).status_code == 401
        assert person.post(path, data={"password": "horse battery"}).status_code == 403  # from elsewhere
        answer = person.post(path, data={"password": "horse battery"} | csrf(person, path))
        assert answer.status_code == 302
        cookies = answer.headers.get_list("Set-Cookie")
        assert [cookie.rpartition("Path=")[2].split(";")[0] for cookie in cookies] == [path, f"/ws{path}"]
        assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
        assert 'id="event-1"' in person.get(path).text
        ticket = person.cookies.get("cact-share", path=path)
    with watching(any_server, path, Cookie=f"cact-share={ticket}") as viewer:
        viewer.follow()
        assert viewer.read_until(4) == [1, 2, 3, 4]
    other = share(any_server, recording, password="horse battery")
    assert get(any_server, other, Cookie=f"cact-share={ticket}").status_code == 401


def test_passwords_cannot_be_tried_without_end(server: Server) -> None:
    path = share(server, server.new_recording(), password="right")
    with visitor(server) as person:
        token = csrf(person, path)
        answers = [person.post(path, data={"password": f"{n}"} | token).status_code for n in range(11)]
        assert answers == [401] * 10 + [429]
        assert person.post(path, data={"password": "right"} | token).status_code == 429
    other = share(server, server.new_recording(), password="right")
    with visitor(server) as person:
        assert person.post(other, data={"password": "right"} | csrf(person, other)).status_code == 302


def test_a_view_is_counted_once_for_each_browser(server: Server) -> None:
    recording = server.new_recording()
    path = share(server, recording)
    for _ in range(2):
        with visitor(server) as person:
            for place in ("", "rows/", "", "frame/", ""):
                person.get(path + place)
    page = get(server, f"/recordings/{recording['key']}/share/").text
    assert "data-views>2<" in page


def test_a_large_share_is_searched_in_its_latest_events(server: Server) -> None:
    recording = server.new_recording()
    post_many(server, recording, 300)
    path = share(server, recording)
    assert get(server, f"{path}rows/?before=301&q=login").text.count('class="row ') == 100


@pytest.mark.starts_processes
@pytest.mark.parametrize("debug", ["0", "1"])
def test_an_error_says_nothing(tmp_path: Path, debug: str) -> None:
    server = Server(tmp_path, DEBUG=debug)
    server.start()
    try:
        recording = server.new_recording()
        post(server, recording, [shim_event(1, "login", {"user": USER})])
        path = share(server, recording)
        with sqlite3.connect(Path(server.environment["DATA_DIR"]) / "inspector.sqlite3") as connection:
            connection.execute("UPDATE events_event SET findings = '[{Lovelace'")
        for place in ("", "rows/?after=0", "frame/?after=0", "events/1/"):
            answer = get(server, path + place)
            assert answer.status_code == 500
            assert [secret for secret in [*SECRETS, "Traceback"] if secret in answer.text] == []
    finally:
        server.stop()
