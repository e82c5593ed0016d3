"""Pages that browsers keep away from the inspector: mixed content and local network access.

What loads the script says so, as does the script itself where something else brought it in.
"""

import json
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from inspector.script.page_script import page_script
from inspector.script.problems import TROUBLES
from inspector.script.snippets import bookmarklet, page_snippets
from tests import browsers, services
from tests.cut_connection import add_page
from tests.servers import Server
from tests.shim_cases import STUB
from tests.shim_host import Inspector, Site

#: The inspector's own host name where browsers do not take it for this machine.
FAR = "inspector.test"


class SecureSite(Site):
    """The pages under test, on https."""

    def __init__(self, folder: Path) -> None:
        services.need("openssl")
        self._files = folder / "key.pem", folder / "cert.pem"
        key, cert = map(str, self._files)
        request = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost"
        subprocess.run([*request.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
        super().__init__()

    def up(self) -> None:
        super().up()
        key, cert = self._files
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(cert, key)
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)


@pytest.fixture
def secure_site(tmp_path: Path) -> Iterator[SecureSite]:
    site = SecureSite(tmp_path)
    yield site
    site.down()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """What is kept out is logged as an error; here that is the point."""
    context = browsers.new_context(browser, any_certificate=True)
    yield context
    context.close()


@pytest.fixture(scope="module")
def far_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector under a name of its own, as on somebody's network."""
    server = Server(tmp_path_factory.mktemp("far"), ALLOWED_HOSTS=FAR)
    server.start()
    yield server
    server.stop()


def said_by(page: Page, act: str) -> str:
    """What the script says in the console when the page runs this."""
    with page.expect_console_message(lambda message: "Cact Inspector" in message.text) as said:
        page.evaluate(act)
    return said.value.text


def clicked(shim: str, panel: str) -> str:
    """What the bookmarklet runs."""
    return unquote(bookmarklet(shim, panel).removeprefix("javascript:"))


def keep_public(site: Site) -> str:
    """A page that the browser takes for one of the internet, in a secure context; its address."""
    site.headers = {"Content-Security-Policy": "treat-as-public-address"}
    return add_page(site, "/shop.html", STUB).replace("127.0.0.1", "shop.localhost")


def test_the_bookmarklet_says_that_the_browser_guards_the_network(
    context: BrowserContext, site: Site, server: Server
) -> None:
    recording = server.new_recording()
    panel = f"{recording['urls']['dashboard']}connect/"
    page = context.new_page()
    page.goto(keep_public(site))
    with context.expect_page() as opened:
        said = said_by(
            page, unquote(bookmarklet(recording["urls"]["shim"], panel).removeprefix("javascript:"))
        )
    assert TROUBLES["local_network"][0] in said
    expect(opened.value.get_by_role("alert")).to_contain_text(TROUBLES["local_network"][0])
    expect(opened.value.get_by_role("alert")).to_contain_text(f"shop.localhost:{site.port}")


def test_the_script_says_that_the_browser_guards_the_network(
    context: BrowserContext, site: Site, server: Server
) -> None:
    """A userscript brought it in. Once it is allowed, events arrive, and the dashboard knows why so late."""
    recording = server.new_recording()
    address = keep_public(site)
    context.add_init_script(page_script(recording["urls"]["collect"]))
    page, dashboard = context.new_page(), context.new_page()
    dashboard.goto(recording["urls"]["dashboard"])
    page.goto(address)
    assert "allow it in the site's settings" in said_by(page, "cact('trigger', 'a')")
    expect(dashboard.locator(".row")).to_have_count(0)
    context.grant_permissions(["local-network-access"], origin=address.removesuffix("/shop.html"))
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(dashboard.locator(".row")).to_have_count(1)
    expect(dashboard.locator("[data-report=local_network]")).to_contain_text(TROUBLES["local_network"][1])


@pytest.mark.parametrize("way", ["console", "bookmarklet"])
def test_what_loads_the_script_says_that_content_is_mixed(
    context: BrowserContext, secure_site: SecureSite, far_server: Server, way: str
) -> None:
    recording = far_server.new_recording()
    far = f"http://{FAR}:{far_server.port}"
    shim, panel = f"{far}/shim/{recording['capture_key']}.js", f"{far}/recordings/{recording['key']}/connect/"
    pasted = next(one.code for one in page_snippets(shim, panel) if one.id == "console")
    code = clicked(shim, panel) if way == "bookmarklet" else pasted
    page = context.new_page()
    page.goto(add_page(secure_site, "/shop.html", STUB).replace("http:", "https:"))
    with context.expect_page() as opened:
        said = said_by(page, code)
    assert TROUBLES["mixed_content"][0] in said
    expect(opened.value.get_by_role("alert")).to_contain_text(TROUBLES["mixed_content"][1])


def test_the_connect_page_warns_of_mixed_content_before_it_happens(
    context: BrowserContext, far_server: Server
) -> None:
    recording = far_server.new_recording()
    for host, warned in ((FAR, 1), ("127.0.0.1", 0), ("localhost", 0)):
        page = context.new_page()
        page.goto(f"http://{host}:{far_server.port}/recordings/{recording['key']}/connect/")
        expect(page.locator("[data-report=mixed_content]")).to_have_count(warned)


def test_the_script_says_that_content_is_mixed(context: BrowserContext, secure_site: SecureSite) -> None:
    collect = f"http://{FAR}:9/collect/key"
    context.add_init_script(page_script(collect))
    page = context.new_page()
    page.goto(add_page(secure_site, "/shop.html", STUB).replace("http:", "https:"))
    said = said_by(page, "cact('trigger', 'a')")
    assert f"an https page may not post to {collect}" in said


def test_an_https_page_may_post_to_this_machine(context: BrowserContext, secure_site: SecureSite) -> None:
    inspector = Inspector()
    page = context.new_page()
    html = STUB + f"<script>cact('trigger', {json.dumps('a')})</script>" + inspector.script()
    page.goto(add_page(secure_site, "/shop.html", html).replace("http:", "https:"))
    inspector.wait_for_events(1)
    inspector.down()


@pytest.mark.parametrize(
    "policy", ["script-src 'unsafe-inline'", "default-src 'none'; script-src 'unsafe-inline'"]
)
def test_what_loads_the_script_says_that_a_policy_forbids_it(
    context: BrowserContext, site: Site, server: Server, policy: str
) -> None:
    recording = server.new_recording()
    site.headers = {"Content-Security-Policy": policy}
    page = context.new_page()
    page.goto(add_page(site, "/shop.html", STUB))
    panel = f"{recording['urls']['dashboard']}connect/"
    code = unquote(
        bookmarklet(recording["urls"]["shim"], panel).removeprefix("javascript:void(")
    ).removesuffix(")")
    with context.expect_page() as opened:
        said = said_by(page, code)
    assert TROUBLES["policy"][0] in said
    expect(opened.value.get_by_role("alert")).to_contain_text(TROUBLES["policy"][1])


def test_what_loads_the_script_says_that_the_inspector_is_away(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    page.goto(add_page(site, "/shop.html", STUB))
    assert "The inspector does not answer." in said_by(page, clicked("http://127.0.0.1:9/shim/key.js", ""))
