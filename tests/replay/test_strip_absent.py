"""Without the library for strips everything else works, and the pages say how to get it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from inspector.script.rrweb import Package, WrongPackage, pinned
from tests.paths import ROOT
from tests.posting import page_load, post, shim_event
from tests.servers import Server
from tests.strips import switch

pytestmark = pytest.mark.starts_processes


@pytest.fixture(scope="module")
def bare_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An inspector that nobody gave the library."""
    folder = tmp_path_factory.mktemp("bare")
    server = Server(folder, RRWEB_DIR=str(folder / "nothing"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def recording(bare_server: Server) -> dict[str, Any]:
    recording = bare_server.new_recording()
    switch(bare_server, recording, strip="on")
    return recording


def test_the_script_of_a_page_does_not_ask_for_it(bare_server: Server, recording: dict[str, Any]) -> None:
    switched_off = bare_server.new_recording()
    scripts = [
        bare_server.client.get(one["urls"]["shim"]).text.replace(one["capture_key"], "")
        for one in (recording, switched_off)
    ]
    assert scripts[0] == scripts[1]
    assert bare_server.client.get("/shim/strip.js").status_code == 404
    assert bare_server.client.get("/strip/replay.js").status_code == 404
    assert bare_server.client.get("/strip/replay.css").status_code == 404


def test_the_page_of_the_switch_says_how_to_get_it(bare_server: Server, recording: dict[str, Any]) -> None:
    page = bare_server.client.get(f"/recordings/{recording['key']}/strip/").text
    assert "make replay" in page


def test_capture_goes_on_and_the_dashboard_says_how_to_get_it(
    bare_server: Server, page: Page, recording: dict[str, Any]
) -> None:
    post(bare_server, recording, [shim_event(1)], page_load())
    page.goto(f"{bare_server.url}/recordings/{recording['key']}/?event=1")
    page.locator("html[data-ready]").wait_for()
    page.locator("[data-strip-switch]").click()
    expect(page.frame_locator("#strip iframe").get_by_text("make replay")).to_be_visible()
    expect(page.locator("#detail h2")).to_contain_text("login")
    page.goto(f"{bare_server.url}/demo/?recording={recording['key']}")
    page.locator("html[data-ready]").wait_for()


@pytest.mark.parametrize("package", pinned(), ids=lambda package: package.package)
def test_another_tarball_than_the_pinned_one_is_refused(package: Package) -> None:
    with pytest.raises(WrongPackage, match="is not what was pinned"):
        package.unpack(b"something else")


def test_without_npm_the_command_says_what_is_missing(tmp_path: Path) -> None:
    environment = {
        "PATH": str(tmp_path),
        "DATA_DIR": str(tmp_path / "data"),
        "RRWEB_DIR": str(tmp_path / "x"),
    }
    run = subprocess.run(
        [sys.executable, "manage.py", "fetch_rrweb"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert "npm" in run.stderr
    assert not (tmp_path / "x").exists()
