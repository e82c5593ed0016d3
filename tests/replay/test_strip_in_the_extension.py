"""The extension brings what records the screen along, past the page's policy, where its recording asks."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser

from tests import browsers, services
from tests.extension_host import STUB, Extension
from tests.servers import Server
from tests.shim_host import Site
from tests.strips import players, stored, switch
from tests.waiting import wait_for

STRICT: Final = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}


@pytest.fixture(autouse=True)
def library() -> None:
    services.need("strip", "browser")


def download(server: Server, recording: dict[str, Any]) -> ZipFile:
    answer = server.client.get(f"/recordings/{recording['key']}/extension.zip").raise_for_status()
    return ZipFile(io.BytesIO(answer.content))


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    recording = server.new_recording()
    switch(server, recording, strip="on")
    return recording


@pytest.fixture
def extension(
    browser: Browser, server: Server, recording: dict[str, Any], tmp_path: Path
) -> Iterator[Extension]:
    """In no page may it throw."""
    download(server, recording).extractall(tmp_path / "extension")
    thrown: list[str] = []
    with browsers.with_extension(browser, tmp_path / "profile", tmp_path / "extension") as context:
        context.on("weberror", lambda error: thrown.append(str(error.error)))
        yield Extension(context, server, recording)
    assert thrown == []


def test_a_strip_gets_past_a_strict_policy(
    extension: Extension, server: Server, recording: dict[str, Any]
) -> None:
    site = Site()
    site.headers = STRICT
    site.files |= {
        "/shop.html": "<!doctype html><title>Shop</title><script src=/shop.js></script><h1>Kassiopeia</h1>",
        "/shop.js": STUB + "cact('trigger', 'search')",
    }
    try:
        extension.switch(site.url(""))
        page = extension.context.new_page()
        page.goto(site.url("/shop.html"))
        wait_for("the first picture", lambda: players(server, recording))
        page.evaluate("document.querySelector('h1').className = 'later'; cact('trigger', 'login')")
        wait_for("what came later", lambda: '"later"' in json.dumps(stored(server, recording)))
        page.close()
    finally:
        site.down()
    text = json.dumps(stored(server, recording))
    assert "*" * len("Kassiopeia") in text
    assert "Kassiopeia" not in text
    assert extension.names() == ["search", "login"]


def test_where_the_switch_is_off_the_extension_brings_nothing(server: Server) -> None:
    files = download(server, server.new_recording()).namelist()
    assert "shim.js" in files
    assert "shim-strip.js" not in files
