"""The browser extension for one recording: its sources, and what is filled in. Needs no Django."""

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
_NAME_LENGTH: Final = 60  # of a file, without its ending


class Target(NamedTuple):
    """The recording that an extension writes to: its name, and the addresses where it is.

    ``strip`` and ``recorder``: that its pages record what is on screen, and the script which does.
    """

    name: str
    collect_url: str
    dashboard_url: str
    strip: ReplayScript | None = None
    recorder: str = ""


def new_bridge() -> str:
    """A name for the events between the page's script and the extension that no page guesses."""
    return f"bridge-{secrets.token_hex(8)}"


def extension_files(target: Target, bridge: str, open_url: str = "") -> dict[str, bytes]:
    """Every file of the extension by its path; the same for the same arguments.

    ``open_url`` is an address whose site is switched on from the start, and that opens with the browser.
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
        "shim-show.js": (_STATIC / "shim-show.js").read_text(),
    }
    if target.strip:
        filled_in[_RECORDER] = target.recorder
    return sources | {name: text.encode() for name, text in filled_in.items()}


def extension_zip(target: Target, bridge: str) -> bytes:
    """The extension, packed: to be unpacked and loaded in Chromium, or loaded as it is in Firefox."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in sorted(extension_files(target, bridge).items()):
            entry = ZipInfo(name)  # its date is always the same
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def file_name(recording_name: str) -> str:
    """What to call the packed extension: of letters, digits and dashes, whatever the recording is called."""
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
    """The manifest, allowing connections to the inspector alone."""
    manifest = json.loads(source)
    reachable = inspector if "[" not in inspector else "http: https:"  # policies cannot name IPv6 addresses
    # Said in full, since Firefox otherwise insists on https.
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src {reachable}"
    )
    manifest["content_security_policy"] = {"extension_pages": policy}
    return json.dumps(manifest, indent=2)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
