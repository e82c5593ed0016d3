"""Whatever a page sent as its strip, nothing of it runs in the viewer, and nothing is loaded for it."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Page, Route, expect

from tests import services
from tests.posting import page_load, post, shim_event
from tests.servers import Server
from tests.shim_host import Answer, Host
from tests.strips import element, full_snapshot, nodes, players, switch, text_node

pytestmark = pytest.mark.starts_processes

AT: Final = 1_800_000_000_000
#: What must never run.
RUN: Final = "top.pwned = parent.pwned = window.pwned = 1"


@pytest.fixture(autouse=True)
def library() -> None:
    services.need("strip", "browser")


class Elsewhere(Host):
    """Somebody else's server: what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__()

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        self.asked.append(path)
        return Answer(200, "")


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    elsewhere = Elsewhere()
    yield elsewhere
    elsewhere.down()


def hostile(url: str) -> dict[str, Any]:
    """A page that tries everything; ``url`` is somebody else's."""
    run = f"javascript:{RUN}"
    css = "".join(
        (
            f'@import "{url}i"; @font-face {{ font-family: f; src: url({url}f) }} ',
            f"* {{ background: url({url}b); font-family: f; cursor: url('{url}c'), auto; ",
            f"content: \\75rl({url}e); list-style: \\url({url}g); border-image: u\\000072 l({url}h) }}",
        )
    )
    svg = {"isSVG": True}
    return element(
        "div",
        10,
        element("script", 11, text_node(RUN, 12)),
        element("script", 13, src=f"{url}script.js"),
        element("img", 14, src=f"{url}img", onerror=RUN, srcset=f"{url}srcset 1x"),
        element("img", 15, rr_dataURL=f"{url}data-url", rr_src=f"{url}rr-src"),
        element("a", 16, text_node("link", 17), href=run, onclick=RUN, ping=f"{url}ping"),
        element("iframe", 18, src=f"{url}frame", srcdoc=f"<script>{RUN}</script>"),
        element("iframe", 19, src=run, rr_src=f"{url}rr-frame"),
        element("object", 20, data=f"{url}object"),
        element("embed", 21, src=f"{url}embed"),
        element("form", 22, element("button", 23, formaction=run, onfocus=RUN), action=f"{url}form"),
        element("meta", 24, **{"http-equiv": "refresh", "content": f"0;url={url}refresh"}),
        element("base", 25, href=url),
        element("link", 26, rel="stylesheet", href=f"{url}css"),
        element("link", 27, rel="prefetch", href=f"{url}prefetch"),
        element("link", 28, rel="preload", href=f"{url}preload", **{"as": "image"}),
        element("link", 29, _cssText=css),
        element("style", 30, text_node(css, 31)),
        element("style", 32, _cssText=css),
        element("video", 33, src=f"{url}video", poster=f"{url}poster", autoplay="", rr_mediaState="played"),
        element("body", 34, text_node("body", 35), background=f"{url}background", onload=RUN),
        element("p", 36, text_node("styled", 37), style=f"background: url({url}style)"),
        element("svg", 38, element("script", 39, text_node(RUN, 40)) | svg, onload=RUN) | svg,
        element("image", 41, **{"xlink:href": f"{url}svg-image"}) | svg,
        element("use", 42, href=f"{url}use#x") | svg,
        element("input", 43, type="image", src=f"{url}input"),
        element("details", 44, open="", ontoggle=RUN),
        element("p onload=x", 45),
        element("template", 46, text_node(f"<img src={url}template>", 47), shadowrootmode="open"),
        text_node(f"<img src={url}text onerror='{RUN}'>", 48),
    )  # fmt: skip


