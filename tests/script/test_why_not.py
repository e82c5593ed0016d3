"""What keeps events out is found out, and said in the page's console and on the dashboard."""

import re
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from events.wire import CAUSES
from inspector.script.problems import TROUBLES
from tests.cut_connection import CuttableConnection, add_page, script_of
from tests.posting import page_load
from tests.servers import Server
from tests.shim_cases import STUB, call, script
from tests.shim_host import Site

pytestmark = pytest.mark.page_errors_expected  # what is blocked is logged as an error

VENDOR: Final = "https://collect.commander1.example/events?tc_s=1&token=k"


@pytest.fixture
def head(server: Server, recording: dict[str, Any]) -> str:
    return script_of(server, recording)


@pytest.fixture
def dashboard(server: Server, page: Page, recording: dict[str, Any]) -> Page:
    """The dashboard, open before anything happens."""
    dashboard = page.context.new_page()
    dashboard.goto(f"{server.url}/recordings/{recording['key']}/")
    return dashboard


def ours(page: Page) -> list[str]:
    """Fills with what the script writes to the console."""
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if "Cact Inspector" in message.text else None
    )
    return said


def expect_told(dashboard: Page, cause: str, site: Site) -> None:
    """The dashboard says it live, and the connect page lists it."""
    sentence, remedy = TROUBLES[cause]
    for place in (
        dashboard.locator(f"#reports [data-report={cause}]"),
        _on_the_connect_page(dashboard, cause),
    ):
        # Nothing sent is told after five seconds.
        expect(place).to_contain_text(f"127.0.0.1:{site.port}")
        expect(place).to_contain_text(sentence)
        expect(place).to_contain_text(remedy)


def _on_the_connect_page(dashboard: Page, cause: str) -> Any:
    panel = dashboard.context.new_page()
    panel.goto(f"{dashboard.url.partition('?')[0]}connect/")
    return panel.locator(f"#troubles [data-report={cause}]")


def test_every_cause_has_its_words() -> None:
    assert tuple(TROUBLES) == CAUSES


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_is_shown_with_its_detail(
    cause: str, server: Server, recording: dict[str, Any], dashboard: Page
) -> None:
    page = page_load()
    for detail in ("503", "<b>left:7</b>"):
        reports = [{"code": cause, "detail": detail}]
        server.collect(recording, {"page": page, "events": [], "reports": reports})
    for place in (
        dashboard.locator(f"#reports [data-report={cause}]"),
        _on_the_connect_page(dashboard, cause),
    ):
        for words in ("shop.example", *TROUBLES[cause], "<b>left:7</b>"):
            expect(place).to_contain_text(words)


@pytest.mark.parametrize(
    "policy", ["connect-src 'self'", "connect-src 'self'; script-src 'unsafe-inline' {shim}; img-src *"]
)
def test_a_content_security_policy(
    policy: str, page: Page, site: Site, head: str, dashboard: Page, server: Server
) -> None:
    said = ours(page)
    site.headers = {"Content-Security-Policy": policy.replace("{shim}", f"{server.url}/shim/")}
    page.goto(add_page(site, "/shop.html", head + STUB + call("a")))
    expect_told(dashboard, "policy", site)
    assert "content security policy" in said[0]
    assert "extension" in said[0]


def test_a_container_that_never_loads(page: Page, site: Site, head: str, dashboard: Page) -> None:
    said = ours(page)
    page.goto(add_page(site, "/shop.html", head + STUB + "<script src='/none.js'></script>" + call("a")))
    expect_told(dashboard, "no_container", site)
    assert "no container" in said[0]
    expect(dashboard.locator(".row", has_text="a")).to_contain_text("not sent")


def test_an_ad_blockers_stand_in(page: Page, site: Site, head: str, dashboard: Page) -> None:
    said = ours(page)
    fake = script("window.cact = function () {}; window.tC = {};")
    page.goto(add_page(site, "/shop.html", head + STUB + fake + call("a")))
    expect_told(dashboard, "fake_container", site)
    assert "ad blocker" in said[0]


