"""The page-side script as it is served: its parts and settings filled in, made small. Pure."""

import json
from functools import cache
from pathlib import Path
from typing import Final

import minify

_STATIC: Final = Path(__file__).parent.parent / "static"
#: In this order: a part may build on what those before it do.
_PARTS: Final = ("verdicts", "keep", "why", "watch")


def page_script(
    collect_url: str, *, bridge: str = "", show_url: str = "", dashboard_url: str = "", debug: bool = False
) -> str:
    """The script, posting to ``collect_url``, or over the extension's ``bridge``.

    ``show_url`` is where the script lies that shows verdicts in the page; ``debug`` has them ready without
    being asked. ``dashboard_url`` is for those alone who may read the recording: it stands in the page for
    all to see.
    """
    settings = {
        "collect": collect_url,
        "bridge": bridge,
        "show": show_url,
        "dashboard": dashboard_url,
        "debug": debug,
    }
    text = json.dumps({name: value for name, value in settings.items() if value}).replace("<", "\\u003c")
    parts = (*_PARTS, "bridge") if bridge else _PARTS
    return small_script(parts).replace('"__SETTINGS__"', text)


@cache
def small_script(parts: tuple[str, ...]) -> str:
    """The core with these of its parts, minified, without settings."""
    whole = (_STATIC / "shim.js").read_text().replace('"__PARTS__"', f"[{','.join(map(_part, parts))}]")
    return str(minify.string("application/javascript", whole))


def _part(name: str) -> str:
    """A part's one function, out of the module that it is to linters."""
    return (_STATIC / "shim" / f"{name}.js").read_text().partition("export default ")[2]


@cache
def small_file(path: Path) -> str:
    """Another script of ours, minified."""
    return str(minify.string("application/javascript", path.read_text()))
