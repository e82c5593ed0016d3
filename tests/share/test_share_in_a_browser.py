"""A colleague's browser gets a shared recording live, without any personal value, until it is revoked."""

import hashlib
import html
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from playwright.sync_api import BrowserContext, Page, Request, WebSocket, expect

from tests.posting import page_load, post, shim_event
from tests.servers import Server

#: Who browses the shop. None of these may reach the other browser, in any form.
VISITOR = {
    "id": "CRM-90210-QX",
    "email": "Augusta.King@Lovelace.example",
    "phone": "+442071838750",
    "firstname": "Augusta",
    "lastname": "King-Noël",
    "birthdate": "1815-12-10",
    "city": "Marylebone",
    "zipcode": "W1U 6TY",
    "gender": "f",
    "loyalty_card": "LC-55-0077",
}
HASHES = {
    "email_md5": hashlib.md5(VISITOR["email"].lower().encode()).hexdigest(),
    "email_sha256": hashlib.sha256(VISITOR["email"].lower().encode()).hexdigest(),
}
TYPED = "Typed.Address@Lovelace.example"


def forms(value: str) -> set[str]:
    """How a value may be written, in lower case."""
    written = {
        value,
        quote(value),
        quote(value, safe=""),
        quote_plus(value),
        quote(quote(value, safe="")),
        html.escape(value),
    }
    written |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    return {form.lower() for form in written}


PERSONAL = [value for name, value in (VISITOR | HASHES).items() if name != "gender"] + [
    TYPED,
    "Lovelace",
    "4471838750",
]
FORMS = sorted(set().union(*map(forms, PERSONAL)))


class Listener:
    """Everything that a browser context receives: addresses, headers, bodies, socket frames."""

    def __init__(self, context: BrowserContext) -> None:
        self.received: list[str] = []
        self.sockets = 0
        self._finished: list[Request] = []
        # Not "response": the body of an answer that the page gave up, as of a completion, never comes.
        context.on("requestfinished", self._has_finished)
        context.on("page", self._opened)

    def _has_finished(self, request: Request) -> None:
        self._finished.append(request)

    def read(self) -> None:
        """Take down what was answered so far: before the page is left, as browsers forget it then."""
        for response in filter(None, (request.response() for request in self._finished)):
            self.received.append(f"{response.url} {response.headers_array()}")
            self.received.append(response.body().decode("utf-8", "replace"))
        self._finished.clear()

    def _opened(self, page: Page) -> None:
        page.on("websocket", self._socket)

    def _socket(self, socket: WebSocket) -> None:
        self.sockets += 1
        self.received.append(socket.url)
        socket.on("framereceived", lambda frame: self.received.append(_text(frame)))

    def found(self, *secrets: str) -> list[str]:
        """Which of these it has received, whatever the case."""
        everything = "\n".join(self.received).lower()
        return [secret for secret in secrets if secret.lower() in everything]


def _text(frame: str | bytes) -> str:
    return frame if isinstance(frame, str) else frame.decode("utf-8", "replace")


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    return server.new_recording("Shop of Augusta, staging")


def browse(server: Server, page: Page, recording: dict[str, Any]) -> None:
    """The demo shop as this visitor: sign-up, log-in, a search for their own name, the checkout."""
    page.add_init_script(
        f"sessionStorage.setItem('demo-user', JSON.stringify({json.dumps(VISITOR | HASHES)}))"
    )
    shop = f"{server.url}/demo/"
    account = quote("/u/" + quote(VISITOR["id"], safe=""), safe="")
    who = f"&mail={quote(VISITOR['email'], safe='')}&next={account}"
    for path in ("", "list/", "product/", "cart/", "checkout/", "thanks/"):
        page.goto(f"{shop}{path}?recording={recording['key']}{who}#{quote(VISITOR['lastname'])}")
        page.locator("html[data-ready]").wait_for()
    page.goto(f"{shop}account/?recording={recording['key']}{who}")
    page.locator("html[data-ready]").wait_for()
    for form in page.locator("form:has(input[name=email])").all():
        form.locator("input[name=email]").fill(TYPED)
    for button in page.locator("[data-fire=sign_up], [data-fire=login]").all():
        button.click()
    page.goto(f"{shop}checkout/?recording={recording['key']}&broken=1{who}")
    page.locator("[data-fire-all]").click()


