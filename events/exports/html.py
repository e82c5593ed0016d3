"""Writes one self-contained HTML file, for a ticket: the recording, and a page that shows it.

The content security policy of the file permits only its own scripts and styles, so that no recorded value can
make it access the network.
"""

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import orjson
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from events.exports import ndjson
from events.exports.embedded import embed
from events.exports.scope import Scope
from events.exports.specification import table_specification

_STYLES: Final = ("css/base.css", "css/dashboard.css", "css/event.css", "export/page.css")
_FIRST_SCRIPTS: Final = ("js/theme.js",)  # before the first paint
_SCRIPTS: Final = tuple(
    f"export/{name}.js" for name in ("exact", "table", "filter", "data", "list", "detail", "page")
)
_SIGNS: Final = {"invalid": "✕", "warning": "⚠", "valid": "✓"}
_PUT_STYLES: Final = "<!--styles-->"
_PUT_RECORDING: Final = "<!--recording-->"


class _Parts(NamedTuple):
    """The constant parts of every file: elements for its head and end, and the policy that permits them."""

    head: str
    end: str
    policy: str


def write(scope: Scope) -> Iterator[bytes]:
    """The file, a slice at a time. Raises RecordingGone."""
    parts = _parts()
    context = {
        "name": scope.text(scope.shown.name),
        "recording": scope.shown,
        "verdicts": [(verdict, _SIGNS[verdict], count) for verdict, count in scope.verdicts().items()],
        "policy": parts.policy,
    }
    before, after = render_to_string("exports/recording.html", context).split(_PUT_RECORDING)
    yield before.replace(_PUT_STYLES, parts.head).encode()
    specification = orjson.dumps(table_specification(scope.edition)).replace(b"<", b"\\u003c")
    yield b'<script type="application/json" id="reference">' + specification + b"</script>\n"
    for number, lines in enumerate(ndjson.write(scope, strip=False)):
        yield embed(lines, first=number == 0)
    yield (parts.end + after).encode()


@cache
def _parts() -> _Parts:
    """Read the styles and scripts; cached."""
    style = "\n".join(map(_source, _STYLES))
    first, last = [_source(name) for name in _FIRST_SCRIPTS], [_source(name) for name in _SCRIPTS]
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_hash, [*first, *last]))}; "
        f"style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )
    head = f"<style>{style}</style>" + "".join(f"<script>{source}</script>" for source in first)
    return _Parts(head, "".join(f"<script>{source}</script>\n" for source in last), policy)


def _source(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found).read_text(encoding="utf-8")


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