BLOCKED: Final = {
    "a policy, a beacon": (True, f"navigator.sendBeacon('{VENDOR}', '{{\"event_name\": \"a\"}}')"),
    "a policy, a fetch": (True, f"fetch('{VENDOR}', {{ method: 'POST', body: '{{}}' }}).catch(() => 0)"),
    "an ad blocker, XHR": (
        False,
        f"const xhr = new XMLHttpRequest(); xhr.open('POST', '{VENDOR}'); xhr.send('{{}}')",
    ),
}


@pytest.mark.parametrize(("by_policy", "way"), BLOCKED.values(), ids=BLOCKED.keys())
def test_a_request_of_the_client_that_is_blocked(
    by_policy: bool, way: str, page: Page, site: Site, head: str, dashboard: Page, server: Server
) -> None:
    said = ours(page)
    if by_policy:
        site.headers = {"Content-Security-Policy": f"connect-src {server.url}"}
    page.route("https://collect.commander1.example/**", lambda route: route.abort("blockedbyclient"))
    page.goto(add_page(site, "/shop.html", head + STUB + script(way)))
    expect_told(dashboard, "request_failed", site)
    assert "collect.commander1.example" in said[0]
    assert "token" not in said[0]


def test_an_inspector_that_is_away(
    page: Page, site: Site, server: Server, recording: dict[str, Any], dashboard: Page
) -> None:
    connection = CuttableConnection(server)
    page.goto(add_page(site, "/shop.html", script_of(connection, recording) + STUB))
    connection.down()
    with page.expect_console_message(lambda message: "is the inspector running?" in message.text):
        page.evaluate("cact('trigger', 'a')")
    connection.up()
    expect_told(dashboard, "away", site)
    expect(dashboard.locator(".row")).to_contain_text("a")
    connection.down()


def test_a_second_copy_of_the_script(page: Page, site: Site, head: str, dashboard: Page) -> None:
    said = ours(page)
    page.goto(add_page(site, "/shop.html", head + STUB + head + call("a")))
    expect_told(dashboard, "second_script", site)
    assert "twice" in said[0]
    expect(dashboard.locator(".row")).to_have_count(1)


def test_nothing_is_said_where_nothing_is_wrong(
    page: Page, server: Server, recording: dict[str, Any], dashboard: Page
) -> None:
    said = ours(page)
    page.goto(f"{server.url}/demo/?recording={recording['key']}")
    expect(dashboard.locator(".row")).to_have_count(1)
    page.clock.install()
    page.clock.run_for(10_000)
    expect(dashboard.locator(".report").filter(visible=True)).to_have_count(0)
    assert said == []


def test_what_is_reported_again_is_told_once(server: Server, recording: dict[str, Any]) -> None:
    page = {"id": "p", "url": "https://shop.example/cart"}
    for n in range(3):
        server.collect(
            recording, {"page": page, "events": [], "reports": [{"code": "away", "detail": str(n)}]}
        )
    html = server.client.get(f"/recordings/{recording['key']}/connect/").text
    assert html.count('data-report="away"') == 1
    assert "3 times" in html


NO_REPORTS: Final = [{"code": "made up"}, {"code": 5}, {}, "away", None]


@pytest.mark.parametrize("report", NO_REPORTS, ids=repr)
def test_what_is_no_cause_is_not_told(report: Any, server: Server, recording: dict[str, Any]) -> None:
    server.collect(
        recording, {"page": {"id": "p", "url": "https://shop.example/"}, "events": [], "reports": [report]}
    )
    assert "data-report" not in server.client.get(f"/recordings/{recording['key']}/connect/").text


def test_a_hostile_report_stays_text(server: Server, recording: dict[str, Any]) -> None:
    bad = "<script>alert(1)</script>"
    report = {"code": "away", "detail": bad}
    server.collect(
        recording, {"page": {"id": "p", "url": f"https://{bad}/"}, "events": [], "reports": [report]}
    )
    for path in ("", "connect/", f"connect/?trouble=policy&site={bad}"):
        assert bad not in server.client.get(f"/recordings/{recording['key']}/{path}").text


def test_the_connect_page_says_what_a_bookmarklet_found(
    server: Server, page: Page, recording: dict[str, Any]
) -> None:
    page.goto(f"{server.url}/recordings/{recording['key']}/connect/?trouble=policy&site=shop.example")
    expect(page.get_by_role("alert")).to_contain_text(
        re.compile("shop.example.*content security policy", re.DOTALL)
    )