def test_no_personal_value_reaches_the_other_browser(
    server: Server, recording: dict[str, Any], new_context: Callable[[], BrowserContext]
) -> None:
    owner = new_context().new_page()
    browse(server, owner, recording)
    odd = {
        "user": VISITOR | {"id": 90210777, "phone": "020 7183 8750"},
        "note": f"call {VISITOR['firstname']}",
    }
    post(
        server,
        recording,
        [
            shim_event(1, "search", {"search_term": VISITOR["lastname"].upper(), "user": VISITOR}),
            shim_event(
                2,
                "purchase",
                odd,
                sent=odd,
                auto={"user": VISITOR},
                call_site=f"https://x.example/{VISITOR['id']}.js",
            ),
            shim_event(3, f"hello {VISITOR['firstname']}", {VISITOR["email"]: VISITOR["city"]}),
        ],
        page_load(f"/hello?name={quote(VISITOR['lastname'])}", f"{VISITOR['firstname']}'s basket"),
    )
    owner.goto(f"{server.url}/recordings/{recording['key']}/")
    expect(owner.locator("#status")).to_have_attribute("data-state", "live")
    expect(owner.locator("body")).to_contain_text(VISITOR["firstname"])  # it is there, and can be found

    owner.get_by_role("link", name="Share").click()
    expect(owner.locator("#preview")).to_contain_text("‹")
    assert [form for form in FORMS if form in owner.locator("#preview").inner_html().lower()] == []
    owner.get_by_label("Label").fill("for a colleague")
    owner.get_by_role("button", name="Make the link").click()
    link = owner.locator("#made-link").inner_text()

    other = new_context()
    heard = Listener(other)
    view = other.new_page()
    view.goto(link)
    expect(view.locator("#status")).to_have_attribute("data-state", "live")
    rows = view.locator("a.row")
    assert rows.count() > 20
    for row in rows.all():
        row.click()
        expect(view.locator("#detail article")).to_have_attribute(
            "data-event", row.get_attribute("data-seq") or ""
        )
    expect(view.locator("#detail")).to_contain_text("‹e-mail ")

    post(server, recording, [shim_event(1, "login", {"user": VISITOR | {"lastname": "Newcomer-Byron"}})])
    expect(rows.last).to_contain_text("login")
    rows.last.click()
    expect(view.locator("#detail")).to_contain_text("‹name ")

    search = view.get_by_label("Query", exact=True)
    for guess in (VISITOR["city"], VISITOR["id"], "Newcomer"):
        search.fill(guess)
        expect(view.locator(".empty")).to_contain_text("No event matches")
    search.fill("purchase")
    expect(rows.first).to_contain_text("purchase")
    view.locator("summary", has_text="Export").click()
    for name in ("HTML", "NDJSON", "CSV", "HAR", "JUnit XML", "SARIF"):
        answer = view.request.get(view.url.partition("?")[0] + (export_name(view, name)))
        assert answer.ok
        heard.received.append(answer.text())

    heard.read()
    assert heard.sockets == 1
    assert any("data-news" in text for text in heard.received), "frames were recorded"
    # What the person types into the search box is sent back to them, as it is theirs.
    typed = {form for guess in (VISITOR["city"], VISITOR["id"]) for form in forms(guess)}
    echoes = r'(?s)(\?|&|&amp;)query=[^&\s"]*|<input id="search"[^>]*>|data-(query|hits)="[^"]*"'
    heard.received = [re.sub(echoes, "", text) for text in heard.received]
    assert heard.found(*FORMS, "newcomer") == [], typed
    assert heard.found(recording["key"], recording["capture_key"]) == []


def export_name(view: Page, name: str) -> str:
    """The last part of an export's address."""
    address = view.get_by_role("link", name=name, exact=True).get_attribute("href") or ""
    return address.rpartition("/")[2]


@pytest.mark.page_errors_expected
def test_revoking_refuses_the_open_page_and_a_fresh_one(
    server: Server, recording: dict[str, Any], new_context: Callable[[], BrowserContext]
) -> None:
    post(server, recording, [shim_event(1, "login", {"user": VISITOR})])
    owner = new_context().new_page()
    owner.goto(f"{server.url}/recordings/{recording['key']}/share/")
    owner.get_by_role("button", name="Make the link").click()
    link = owner.locator("#made-link").inner_text()
    view = new_context().new_page()
    view.goto(link)
    expect(view.locator("#status")).to_have_attribute("data-state", "live")

    owner.goto(f"{server.url}/recordings/{recording['key']}/share/")
    expect(owner.locator("[data-views]")).to_have_text("1")
    owner.get_by_role("button", name="Revoke").click()
    expect(owner.locator("tr.over")).to_contain_text("revoked")
    expect(view.locator("h1")).to_have_text("This link has ended")
    expect(view.locator("a.row")).to_have_count(0)
    fresh = new_context().new_page()
    answer = fresh.goto(link)
    assert answer is not None
    assert answer.status == 410
