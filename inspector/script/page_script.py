"""Assembles the page-side script from its parts and settings, and minifies it. Pure."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import minify

_STATIC: Final = Path(__file__).parents[2] / "static"
_EXPORT: Final = "export default "
#: Parts in the order in which they set the core's hooks: a part comes after the one whose hook it wraps.
PAGE_PARTS: Final = ("call-site", "properties", "verdicts", "offline-queue", "diagnostics", "request-watcher")
#: A URL to which an https page may not post: plain http, not to this machine.
_FAR: Final = re.compile(r"http://(?!localhost|127\.|\[::1])")
#: The extension itself keeps what a page leaves unsent.
EXTENSION_PARTS: Final = ("call-site", "properties", "verdicts", "bridge", "diagnostics", "request-watcher")


class ReplayScript(NamedTuple):
    """The setting for session replay: the URL of the recording script, and whether texts are recorded."""

    script: str
    text: bool

    @property
    def setting(self) -> str:
        """Both values as one short string: each page downloads it."""
        return self.script + ("#text" if self.text else "")


def page_script(
    collect_url: str,
    *,
    bridge: str = "",
    show_url: str = "",
    dashboard_url: str = "",
    debug: bool = False,
    strip: ReplayScript | None = None,
) -> str:
    """The script; it posts to ``collect_url``, or over the extension's ``bridge``.

    ``show_url`` is the URL of the script that shows verdicts in the page; ``debug`` requests verdicts from
    the start. ``dashboard_url`` is visible to every visitor of the page: pass it only where all of them may
    read the recording. ``strip``: the setting for session replay, None for no replay.
    """
    settings = {
        "collect": collect_url,
        "bridge": bridge,
        "show": show_url,
        "dashboard": dashboard_url,
        "debug": debug,
        "strip": strip and strip.setting,
    }
    text = json.dumps({name: value for name, value in settings.items() if value}).replace("<", "\\u003c")
    parts = (EXTENSION_PARTS if bridge else PAGE_PARTS) + (("replay-loader",) if strip else ())
    if not bridge and _FAR.match(collect_url):
        parts += ("mixed-content",)
    return filled(small_script(parts), "__SETTINGS__", text)


@cache
def small_script(parts: tuple[str, ...]) -> str:
    """The minified core with ``parts`` in its scope, with the placeholder of the settings.

    One scope, so that the minifier shortens the names that core and parts share.
    """
    whole = filled((_STATIC / "shim.js").read_text(), "__PARTS__", f"[{','.join(map(_part, parts))}]")
    # One keyword instead of two: gzip makes less of it.
    small = str(minify.string("application/javascript", re.sub(r"\bconst\b", "let", whole)))
    # Where the page has broken what the script cannot do without, it does nothing.
    return f"try{{{small}}}catch{{}}"


def _part(name: str) -> str:
    """The function that the part's module exports."""
    return exported((_STATIC / "shim" / f"{name}.js").read_text())


def exported(source: str) -> str:
    """The function that a module exports, as an expression. Raises ValueError unless it exports just one."""
    if source.count(_EXPORT) != 1:
        raise ValueError(f"{_EXPORT!r} must stand once in a part, not {source.count(_EXPORT)} times")
    return source.partition(_EXPORT)[2]


def filled(source: str, marker: str, code: str) -> str:
    """``source`` with ``code`` instead of the string ``marker``. Raises ValueError unless it stands once."""
    quoted = f'"{marker}"'
    if source.count(quoted) != 1:
        raise ValueError(f"{quoted} must stand once in a script, not {source.count(quoted)} times")
    return source.replace(quoted, code)


def loader(script_url: str, words: dict[str, str], panel_url: str) -> str:
    """A JavaScript expression that loads the script into a page; if that fails, it shows one of ``words``.

    It then opens ``panel_url``, so only the recording's owner may run the expression. ``words`` holds texts
    by the problem's code.
    """
    values = ",".join(json.dumps(value).replace("<", "\\u003c") for value in (script_url, panel_url, words))
    return filled(_small_loader(), "__VALUES__", values)


@cache
def _small_loader() -> str:
    call = f'({_part("loader")})("__VALUES__")'
    return str(minify.string("application/javascript", call)).strip().rstrip(";")


def user_script(collect_url: str, match: str, name: str) -> str:
    """The script with the metadata block of userscript managers; ``match`` is its pages' URL pattern."""
    head = {
        "name": " ".join(f"Cact Inspector: {name}".split()),
        "namespace": "cact-inspector",
        "version": "1",
        "description": "Copies each cact('trigger', …) call to the inspector.",
        "match": match,
        "run-at": "document-start",
        "inject-into": "page",
        "grant": "none",
    }
    lines = [f"// @{key.ljust(12)} {value}" for key, value in head.items()]
    return "\n".join(("// ==UserScript==", *lines, "// ==/UserScript==", "", page_script(collect_url), ""))


@cache
def small_file(path: Path) -> str:
    """The script at ``path``, minified."""
    return str(minify.string("application/javascript", path.read_text()))


def strip_script(library: str, *, seconds: int, size: int) -> str:
    """The session replay script, with rrweb's recorder in a scope that keeps the page's globals untouched.

    ``seconds`` and ``size`` (bytes) limit the recording of one page load.
    """
    recorder = (_STATIC / "shim" / "replay-recorder.js").read_text()
    ours = filled(recorder, "__CLEAN__", _part("clean").strip())
    ours = filled(ours, "__LIMITS__", json.dumps({"seconds": seconds, "bytes": size}))
    small = str(minify.string("application/javascript", ours))
    scope = "var module={exports:{}},exports=module.exports,define;"
    return filled(small, "__RECORD__", f"(function(){{{scope}{library}\nreturn module.exports.record}})()")
