"""``manage.py open``: a browser of its own for one site, and one clear sentence where there can be none."""

import json
import os
import signal
import subprocess
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from tests import commands, services
from tests.servers import Server
from tests.shim_host import Site
from tests.waiting import wait_for

pytestmark = pytest.mark.starts_processes

URL: Final = "https://shop.example/cart?step=1"

#: Says that it is Chromium, and writes down what it is started with.
FAKE: Final = """#!/bin/sh
if [ "$1" = --version ]; then echo "{version}"; exit; fi
printf '%s\\n' "$@" > '{noted}'
{then}
"""


def program(folder: Path, then: str = "", version: str = "Chromium 140.0.1.2") -> Path:
    """A stand-in for the browser. It does ``then``; its arguments are in a file beside it."""
    path = folder / "browser"
    path.write_text(FAKE.format(version=version, noted=folder / "arguments", then=then))
    path.chmod(0o755)
    return path


def noted(folder: Path) -> list[str]:
    return (folder / "arguments").read_text().splitlines()


def start(server: Server, *arguments: str) -> "subprocess.Popen[bytes]":
    return commands.start(server, "open", *arguments)


def run(server: Server, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Its exit code, what it says, and what it complains about."""
    done = commands.run(server, "open", *arguments, environment=environment)
    return done.code, done.out, done.err


def browser_folder(server: Server, recording: dict[str, Any]) -> Path:
    return Path(server.environment["DATA_DIR"], "browsers", str(recording["key"]))


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    return server.new_recording("Staging")


def test_it_starts_a_browser_with_the_extension_and_the_dashboard(
    server: Server, recording: dict[str, Any], tmp_path: Path
) -> None:
    done = commands.run_process(server, "open", URL, "--chromium", str(program(tmp_path)))
    assert (done.code, done.err) == (0, "")
    assert URL in done.out
    assert recording["urls"]["dashboard"] in done.out
    folder = browser_folder(server, recording)
    extension = folder / "extension"
    arguments = noted(tmp_path)
    assert {
        f"--user-data-dir={folder / 'profile'}",
        f"--disable-extensions-except={extension}",
        f"--load-extension={extension}",
        "--no-first-run",
    } <= set(arguments)
    assert arguments[-1] == recording["urls"]["dashboard"]
    config = json.loads((extension / "config.js").read_text().partition(" = ")[2].rstrip(";\n"))
    assert (config["open"], config["sites"]) == (URL, [URL])
    assert (config["name"], config["collect"]) == ("Staging", recording["urls"]["collect"])


def test_as_root_the_browser_has_no_sandbox_and_that_is_said(
    server: Server, recording: dict[str, Any], tmp_path: Path
) -> None:
    _, said, _ = run(server, URL, "--chromium", str(program(tmp_path)))
    is_root = os.geteuid() == 0
    assert ("--no-sandbox" in noted(tmp_path)) is is_root
    assert ("without its sandbox" in said) is is_root


def test_it_takes_another_recording_than_the_newest(
    server: Server, recording: dict[str, Any], tmp_path: Path
) -> None:
    server.new_recording()
    code, said, _ = run(server, URL, "--chromium", str(program(tmp_path)), "--recording", recording["key"])
    assert code == 0
    assert recording["urls"]["dashboard"] in said


def test_it_finds_the_browser_on_the_path(server: Server, recording: dict[str, Any], tmp_path: Path) -> None:
    program(tmp_path).rename(tmp_path / "chromium-browser")
    code, said, _ = run(server, URL, PATH=f"{tmp_path}:/nowhere")
    assert code == 0
    assert str(tmp_path / "chromium-browser") in said


def test_it_takes_the_browser_that_the_environment_names(
    server: Server, recording: dict[str, Any], tmp_path: Path
) -> None:
    done = commands.run_process(server, "open", URL, environment={"CHROMIUM": str(program(tmp_path))})
    assert done.code == 0
    assert str(tmp_path / "browser") in done.out


# ---- one clear sentence ----


def complaint(server: Server, *arguments: str, **environment: str) -> str:
    code, said, complaints = run(server, *arguments, **environment)
    assert (code, said) == (1, "")
    assert complaints.startswith("CommandError: ")
    assert "Traceback" not in complaints
    return complaints


@pytest.mark.parametrize(
    "text", ["shop.example", "file:///etc/hosts", "javascript:alert(1)", "https://", "http://["]
)
def test_only_a_web_address_opens(text: str, server: Server) -> None:
    assert "Give the whole address" in complaint(server, text)


def test_without_an_inspector_it_says_how_to_start_one(tmp_path: Path) -> None:
    away = Server(tmp_path)
    said = complaint(away, URL)
    assert f"No inspector answers at {away.url}." in said
    assert "make run" in said


def test_an_inspector_with_other_data_is_told_apart(server: Server, tmp_path: Path) -> None:
    done = commands.run_process(server, "open", URL, environment={"DATA_DIR": str(tmp_path)})
    assert (done.code, done.out) == (1, "")
    assert "do not both know of a recording" in done.err


def test_an_unknown_recording_is_said(server: Server) -> None:
    assert "a recording nosuchkey" in complaint(server, URL, "--recording", "nosuchkey")


def test_without_a_browser_it_says_where_it_looked(server: Server, recording: dict[str, Any]) -> None:
    assert "There is no Chromium on PATH (chromium, " in complaint(server, URL, PATH="/nowhere")
    assert "There is no Chromium at /no/browser." in complaint(server, URL, "--chromium", "/no/browser")


@pytest.mark.parametrize(
    ("version", "can"),
    [
        ("Google Chrome 137.0.7151.55 ", False),
        ("Google Chrome 156.0.1.2", False),
        ("Google Chrome 136.0.7103.92", True),
        ("Google Chrome for Testing 140.0.7339.80", True),
        ("Chromium 156.0.8078.79 built on Debian", True),
    ],
)
def test_a_chrome_that_would_ignore_the_extension_is_told_apart(
    version: str, can: bool, server: Server, recording: dict[str, Any], tmp_path: Path
) -> None:
    chromium = str(program(tmp_path, version=version))
    if can:
        assert run(server, URL, "--chromium", chromium)[0] == 0
        return
    said = complaint(server, URL, "--chromium", chromium)
    assert "loads no extensions from the command line" in said
    extension = browser_folder(server, recording) / "extension"
    assert str(extension) in said
    assert (extension / "manifest.json").exists(), "to be loaded by hand"


def test_a_browser_that_fails_has_the_last_word(
    server: Server, recording: dict[str, Any], tmp_path: Path
) -> None:
    chromium = program(tmp_path, then="echo 'no display' >&2; exit 3")
    code, _, complaints = run(server, URL, "--chromium", str(chromium))
    assert code == 1
    assert complaints.endswith("The browser ended with code 3. Its last words:\nno display\n")


# ---- while it is open ----


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_ending_it_ends_the_browser(
    word: signal.Signals, server: Server, recording: dict[str, Any], tmp_path: Path
) -> None:
    process = start(server, URL, "--chromium", str(program(tmp_path, then="exec sleep 60")))
    wait_for("the browser", (tmp_path / "arguments").exists)
    process.send_signal(word)
    _, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints) == (0, b"")


def test_a_second_browser_for_the_same_recording_is_refused(
    server: Server, recording: dict[str, Any], tmp_path: Path
) -> None:
    profile = browser_folder(server, recording) / "profile"
    profile.mkdir(parents=True)
    lock = profile / "SingletonLock"
    lock.symlink_to(f"host-{os.getpid()}")
    chromium = str(program(tmp_path))
    assert "is open: close it first" in complaint(server, URL, "--chromium", chromium)
    lock.unlink()
    ended = subprocess.Popen(["true"])
    ended.wait()
    lock.symlink_to(f"host-{ended.pid}")  # of one that crashed
    assert run(server, URL, "--chromium", chromium)[0] == 0


def test_profiles_go_with_their_recordings(server: Server, recording: dict[str, Any], tmp_path: Path) -> None:
    deleted = browser_folder(server, {"key": "deleted"})
    (deleted / "profile").mkdir(parents=True)
    assert run(server, URL, "--chromium", str(program(tmp_path)))[0] == 0
    assert not deleted.exists()
    assert browser_folder(server, recording).exists()


def test_the_first_event_of_the_opened_page_is_captured(
    server: Server, recording: dict[str, Any], tmp_path: Path
) -> None:
    services.need("browser")
    site = Site()
    site.headers = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}
    site.files["/shop.js"] = (
        "caReady = []; cact = function () { caReady.push(arguments) }; cact('trigger', 'a');"
    )
    site.files["/shop.html"] = "<!doctype html><script src='/shop.js'></script>"
    chromium = program(tmp_path, then=f'exec {services.chromium()} --headless=new --disable-gpu "$@"')
    for opened in (1, 2):  # the profile stays, the extension is new
        process = start(server, site.url("/shop.html"), "--chromium", str(chromium))
        wait_for("the event", partial(has_events, server, recording, opened))
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    site.down()


def has_events(server: Server, recording: dict[str, Any], count: int) -> bool:
    return bool(server.state(recording)["last_seq"] == count)
