"""What the extension is made of, and its download."""

import io
import json
import re
import struct
import tomllib
from typing import Any, Final
from zipfile import ZipFile

import pytest

from inspector.script.extension import Target, extension_files, extension_zip, file_name, new_bridge
from tests.paths import ROOT
from tests.servers import Server

HOSTILE: Final = '__MSG_x__ </script> "\u2028 `${1}` \\'
TARGET: Final = Target(HOSTILE, "http://127.0.0.1:8000/collect/k-_1", "http://127.0.0.1:8000/recordings/r/")


@pytest.fixture
def files() -> dict[str, bytes]:
    return extension_files(TARGET, "bridge-1")


@pytest.fixture
def manifest(files: dict[str, bytes]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files["manifest.json"])
    return loaded


# ---- the download ----


@pytest.fixture
def recording(server: Server) -> dict[str, Any]:
    return server.new_recording("Été & Staging: 2")


def test_it_is_downloaded_with_everything_filled_in(server: Server, recording: dict[str, Any]) -> None:
    answer = server.client.get(f"/recordings/{recording['key']}/extension.zip")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    called = 'attachment; filename="cact-inspector-ete-staging-2.zip"'
    assert answer.headers["Content-Disposition"] == called
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert {"manifest.json", "config.js", "shim.js", "icons/128.png"} <= set(archive.namelist())
        config = archive.read("config.js").decode()
        assert recording["urls"]["collect"] in config
        assert recording["urls"]["dashboard"] in config
        assert recording["urls"]["collect"] in archive.read("shim.js").decode()


def test_every_download_has_another_bridge(server: Server, recording: dict[str, Any]) -> None:
    address = f"/recordings/{recording['key']}/extension.zip"
    assert server.client.get(address).content != server.client.get(address).content


def test_an_unknown_recording_has_none(server: Server) -> None:
    assert server.client.get("/recordings/none/extension.zip").status_code == 404


def test_the_same_is_packed_the_same() -> None:
    assert extension_zip(TARGET, "bridge-1") == extension_zip(TARGET, "bridge-1")
    assert new_bridge() != new_bridge()


@pytest.mark.parametrize(
    ("recording", "called"),
    [
        ("Recording of 24 November, 18:38 UTC", "cact-inspector-recording-of-24-november-18-38-utc.zip"),
        ('../"\r\n', "cact-inspector.zip"),
        ("チェックアウト", "cact-inspector.zip"),
        ("é" * 300, f"cact-inspector-{'e' * 45}.zip"),
    ],
)
def test_the_file_has_a_name_that_every_system_takes(recording: str, called: str) -> None:
    assert file_name(recording) == called


# ---- what is in it ----


def test_no_gap_is_left(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if not name.endswith(".png"):
            assert not re.search(r"__[A-Z]+_", content.decode().replace(HOSTILE.split()[0], "")), name
            assert "TODO" not in content.decode(), name


def test_the_configuration_says_what_it_was_given(files: dict[str, bytes]) -> None:
    text = files["config.js"].decode()
    assert text.isascii()
    config = json.loads(text.removeprefix("globalThis.cactInspector = ").removesuffix(";\n"))
    assert config == {
        "name": HOSTILE,
        "collect": TARGET.collect_url,
        "dashboard": TARGET.dashboard_url,
        "health": "http://127.0.0.1:8000/healthz",
        "bridge": "bridge-1",
        "sites": [],
        "open": "",
        "strip": "",
    }


def test_the_manifest_names_files_that_are_there(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    action, background = manifest["action"], manifest["background"]
    named = [
        *manifest["icons"].values(),
        *action["default_icon"].values(),
        action["default_popup"],
        background["service_worker"],
        *background["scripts"],
    ]
    assert set(named) <= set(files)


def test_the_scripts_and_pages_name_files_that_are_there(files: dict[str, bytes]) -> None:
    names = r"""["']\.?/?([\w-]+\.(?:js|css|html))["']"""
    named = {
        found
        for name, content in files.items()
        if name.endswith((".js", ".html")) and not name.startswith("shim")
        for found in re.findall(names, content.decode())
    }
    assert {"config.js", "bridge.js", "shim.js", "shim-show.js", "popup.css", "open.html"} <= named
    assert named <= set(files)


def test_icons_have_the_size_that_the_manifest_says(
    files: dict[str, bytes], manifest: dict[str, Any]
) -> None:
    for size, name in manifest["icons"].items():
        assert files[name].startswith(b"\x89PNG")
        assert struct.unpack(">II", files[name][16:24]) == (int(size), int(size))


def test_it_may_do_what_it_needs_and_connect_to_the_inspector_alone(manifest: dict[str, Any]) -> None:
    assert manifest["manifest_version"] == 3
    assert manifest["permissions"] == ["scripting", "storage"]
    assert manifest["host_permissions"] == ["<all_urls>"]
    policy = manifest["content_security_policy"]["extension_pages"]
    assert policy.endswith("connect-src http://127.0.0.1:8000")
    assert "default-src 'none'; script-src 'self';" in policy
    assert "unsafe" not in policy
    assert not {"externally_connectable", "web_accessible_resources", "content_scripts"} & set(manifest)


def test_a_policy_that_cannot_name_the_inspector_is_wider() -> None:
    target = TARGET._replace(collect_url="http://[::1]:8000/collect/k")
    manifest = json.loads(extension_files(target, "bridge-1")["manifest.json"])
    assert manifest["content_security_policy"]["extension_pages"].endswith("connect-src http: https:")


def test_it_names_the_browsers_that_it_runs_in(manifest: dict[str, Any]) -> None:
    gecko = manifest["browser_specific_settings"]["gecko"]
    assert gecko["strict_min_version"] == "128.0"
    assert re.fullmatch(r"[\w.-]+@[\w.-]+", gecko["id"])
    assert int(manifest["minimum_chrome_version"]) >= 119  # frames by their maker's origin


def test_its_version_is_the_inspectors(manifest: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert manifest["version"] == project["version"]


def test_browsers_take_its_texts(manifest: dict[str, Any]) -> None:
    assert len(manifest["name"]) <= 45
    assert len(manifest["description"]) <= 132


def test_pages_of_the_extension_have_no_inline_scripts(files: dict[str, bytes]) -> None:
    for name in ("popup.html", "open.html"):
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=|javascript:", files[name].decode()), name