def later(url: str) -> list[dict[str, Any]]:
    """What it does after its first picture."""
    added = {"parentId": 10, "nextId": None, "node": element("img", 90, src=f"{url}added", onerror=RUN)}
    changes = [
        {"id": 14, "attributes": {"src": f"{url}changed", "onerror": RUN}},
        {"id": 36, "attributes": {"style": {"background": f"url({url}changed-style)"}, "onclick": RUN}},
        {"id": 18, "attributes": {"src": f"javascript:{RUN}", "srcdoc": f"<script>{RUN}</script>"}},
    ]
    texts = [{"id": 31, "value": f"* {{ background: url({url}text) }}"}]
    framed = element("html", 92, element("body", 93, element("script", 94, text_node(RUN, 95))))
    root = {"parentId": 18, "nextId": None, "node": {"type": 0, "id": 91, "childNodes": [framed]}}
    nothing: dict[str, Any] = {"adds": [], "removes": [], "texts": [], "attributes": []}
    adopted = {"styleId": 1, "rules": [{"rule": f"p {{ background: url({url}adopted) }}", "index": 0}]}
    data: list[dict[str, Any]] = [
        nothing | {"source": 0, "adds": [added], "texts": texts, "attributes": changes},
        nothing | {"source": 0, "adds": [root], "isAttachIframe": True},
        {"source": 8, "id": 30, "adds": [{"rule": f"i {{ background: url({url}rule) }}", "index": 0}]},
        {"source": 9, "id": 14, "type": 0, "commands": [{"property": "constructor", "args": [RUN]}]},
        {"source": 10, "family": "f", "fontSource": f"url({url}font)", "buffer": False},
        {"source": 13, "id": 30, "index": [0], "set": {"property": "background", "value": f"url({url}set)"}},
        {"source": 15, "id": 1, "styleIds": [1], "styles": [adopted]},
        *({"source": source} for source in ("__proto__", "constructor", 99)),
    ]
    return [
        *({"type": 3, "timestamp": AT + 100 + n, "data": one} for n, one in enumerate(data)),
        {"type": 5, "timestamp": AT + 1000, "data": {"tag": "x", "payload": {"html": RUN}}},
        {"type": 6, "timestamp": AT + 1001, "data": {"plugin": "rrweb/console@1", "payload": {}}},
    ]


@pytest.fixture
def player(server: Server, elsewhere: Elsewhere) -> str:
    """The address of the viewer of a hostile strip."""
    recording = server.new_recording()
    switch(server, recording, strip="on")
    load = page_load()
    post(server, recording, [shim_event(1, at=AT + 1000)], load)
    url = elsewhere.url("/")
    meta = {"type": 4, "timestamp": AT, "data": {"href": f"javascript:{RUN}", "width": 800, "height": 600}}
    part = [meta, full_snapshot(hostile(url), AT + 1), *later(url)]
    address = f"/collect/{recording['capture_key']}/strip"
    answer = server.client.post(address, params={"page": load["id"], "n": 1}, content=json.dumps(part))
    assert answer.status_code == 202, answer.text
    return server.url + players(server, recording)[0] + "?event=1"


def watch(page: Page) -> list[str]:
    """What must stay empty: requests that leave the inspector, dialogs, new windows."""
    seen: list[str] = []
    page.context.on("page", lambda one: seen.append(f"window: {one.url}"))
    page.on("dialog", lambda dialog: seen.append(f"dialog: {dialog.message}"))
    return seen


def test_nothing_runs_and_nothing_is_loaded(player: str, elsewhere: Elsewhere, page: Page) -> None:
    seen = watch(page)
    page.goto(player)
    expect(page.locator("[data-note]")).to_contain_text("the page at its moment")
    frame = page.frame_locator("#screen iframe")
    expect(frame.get_by_text("styled")).to_have_count(1)
    held = frame.locator(
        "script, img, iframe, object, embed, meta, base, video, svg, [src], [action], [srcdoc]"
    )
    expect(held).to_have_count(0)
    names = "[...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames())"
    kept = frame.locator("html").evaluate(f"() => {names}")
    assert [name for name in kept if name.startswith("on")] == []
    assert set(kept) <= {"autocomplete", "class", "style", "href", "type", "open"}
    assert page.evaluate("window.pwned") is None
    assert elsewhere.asked == seen == []


@pytest.mark.page_errors_expected
def test_the_policy_alone_holds_too(player: str, elsewhere: Elsewhere, page: Page) -> None:
    # Only what the library itself would stop at is mended.
    sieve = "export default () => (event) => JSON.parse(JSON.stringify(event).replace('p onload=x', 'p'))"

    def through(route: Route) -> None:
        route.fulfill(body=sieve, content_type="text/javascript")

    page.route("**/shim/clean.js", through)
    seen = watch(page)
    page.goto(player)
    frame = page.frame_locator("#screen iframe")
    frame.locator("img").first.wait_for(state="attached")
    expect(page.locator("[data-note]")).to_contain_text("the page at its moment")
    page.locator("[data-play]").click()
    expect(page.locator("[data-play]")).to_have_attribute("aria-label", "Play")  # it has come to the end
    assert page.evaluate("window.pwned") is None
    assert elsewhere.asked == seen == []


def test_the_policy_is_the_strictest_that_shows_a_page(player: str, server: Server) -> None:
    answer = server.client.get(player)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["frame-ancestors"] == "'self'"
    assert policy["img-src"] == "data:"
    assert "frame-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    other = server.client.get("/recordings/")
    assert "unsafe-inline" not in other.headers["Content-Security-Policy"]
    assert other.headers["X-Frame-Options"] == "DENY"


def test_the_test_tries_what_it_says(elsewhere: Elsewhere) -> None:
    names = {node.get("tagName") for node in nodes(hostile(elsewhere.url("/")))}
    assert {"script", "iframe", "meta", "form", "object", "link"} <= names
