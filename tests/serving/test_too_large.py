"""Whatever is too large is refused in one form, by every way in, and the page that sent it can read why."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from tests.servers import Server
from tests.shim_host import Site

pytestmark = pytest.mark.starts_processes

_ORIGIN: Final = "https://shop.example"
_READABLE: Final = {
    "access-control-allow-origin": _ORIGIN,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "Retry-After",
}
_REQUEST: Final = "a request may have 500 KB at most"
_FILE: Final = "a file may have 1 MB at most"
_PART: Final = "a part of a strip, unpacked, may have 8 MB at most"
_JSON: Final = {"Content-Type": "application/json"}
_BOMB: Final = gzip.compress(b" " * 9_000_000)

#: Address, body, headers, what is said, and whether pages of other origins may read it.
WAYS: Final[dict[str, tuple[str, bytes, dict[str, str], str, bool]]] = {
    "script": ("/collect/{key}", b" " * 600_000, {}, _REQUEST, True),
    "script, far": ("/collect/{key}", b" " * 3_000_000, {}, _REQUEST, True),
    "vendor": ("/events?token={key}", b" " * 600_000, {}, _REQUEST, True),
    "vendor, far": ("/events?token={key}", b" " * 3_000_000, {}, _REQUEST, True),
    "batch, far": ("/events/batch?token={key}", b" " * 3_000_000, {}, _REQUEST, True),
    "container, far": ("/t1/cdp/events?token={key}", b" " * 3_000_000, {}, _REQUEST, True),
    "validate": ("/api/validate", b" " * 600_000, {}, _REQUEST, False),
    "validate, far": ("/api/validate", b" " * 3_000_000, {}, _REQUEST, False),
    "recording": ("/api/recordings", b" " * 600_000, _JSON, _REQUEST, False),
    "import": ("/api/import", b" " * 1_050_000, _JSON, _FILE, False),
    "import, far": ("/api/import", b" " * 3_000_000, _JSON, _FILE, False),
    "strip": ("/collect/{key}/strip?page=p&n=1", _BOMB, {}, _PART, True),
    "strip, far": ("/collect/{key}/strip?page=p&n=1", b" " * 3_000_000, {}, _REQUEST, True),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector that takes files of a megabyte."""
    folder: Path = tmp_path_factory.mktemp("small")
    server = Server(folder, MAX_IMPORT_BYTES="1000000")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def kept(small: Server) -> dict[str, Any]:
    """A recording that records what is on screen, too."""
    recording = small.new_recording()
    form = small.client.get(f"/recordings/{recording['key']}/strip/")
    token = form.cookies["csrftoken"]
    headers = {"X-CSRFToken": token, "Cookie": f"csrftoken={token}"}
    small.client.post(f"/recordings/{recording['key']}/strip/", data={"strip": "on"}, headers=headers)
    return recording


@pytest.mark.parametrize("way", WAYS)
def test_it_is_refused_in_one_form(way: str, small: Server, kept: dict[str, Any]) -> None:
    address, body, headers, said, readable = WAYS[way]
    answer = small.client.post(
        address.format(key=kept["capture_key"]), content=body, headers=headers | {"Origin": _ORIGIN}
    )
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {"error": {"code": "too_large", "message": f"It is too large: {said}."}}
    allowed = {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}
    assert allowed == (_READABLE if readable else {})


def test_a_person_reads_the_same(small: Server) -> None:
    token = small.client.get("/import/").cookies["csrftoken"]
    headers = {"X-CSRFToken": token, "Cookie": f"csrftoken={token}"}
    file = small.client.post("/import/", files={"file": b" " * 1_050_000}, headers=headers)
    assert (file.status_code, f"It is too large: {_FILE}." in file.text) == (413, True)
    text = small.client.post("/import/text/", data={"text": "x" * 600_000}, headers=headers)
    assert (text.status_code, "It is too large: a text may have 500 KB at most." in text.text) == (413, True)


@pytest.mark.page_errors_expected  # the browser logs each refusal
@pytest.mark.parametrize("size", [600_000, 3_000_000, 9_000_000])
def test_the_page_that_sent_it_reads_why(
    small: Server, kept: dict[str, Any], site: Site, page: Page, size: int
) -> None:
    page.goto(site.url("/"))
    read = page.evaluate(
        """async ([address, size]) => {
            const body = ' '.repeat(size);
            const answer = await fetch(address, {method: 'POST', body, credentials: 'include'});
            return [answer.status, (await answer.json()).error.message];
        }""",
        [f"{small.url}/collect/{kept['capture_key']}", size],
    )
    assert read == [413, f"It is too large: {_REQUEST}."]
