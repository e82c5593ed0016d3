"""The page-side script as it is served: its parts and settings filled in, made small. Pure."""

import json
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import minify

_STATIC: Final = Path(__file__).parents[2] / "static"
#: In this order: a part may build on what those before it do.
_IN_A_PAGE: Final = ("verdicts", "keep", "why", "watch")
_IN_THE_EXTENSION: Final = (
    "verdicts",
    "bridge",
    "why",
    "watch",
)  # which keeps what a page leaves behind itself


class ReplayScript(NamedTuple):
    """That pages record what is on screen: the script which does, and whether texts are shown."""

    script: str
    text: bool

    @property
    def setting(self) -> str:
        """Both in few bytes, as each page carries them."""
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
    """The script, posting to ``collect_url``, or over the extension's ``bridge``.

    ``show_url`` is where the script lies that shows verdicts in the page; ``debug`` has them ready without
    being asked. ``dashboard_url`` is for those alone who may read the recording: it stands in the page for
    all to see. ``strip``: what is on screen is wanted too.
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
    """The core with these of its parts, minified, without settings."""
    whole = (_STATIC / "shim.js").read_text().replace('"__PARTS__"', f"[{','.join(map(_part, parts))}]")
    return str(minify.string("application/javascript", whole))


def _part(name: str) -> str:
    """A part's one function, out of the module that it is to linters."""
    return (_STATIC / "shim" / f"{name}.js").read_text().partition("export default ")[2]


def loader(script_url: str, words: dict[str, str], panel_url: str) -> str:
    """An expression that loads the script into a page, and says why with one of ``words`` where it cannot.

    ``panel_url`` is opened then, so this is for what its owner alone runs.
    """
    values = ",".join(json.dumps(value).replace("<", "\\u003c") for value in (script_url, panel_url, words))
    return _small_loader().replace('"__VALUES__"', values)


@cache
def _small_loader() -> str:
    call = f'({_part("loader")})("__VALUES__")'
    return str(minify.string("application/javascript", call)).strip().rstrip(";")


def user_script(collect_url: str, match: str, name: str) -> str:
    """The script with the head that userscript managers read; ``match`` says on which pages it runs."""
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
    """Another script of ours, minified."""
    return str(minify.string("application/javascript", path.read_text()))


def strip_script(library: str, *, seconds: int, size: int) -> str:
    """What records the screen: ours, with rrweb's recorder in it, which must not touch the page's globals.

    ``seconds`` and ``size``, in bytes, bound what it records of a page load.
    """
    ours = (_STATIC / "shim-strip.js").read_text().replace('"__CLEAN__"', _part("clean").strip())
    ours = ours.replace('"__LIMITS__"', json.dumps({"seconds": seconds, "bytes": size}))
    small = str(minify.string("application/javascript", ours))
    scope = "var module={exports:{}},exports=module.exports,define;"
    return small.replace('"__RECORD__"', f"(function(){{{scope}{library}\nreturn module.exports.record}})()")
