"""Served over https, with the manual's certificate: pages, forms, the live socket, what containers send."""

import re
import shlex
import signal
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from websockets import Origin
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from tests import browsers, commands, services
from tests.consoles import commands_in, template_blocks
from tests.servers import Server
from tests.shim_host import Site
from tests.waiting import wait_for

pytestmark = pytest.mark.starts_processes

STUB = "window.caReady = []; window.cact = function () { window.caReady.push(arguments) };"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the lines of /help/connect/#https make and set, in a folder whose name is hard to quote."""
    services.need("openssl")
    (block,) = [block for block in template_blocks("connect") if "openssl" in block]
    *openssl, serve = commands_in(block)
    folder = tmp_path_factory.mktemp("tls") / "a:b=c"
    folder.mkdir()
    subprocess.run(["bash", "-ec", "\n".join(openssl)], cwd=folder, check=True, capture_output=True)
    told = dict(part.split("=", 1) for part in shlex.split(serve) if "=" in part)
    return {name: str(folder / told[name]) for name in ("TLS_CERT", "TLS_KEY")}


@pytest.fixture(scope="module")
def secure(certificate: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector on https."""
    server = Server(tmp_path_factory.mktemp("secure"), **certificate)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page whose browser was told to trust the certificate."""
    context = browsers.new_context(browser, any_certificate=True)
    errors = browsers.watch_errors(context)
    yield context.new_page()
    context.close()
    assert errors == []


class SecureSite(Site):
    """A shop on https, on another origin."""

    def __init__(self, certificate: dict[str, str]) -> None:
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate["TLS_CERT"], certificate["TLS_KEY"])
        super().__init__()

    def up(self) -> None:
        super().up()
        self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)

    def url(self, path: str) -> str:
        return f"https://localhost:{self.port}{path}"


@pytest.fixture
def shop(certificate: dict[str, str]) -> Iterator[SecureSite]:
    shop = SecureSite(certificate)
    yield shop
    shop.down()


def test_it_says_its_addresses_as_https(secure: Server) -> None:
    addresses = re.findall(r"http\S+", secure.log())
    assert addresses[1:] == [f"{secure.url}/demo/"]
    assert addresses[0].startswith(f"{secure.url}/recordings/")
    assert secure.url.startswith("https://")


def test_everything_about_a_recording_is_on_https(secure: Server) -> None:
    recording = secure.new_recording()
    assert all(url.startswith(f"{secure.url}/") for url in recording["urls"].values())
    assert recording["urls"]["collect"] in secure.client.get(recording["urls"]["shim"]).text


def test_a_form_makes_a_recording_and_its_dashboard_is_live(secure: Server, page: Page) -> None:
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"{secure.url}/recordings/")
    page.get_by_label("Name of the new recording").fill("On https")
    page.get_by_role("button", name="New recording").click()
    expect(page.locator("#status")).to_have_attribute("data-state", "live")
    key = page.url.rstrip("/").rpartition("/")[2]
    assert sockets == [f"{secure.ws_url}/ws/recordings/{key}/"]
    page.goto(f"{page.url}connect/")
    capture_key = page.locator("#code-key").text_content()
    page.go_back()
    secure.client.post(f"/cdp/events?token={capture_key}", json={"event_name": "login"})
    expect(page.locator("#event-1 .name")).to_have_text("login")


def test_a_container_s_beacon_from_a_page_on_https_is_stored_once(
    secure: Server, shop: SecureSite, page: Page
) -> None:
    recording = secure.new_recording()
    shop.files["/shop.html"] = '<!doctype html><link rel="icon" href="data:,">'
    page.goto(shop.url("/shop.html"))
    address = f"https://localhost:{secure.port}/cdp/events?tc_s=1&token={recording['capture_key']}"
    event = {"event_name": "login", "context": {"page": {"url": shop.url("/shop.html")}, "version": 2}}
    sent = "([url, event]) => isSecureContext && navigator.sendBeacon(url, JSON.stringify(event))"
    assert page.evaluate(sent, [address, event]) is True
    wait_for("the beacon", lambda: secure.state(recording)["last_seq"])
    secure.collect(recording, {"event_name": "end"})
    stored = [(event["event_name"], event["page_url"]) for event in secure.stored(recording)]
    assert stored == [("login", shop.url("/shop.html")), ("end", "")]


def test_the_script_captures_a_page_on_https(secure: Server, shop: SecureSite, page: Page) -> None:
    recording = secure.new_recording()
    head = f'<link rel="icon" href="data:,"><script src="{recording["urls"]["shim"]}"></script>'
    shop.files["/shop.html"] = f"<!doctype html><head>{head}<script>{STUB}</script></head>"
    page.goto(shop.url("/shop.html"))
    page.evaluate("cact('trigger', 'login', {})")
    wait_for("the event", lambda: secure.state(recording)["last_seq"])
    assert [event["source"] for event in secure.stored(recording)] == ["page"]


@pytest.mark.parametrize(
    ("origin", "ours"), [("{url}", True), ("https://shop.example", False), ("null", False)]
)
def test_a_socket_is_for_our_own_pages(
    origin: str, ours: bool, secure: Server, certificate: dict[str, str]
) -> None:
    place = f"{secure.ws_url}/ws/recordings/{secure.new_recording()['key']}/"
    trusted = ssl.create_default_context(cafile=certificate["TLS_CERT"])
    with connect(place, ssl=trusted, origin=Origin(origin.format(url=secure.url)), open_timeout=60) as socket:
        if ours:
            socket.send('{"follow": {"after": 0}}')
            assert 'id="news"' in str(socket.recv(timeout=60))
            return
        with pytest.raises(ConnectionClosedError) as closed:
            socket.recv(timeout=60)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


