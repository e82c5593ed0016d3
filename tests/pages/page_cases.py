"""Reads the pages that must be left as they were: an HTML and a JSON file each.

Placeholders in the page and in its files:

``[[first]]``      the recorder, then our script tag in the way ``tag``: first in a document's head
``[[observe]]``, ``[[tag]]``  the two by themselves, for pages in which something runs between them
``[[late]]``       our script tag in the way ``late``: after stub and container
``[[stub]]``       the documented stub as an inline script; ``[[stub code]]`` is its code alone
``[[container]]``  the container's script element; ``[[container generator=84]]`` sets its data attributes
``[[collector]]``  the collector's URL without ``/events``
``[[shim]]``       the address of our script; ``[[inspector]]`` and ``[[site]]`` are the origins
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, Literal, Self

#: ``framed`` is ``tag`` with the page in a frame of its site; it is compared with ``framed without``.
Way = Literal["without", "tag", "late", "extension", "framed", "framed without"]
_COMPARED: Final[tuple[Way, ...]] = ("tag", "late", "extension", "framed")
FOLDER: Final = Path(__file__).parent / "left_as_it_was"
#: How the names of pages begin for which it matters what ran before the script: globals, queue, wires, zones.
_ORDER_MATTERS: Final = (
    *("beacon", "cact", "client", "fetch", "getter-that-counts", "intrinsics", "natives", "navigator"),
    *("object-prototype", "prototype-js", "proxy-params", "queue", "service-worker", "set-property", "stub"),
    *("tags", "tojson", "two-containers", "wire", "zone"),
)


@dataclass(frozen=True, kw_only=True)
class PageCase:
    """One page and what is expected of it: the JSON file's keys, the file's name and its HTML.

    A key that is a way's name holds fields that differ in this way: ``{"late": {"events": []}}``.
    """

    name: str
    html: str
    about: str
    """What the page does that a script could break."""
    ways: tuple[Way, ...] = ()
    """The ways to try; by default ``tag`` and ``extension``, and ``late`` where the page has it."""
    in_frame: bool = False
    """Whether the page is tried in a frame, too. Its steps then happen in the frame."""
    type: str = "html"
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of every file of the page."""
    files: dict[str, str | list[str]] = field(default_factory=dict)
    """Further files of the site by their paths, as a text or as lines."""
    steps: tuple[dict[str, Any], ...] = ()
    """What happens after the load, see ``page_steps``."""
    vendor: int = 0
    """How many requests the collector receives."""
    events: tuple[dict[str, Any], ...] | None = ()
    """The events that the inspector receives, in the order of the calls, and what each holds; None: any."""
    says: tuple[str, ...] = ()
    """Regular expressions of the console lines that our script must cause."""
    may_say: tuple[str, ...] = ()
    """Regular expressions of the console lines that our script may cause."""
    more: tuple[str, ...] = ("ownKeys", "getOwnPropertyDescriptor")
    """The Proxy traps that may run more often than without us."""
    ordered: bool = True
    """Whether requests and events come in the same order in each run; not so with frames and unloads."""
    timers: bool = True
    """Whether the page sets the same number of timers in each run."""
    needs: tuple[str, ...] = ()
    """What the tests need beside the browser, see ``tests.services``."""
    fails: dict[str, str] = field(default_factory=dict)
    """Ways that fail today, with the reason. A way that passes all the same fails its test."""
    by_way: dict[Way, dict[str, Any]] = field(default_factory=dict)

    @property
    def order_matters(self) -> bool:
        """Whether it matters what ran before the script."""
        return self.name.startswith(_ORDER_MATTERS)

    @property
    def tried(self) -> tuple[Way, ...]:
        """The ways of a run. ``late`` only where the order of scripts matters, else with EVERY_WAY=1."""
        ordered = os.environ.get("EVERY_WAY") == "1" or self.order_matters
        late: tuple[Way, ...] = ("late",) if ordered and "[[late]]" in self._text else ()
        framed: tuple[Way, ...] = ("framed",) if self.in_frame else ()
        return (*(self.ways or ("tag", *late, "extension")), *framed)

    @property
    def _text(self) -> str:
        return self.html + "".join(map(joined, self.files.values()))

    def of(self, way: Way) -> Self:
        """The case with the fields of this way."""
        return replace(self, **self.by_way.get(way, {}))

    @property
    def page(self) -> str:
        """The path of the page on its site."""
        return f"/page.{self.type}"


def joined(text: str | list[str]) -> str:
    """A file's text, which a JSON file may hold as lines."""
    return text if isinstance(text, str) else "\n".join(text)


def read(path: Path) -> PageCase:
    """The case of a page's HTML file. Raises ValueError for an unknown key."""
    told = json.loads(path.with_suffix(".json").read_text())
    by_way = {way: told.pop(way) for way in _COMPARED if way in told}
    known = {each.name for each in fields(PageCase)} - {"name", "html", "by_way"}
    for keys in (told, *by_way.values()):
        if unknown := set(keys) - known:
            raise ValueError(f"{path.stem}.json: unknown keys {', '.join(sorted(unknown))}")
    return PageCase(name=path.stem, html=path.read_text(), by_way=by_way, **told)


def all_cases() -> list[PageCase]:
    """Every page, in the order of their names."""
    return [read(path) for path in sorted(FOLDER.glob("*.html"))]


def filled(text: str, values: dict[str, str], container: Callable[[dict[str, str]], str]) -> str:
    """``text`` with the placeholders' values; ``container`` gives the element for its attributes."""
    for name, value in values.items():
        text = text.replace(f"[[{name}]]", value)
    while (start := text.find("[[container")) >= 0:
        end = text.index("]]", start)
        options = dict(pair.split("=") for pair in text[start + len("[[container") : end].split())
        text = text[:start] + container(options) + text[end + 2 :]
    return text
