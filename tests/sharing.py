"""Makes share links by the share page's form, and opens their views."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
from websockets.sync.client import connect

from tests.servers import Server
from tests.viewers import Viewer

_LINK: Final = re.compile(r'<pre id="made-link">([^<]+)</pre>')
_CSRF: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def share(server: Server, recording: dict[str, Any], **choices: Any) -> str:
    """Make a link; returns its path."""
    with visitor(server) as person:
        page = f"/recordings/{recording['key']}/share/"
        answer = person.post(f"{page}new/", data=choices | csrf(person, page))
        assert answer.status_code == 200, answer.text
        link = _LINK.search(answer.text)
        assert link is not None
        return httpx.URL(link[1]).path


def revoke(server: Server, recording: dict[str, Any], number: int = 0) -> None:
    """Revoke the newest link, or an earlier one."""
    with visitor(server) as person:
        page = f"/recordings/{recording['key']}/share/"
        token = csrf(person, page)
        ids = re.findall(r'data-share="(\d+)"', person.get(page).text)
        answer = person.post(f"{page}{ids[number]}/end/", data=token)
        assert answer.status_code == 302


def csrf(person: httpx.Client, page: str) -> dict[str, str]:
    """The CSRF token of the page's form."""
    found = _CSRF.search(person.get(page).text)
    assert found is not None
    return {"csrfmiddlewaretoken": found[1]}


@contextmanager
def visitor(server: Server) -> Iterator[httpx.Client]:
    """A client with cookies of its own."""
    with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client:
        yield client


@contextmanager
def watching(server: Server, path: str, **headers: str) -> Iterator[Viewer]:
    """A live viewer of the link."""
    with connect(f"{server.ws_url}/ws{path}", max_size=None, additional_headers=headers) as socket:
        yield Viewer(socket)
