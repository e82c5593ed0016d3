"""Assembles the page-side script from its parts and settings, and minifies it. Pure."""

import json
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import minify

_STATIC: Final = Path(__file__).parents[2] / "static"
#: The order matters: a part may wrap the hooks of the parts before it.
_IN_A_PAGE: Final = ("verdicts", "keep", "why", "watch")
_IN_THE_EXTENSION: Final = (
    "verdicts",
    "bridge",
    "why",
    "watch",
)  # without "keep": the extension queues the events of a page that was left


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
    parts = (_IN_THE_EXTENSION if bridge else _IN_A_PAGE) + (("strip",) if strip else ())
    return small_script(parts).replace('"__SETTINGS__"', text)


@cache
def small_script(parts: tuple[str, ...]) -> str:
    """The minified core with ``parts``, with the placeholder of the settings."""
    whole = (_STATIC / "shim.js").read_text().replace('"__PARTS__"', f"[{','.join(map(_part, parts))}]")
    return str(minify.string("application/javascript", whole))


def _part(name: str) -> str:
    """The text of a part's default export, its only function; the module's other lines are for linters."""
    return (_STATIC / "shim" / f"{name}.js").read_text().partition("export default ")[2]


def loader(script_url: str, words: dict[str, str], panel_url: str) -> str:
    """A JavaScript expression that loads the script into a page; if that fails, it shows one of ``words``.

    It then opens ``panel_url``, so only the recording's owner may run the expression. ``words`` holds texts
    by the problem's code.
    """
    values = ",".join(json.dumps(value).replace("<", "\\u003c") for value in (script_url, panel_url, words))
    return _small_loader().replace('"__VALUES__"', values)


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
    ours = (_STATIC / "shim-strip.js").read_text().replace('"__CLEAN__"', _part("clean").strip())
    ours = ours.replace('"__LIMITS__"', json.dumps({"seconds": seconds, "bytes": size}))
    small = str(minify.string("application/javascript", ours))
    scope = "var module={exports:{}},exports=module.exports,define;"
    return small.replace('"__RECORD__"', f"(function(){{{scope}{library}\nreturn module.exports.record}})()")