def send_form(server: Server, headers: dict[str, str]) -> int:
    """The status of a form that was loaded and is sent with these headers, in a browser of its own."""
    trusted = ssl.create_default_context(cafile=server.environment.get("TLS_CERT"))
    with httpx.Client(base_url=server.url, verify=trusted, trust_env=False) as client:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/recordings/").text)
        assert token is not None
        form = {"csrfmiddlewaretoken": token[1], "name": "x"}
        return client.post("/recordings/new/", data=form, headers=headers).status_code


def test_a_form_is_taken_from_our_own_pages_alone(secure: Server) -> None:
    assert send_form(secure, {"Origin": secure.url}) == 302
    assert send_form(secure, {"Referer": f"{secure.url}/recordings/"}) == 302
    assert send_form(secure, {"Origin": secure.url.replace("https", "http")}) == 403
    assert send_form(secure, {"Origin": "https://shop.example"}) == 403
    assert send_form(secure, {}) == 403


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts an inspector of the test's own, which ends with it."""
    started: list[Server] = []

    def make(**environment: str) -> Server:
        started.append(Server(tmp_path, **environment))
        started[0].start()
        return started[0]

    yield make
    for server in started:
        server.stop()


@pytest.mark.parametrize("trusted", [True, False])
def test_a_proxy_that_ends_tls_is_believed_where_it_is_trusted(
    trusted: bool, start: Callable[..., Server]
) -> None:
    server = start(TRUST_PROXY="1" if trusted else "")
    told = {"X-Forwarded-Proto": "https"}
    form = told | {"Origin": server.url.replace("http", "https")}
    assert send_form(server, form) == (302 if trusted else 403)
    urls = server.client.post("/api/recordings", json={}, headers=told).json()["urls"]
    assert {url.partition(":")[0] for url in urls.values()} == {"https" if trusted else "http"}
    assert server.new_recording()["urls"]["collect"].startswith("http://")


def test_who_does_not_trust_it_is_no_news_and_it_ends_quietly(
    certificate: dict[str, str], start: Callable[..., Server]
) -> None:
    server = start(**certificate)
    before = server.log()
    with pytest.raises(httpx.ConnectError, match="self-signed"):
        httpx.get(f"{server.url}/healthz", trust_env=False)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"http://127.0.0.1:{server.port}/healthz", trust_env=False)
    assert server.client.get("/healthz").status_code == 200
    assert server.end(signal.SIGINT) == 0
    assert server.log() == before


#: What TLS_CERT and TLS_KEY name -> what the start says. Words in braces are files.
UNFIT: dict[str, tuple[str, str, str]] = {
    "no key": (
        "{cert}",
        "",
        "TLS_CERT and TLS_KEY belong together: set both for https, or neither for http.",
    ),
    "no certificate": ("", "{key}", "TLS_CERT and TLS_KEY belong together"),
    "no such certificate": ("{none}", "{key}", "TLS_CERT={none}: there is no such file."),
    "no such key": ("{cert}", "{none}", "TLS_KEY={none}: there is no such file."),
    "a folder": ("{cert}", "{folder}", "TLS_KEY={folder}: there is no such file."),
    "no PEM": ("{junk}", "{key}", "TLS_CERT={junk} and TLS_KEY={key} must be a certificate and its key"),
    "the wrong way round": ("{key}", "{cert}", "must be a certificate and its key"),
    "another certificate's key": ("{cert}", "{other}", "must be a certificate and its key"),
    "a key with a password": ("{cert}", "{locked}", "as PEM and without a password."),
}


@pytest.mark.parametrize(("cert", "key", "sentence"), UNFIT.values(), ids=UNFIT.keys())
def test_files_that_do_not_serve_are_one_clear_sentence(
    cert: str, key: str, sentence: str, certificate: dict[str, str], unfit: dict[str, str], tmp_path: Path
) -> None:
    files = unfit | {"cert": certificate["TLS_CERT"], "key": certificate["TLS_KEY"]}
    pair = {"TLS_CERT": cert.format(**files), "TLS_KEY": key.format(**files)}
    refused = commands.run_process(Server(tmp_path), "serve", environment=pair)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("CommandError: ")
    assert sentence.format(**files) in refused.err
    assert refused.err.count("\n") == 1


@pytest.fixture(scope="module")
def unfit(certificate: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files that are no certificate, or no key that fits."""
    folder = tmp_path_factory.mktemp("unfit")
    names = {name: str(folder / f"{name}.pem") for name in ("none", "junk", "other", "locked")}
    Path(names["junk"]).write_text("junk\n")
    openssl = ["openssl", "pkey", "-in", certificate["TLS_KEY"], "-out", names["locked"]]
    subprocess.run([*openssl, "-aes256", "-passout", "pass:secret"], check=True, capture_output=True)
    subprocess.run(["openssl", "genrsa", "-out", names["other"], "2048"], check=True, capture_output=True)
    return names | {"folder": str(folder)}
