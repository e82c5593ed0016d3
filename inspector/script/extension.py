"""Builds the browser extension for one recording from its sources and settings. Needs no Django."""

import io
import json
import re
import secrets
from pathlib import Path
from typing import Final, NamedTuple
from unicodedata import normalize
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from inspector.script.page_script import ReplayScript, page_script

_STATIC: Final = Path(__file__).parents[2] / "static"
_SOURCES: Final = _STATIC / "extension"
_RECORDER: Final = "shim-strip.js"
_NAME_LENGTH: Final = 60  # characters of a file name without its extension


class Target(NamedTuple):
    """The recording that an extension writes to: its name and URLs.

    ``strip``: the setting for session replay, None for no replay; ``recorder``: the script that records it.
    """

    name: str
    collect_url: str
    dashboard_url: str
    strip: ReplayScript | None = None
    recorder: str = ""


def new_bridge() -> str:
    """A random, unguessable name for the DOM events between the page's script and the extension."""
    return f"bridge-{secrets.token_hex(8)}"


def extension_files(target: Target, bridge: str, open_url: str = "") -> dict[str, bytes]:
    """The extension's files by their paths; equal arguments give equal files.

    ``open_url`` is a URL that opens with the browser; its site is captured from the start.
    """
    sources = {
        path.relative_to(_SOURCES).as_posix(): path.read_bytes()
        for path in sorted(_SOURCES.rglob("*"))
        if path.is_file()
    }
    filled_in = {
        "config.js": _config(target, bridge, open_url),
        "manifest.json": _manifest(sources["manifest.json"], _origin(target.collect_url)),
        "shim.js": page_script(target.collect_url, bridge=bridge, debug=True, strip=target.strip),
        "shim-show.js": (_STATIC / "shim" / "badge.js").read_text(),
    }
    if target.strip:
        filled_in[_RECORDER] = target.recorder
    return sources | {name: text.encode() for name, text in filled_in.items()}


def extension_zip(target: Target, bridge: str) -> bytes:
    """The extension as a ZIP file: Chromium loads it unpacked, Firefox loads the file itself."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in sorted(extension_files(target, bridge).items()):
            entry = ZipInfo(name)  # with its constant default date, so that equal files give an equal ZIP
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def file_name(recording_name: str) -> str:
    """The ZIP file's name: the recording's name reduced to ASCII letters, digits and dashes."""
    plain = normalize("NFKD", recording_name).encode("ascii", "ignore").decode()  # é is e
    words = re.findall(r"[a-z0-9]+", plain.lower())
    return "-".join(["cact-inspector", *words])[:_NAME_LENGTH].rstrip("-") + ".zip"


def _config(target: Target, bridge: str, open_url: str) -> str:
    config = {
        "name": target.name,
        "collect": target.collect_url,
        "dashboard": target.dashboard_url,
        "health": f"{_origin(target.collect_url)}/healthz",
        "bridge": bridge,
        "sites": [open_url] if open_url else [],
        "open": open_url,
        "strip": _RECORDER if target.strip else "",
    }
    return f"globalThis.cactInspector = {json.dumps(config, indent=2)};\n"


def _manifest(source: bytes, inspector: str) -> str:
    """The manifest with a content security policy that allows connections to the inspector alone."""
    manifest = json.loads(source)
    reachable = inspector if "[" not in inspector else "http: https:"  # policies cannot name IPv6 addresses
    # All directives are explicit: Firefox's default policy upgrades requests to https.
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src {reachable}"
    )
    manifest["content_security_policy"] = {"extension_pages": policy}
    return json.dumps(manifest, indent=2)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
