"""Several processes behind one nginx, set up with the files of /help/deploy/."""

import configparser
import json
import shutil
import signal
import ssl
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets import Origin
from websockets.sync.client import connect

from tests import services
from tests.killable_services import KillableService, killable_redis
from tests.ports import unread
from tests.proxies import help_file, nginx, put
from tests.servers import Server
from tests.team import add_account, bearer, log_in, new_token, send_form
from tests.viewers import Viewer
from tests.waiting import wait_for

pytestmark = pytest.mark.starts_processes

LARGE = 3_000  # events of an export that does not fit into a proxy's buffers
IMPORT_BYTES = 3_000_000  # more than any other request may have


def unit() -> configparser.RawConfigParser:
    """The unit for systemd."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # as it is written
    # The one key that stands there more than once would be read once.
    text = help_file("inspector.service")
    environment = [line.partition("=")[2] for line in text.splitlines() if line.startswith("Environment=")]
    parser.read_string(text)
    parser["Service"]["Environment"] = " ".join(environment)
    return parser


@dataclass
class House:
    """What stands behind one address."""

    url: str
    servers: list[Server]
    redis: KillableService
    trusted: ssl.SSLContext
    token: str

    def visitor(self) -> httpx.Client:
        """Somebody who has never been here."""
        return httpx.Client(base_url=self.url, timeout=30, trust_env=False, verify=self.trusted)

    def machine(self) -> httpx.Client:
        """A machine with a token."""
        client = self.visitor()
        client.headers.update(bearer(self.token))
        return client

    def new_recording(self) -> dict[str, Any]:
        """As the API gives it."""
        recording: dict[str, Any] = self.machine().post("/api/recordings", json={"name": None}).json()
        return recording

    def state(self, recording: dict[str, Any]) -> dict[str, Any]:
        """How the recording stands."""
        state: dict[str, Any] = self.machine().get(f"/api/recordings/{recording['key']}").json()
        return state

    @contextmanager
    def killed_while_busy(self, ask: Callable[[], httpx.Response]) -> Iterator[list[httpx.Response]]:
        """The answers to two requests, one to each process, of which one is killed while it has its own."""
        busy = self.servers[0]
        with ThreadPoolExecutor(2) as pool, busy.frozen():
            asked = [pool.submit(ask) for _ in self.servers]
            wait_for("the request to reach it", lambda: unread(busy.port))
            with busy.away(signal.SIGKILL):
                yield [one.result() for one in asked]

    @contextmanager
    def viewing(self, recording: dict[str, Any], client: httpx.Client) -> Iterator[Viewer]:
        """A dashboard of somebody who is logged in."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)
        address = f"{self.url.replace('https', 'wss')}/ws/recordings/{recording['key']}/"
        with connect(
            address,
            ssl=self.trusted,
            origin=Origin(self.url),
            additional_headers={"Cookie": cookies},
            max_size=None,
        ) as socket:
            yield Viewer(socket)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    services.need("nginx", "openssl", "postgres", "killable")
    folder = tmp_path_factory.mktemp("nginx")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    request = (
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run(
        [*request.split(), "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True
    )
    settings = dict(pair.split("=", 1) for pair in unit()["Service"]["Environment"].split())
    with ExitStack() as stack:
        settings["DATABASE_URL"] = stack.enter_context(services.fresh_postgres())
        redis, settings["REDIS_URL"] = stack.enter_context(killable_redis(folder))
        settings["DATA_DIR"] = str(folder / "data")
        del settings["PORT"]
        servers = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            servers.append(Server(folder / name, **settings))
        add_account(servers[0], "ada")
        for server in servers:
            stack.callback(server.stop)
            server.start()
        port = stack.enter_context(nginx(folder, [server.port for server in servers], certificate, key))
        trusted = ssl.create_default_context(cafile=str(certificate))
        yield House(f"https://127.0.0.1:{port}", servers, redis, trusted, new_token(servers[0]))


@pytest.fixture
def ada(house: House) -> httpx.Client:
    """Ada, who logged in through the proxy, as a browser does: with the address of the page."""
    client = house.visitor()
    client.headers.update({"Origin": house.url, "Referer": f"{house.url}/login/"})
    assert log_in(client, "ada").status_code == 302
    return client


def test_who_logged_in_is_known_to_every_process(house: House, ada: httpx.Client) -> None:
    (cookie,) = [cookie for cookie in ada.cookies.jar if "session" in cookie.name]
    assert cookie.name.startswith("__Host-")
    assert cookie.secure
    for _ in range(4):
        assert ada.get("/recordings/").status_code == 200
    made = send_form(ada, "/account/", "/account/tokens/", label="nightly")
    assert made.status_code == 200
    assert "cact_" in made.text
    assert house.visitor().get("/recordings/").headers["Location"].startswith("/login/")


def test_https_is_insisted_on_where_the_proxy_does_not_say_it(house: House) -> None:
    for server in house.servers:
        answer = httpx.get(f"{server.url}/recordings/", trust_env=False)
        assert answer.headers["Location"].startswith("https://")
        assert httpx.get(f"{server.url}/healthz", trust_env=False).status_code == 200


def test_what_one_process_takes_every_dashboard_shows(house: House, ada: httpx.Client) -> None:
    recording = house.new_recording()
    with house.viewing(recording, ada) as first, house.viewing(recording, ada) as second:
        for viewer in (first, second):
            viewer.follow()
            viewer.next_frame()
        page = house.visitor()
        for seq in range(1, 7):
            answer = page.post(
                f"/collect/{recording['capture_key']}",
                json={"event_name": "login"},
                headers={"Origin": "https://shop.example"},
            )
            assert answer.status_code == 202
            assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
            for viewer in (first, second):
                assert viewer.read_until(seq) == list(range(1, seq + 1))


def test_a_page_that_sends_too_much_is_told_so(house: House) -> None:
    """Without the header the page's script could not tell it from a server that is away, and would go on."""
    recording = house.new_recording()
    for size in (500_100, 700_000, 5_000_000):
        answer = house.visitor().post(
            f"/collect/{recording['capture_key']}",
            content=json.dumps([{"event_name": "login", "text": "x" * size}]),
            headers={"Origin": "https://shop.example"},
        )
        assert answer.status_code == 413
        assert answer.json()["error"]["code"]
        assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"


def test_a_large_export_comes_whole_and_goes_in_again(house: House) -> None:
    recording = house.new_recording()
    machine = house.machine()
    for first in range(0, LARGE, 100):
        body = [{"id": f"e{first + n}", "event_name": "login", "text": "x" * 1_000} for n in range(100)]
        assert machine.post(f"/collect/{recording['capture_key']}", json=body).status_code == 202
    path = f"/api/recordings/{recording['key']}/export.ndjson?redact=no"
    with machine.stream("GET", path) as answer:
        assert answer.status_code == 200
        pieces = list(answer.iter_bytes())
    text = b"".join(pieces)
    assert len(text) > IMPORT_BYTES
    assert len(pieces) > 10
    assert json.loads(text.splitlines()[-1]) == {"end": {"events": LARGE}}
    brought = machine.post(
        "/api/import?name=again", content=text, headers={"Content-Type": "application/x-ndjson"}
    )
    assert brought.status_code in (200, 201), brought.text


def test_a_process_that_ends_is_passed_over(house: House, ada: httpx.Client) -> None:
    """Also while the other one, which was away before, has not been asked again."""
    recording = house.new_recording()
    page = house.visitor()
    for server in house.servers:
        with server.away():
            for _ in range(4):
                answer = page.post(f"/collect/{recording['capture_key']}", json={"event_name": "login"})
                assert answer.status_code == 202
                assert ada.get("/recordings/").status_code == 200
    assert house.state(recording)["last_seq"] == 8


def test_a_page_that_a_process_was_busy_with_comes_from_another_one(house: House, ada: httpx.Client) -> None:
    with house.killed_while_busy(lambda: ada.get("/recordings/")) as answers:
        assert [answer.status_code for answer in answers] == [200, 200]


def test_events_that_a_process_was_busy_with_are_stored_once(house: House) -> None:
    """Nobody knows whether they were stored: nginx says so, and the page's script sends them again."""
    recording = house.new_recording()
    body = {"page": {"id": "p1"}, "events": [{"id": "e1", "n": 1, "name": "login"}]}

    def send() -> httpx.Response:
        return house.visitor().post(f"/collect/{recording['capture_key']}", json=body)

    with house.killed_while_busy(send) as answers:
        assert sorted(answer.status_code for answer in answers) == [202, 502]
        assert send().json()["duplicates"] == 1
    assert house.state(recording)["last_seq"] == 1


def test_without_redis_nobody_logs_in_and_who_is_in_goes_on(house: House, ada: httpx.Client) -> None:
    """Tries at passwords are counted in Redis: without it they could be guessed without end."""
    recording = house.new_recording()
    stranger = house.visitor()
    stranger.headers.update({"Origin": house.url, "Referer": f"{house.url}/login/"})
    with house.viewing(recording, ada) as viewer:
        viewer.follow()
        viewer.next_frame()
        with house.redis.away():
            refused = log_in(stranger, "ada")
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
            assert "try again in a moment" in refused.text
            assert house.visitor().get("/healthz").status_code == 503
            assert ada.get(f"/recordings/{recording['key']}/").status_code == 200
            path = f"/collect/{recording['capture_key']}"
            assert house.visitor().post(path, json={"event_name": "login"}).status_code == 202
            assert viewer.read_until(1) == [1]
    assert log_in(stranger, "ada").status_code == 302


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    """The folder of the program, its account and its Python are those of a server: here they are ours."""
    if (analyze := shutil.which("systemd-analyze")) is None:
        pytest.skip("no systemd-analyze")
    text = put(help_file("inspector.service"), "User=inspector", "User=daemon")
    text = put(text, "/opt/cact-inspector/.venv/bin/python", shutil.which("python3") or "")
    (tmp_path / "inspector@.service").write_text(text)
    run = subprocess.run(
        [analyze, "verify", "--recursive-errors=no", str(tmp_path / "inspector@.service")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_the_unit_starts_what_is_there() -> None:
    service = unit()["Service"]
    assert service["ExecStart"].removeprefix(service["WorkingDirectory"] + "/") == (
        ".venv/bin/python manage.py serve"
    )
    assert service["StateDirectory"] in service["Environment"]
    assert service["Restart"] == "always"
