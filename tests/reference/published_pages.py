"""Reads the tables and the example payloads of the published pages of edition 2025-10.

The pages are not ours to ship: where they do not lie beside the checkout, ``PRESENT`` is False.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from events.imports.pasted import read_pasted
from events.reference import load
from tests.paths import ROOT
from tests.reference.published_cells import Cells

EDITION: Final = "2025-10"
FOLDER: Final = ROOT.parent / "shared" / "reference" / EDITION
PRESENT: Final = FOLDER.exists()
OVERVIEW: Final = "README.md"
VIDEO: Final = "video-event-reference.md"
ADVERTISING: Final = "campaign-analytics-module-events.md"
COMMON: Final = "common-events.md"
SHOP: Final = "e-commerce-events.md"
PAGES: Final = (OVERVIEW, COMMON, SHOP, VIDEO, ADVERTISING)

_HEADING: Final = re.compile(r"#+ +(?:<a[^>]*></a>)?([^<#]*?) *(?:<.*)?$")
_CALL: Final = re.compile(r"cact\(\s*['\"]trigger")
_OBJECT: Final = re.compile(r"^\{", re.MULTILINE)


class Line(NamedTuple):
    """A row of a table under its heading; ``title`` is the bold line or heading right above the table."""

    heading: str
    title: str
    cells: list[str]


class Payload(NamedTuple):
    """An example under its heading: ``form`` is "call" of JavaScript or "json"; no ``name``: unreadable."""

    heading: str
    form: str
    name: str
    params: dict[str, Any]


def text_of(page: str) -> str:
    """The page without its escapes of Markdown; "" where it is not here."""
    path = FOLDER / page
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return re.sub(r"\\([_\[\]`{%*-])", r"\1", text)


def lines_of(page: str) -> Iterator[Line]:
    """Every row of the page's tables, those of HTML and those of Markdown."""
    heading = title = ""
    for text in text_of(page).splitlines():
        found = _HEADING.match(text)
        if found:
            title = found[1].strip("*- ")
            heading = heading if title.startswith("Parameters") else title
        elif text.startswith("**"):
            title = text.strip("* ")
        for cells in _cells(text):
            yield Line(heading, title, cells)


def _cells(line: str) -> Iterator[list[str]]:
    if "<table" in line:
        parser = Cells()
        parser.feed(line)
        yield from ([" ".join(cell.split()) for cell in row] for row in parser.rows if row)
    elif line.startswith("|"):
        cells = [re.sub(r"</?p>", "", cell).strip().strip("`") for cell in line.split("|")[1:-1]]
        if cells[0] not in ("Name", "Property") and not cells[0].startswith("--"):
            yield cells


def payloads_of(page: str) -> list[Payload]:
    """The example calls and JSON payloads of the page, in order."""
    text = text_of(page)
    starts = [(found.start(), "call") for found in _CALL.finditer(text)]
    starts += [(found.start(), "json") for found in _OBJECT.finditer(text) if _json(text[found.start() :])]
    found: list[Payload] = []
    for start, form in sorted(starts):
        heading = _heading_before(text, start)
        name, params = (_call(text[start:]) if form == "call" else _json(text[start:])) or ("", {})
        found.append(Payload(heading, form, name, params))
    return found


def _heading_before(text: str, position: int) -> str:
    headings = [_HEADING.match(line) for line in text[:position].splitlines() if line.startswith("#")]
    titles = [found[1].strip("*- ") for found in headings if found]
    return [title for title in titles if not title.startswith("Parameters")][-1]


def _call(text: str) -> tuple[str, dict[str, Any]] | None:
    end = re.search(r"\n\}\);?|\} \}\);", text)
    assert end is not None
    events = read_pasted(text[: end.end()], load(EDITION)).delivery.events
    read = [event for event in events if event.name and "" not in event.unknown]
    return (read[0].name, read[0].called) if read else None


def _json(text: str) -> tuple[str, dict[str, Any]] | None:
    try:
        value, _ = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return None
    return (str(value.pop("event_name")), value) if "event_name" in value else None
