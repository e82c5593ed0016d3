"""The data equals the published tables, cell by cell, in both directions and in order.

The published document is not ours to ship: where it does not lie beside the checkout, these tests skip.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import pytest

from events.reference import Parameter, Schema, load
from tests.paths import ROOT
from tests.reference.published_cells import Cells, example_of

DOCUMENT = ROOT.parent / "shared" / "reference" / "events-reference.md"
TEXT = DOCUMENT.read_text(encoding="utf-8").replace("\\_", "_") if DOCUMENT.exists() else ""

pytestmark = pytest.mark.skipif(not TEXT, reason=f"the published document is not at {DOCUMENT}")

REFERENCE = load("2023-05")
OWNERS: dict[str, Schema] = {**REFERENCE.events, **REFERENCE.schemas}


class Row(NamedTuple):
    """A row as both sides show it: type and required as their cells spell them, the example as a value."""

    name: str
    type: str
    required: str
    example: Any
    automatic: bool


@dataclass
class Section:
    """What the document says of one event or schema."""

    rows: list[Row] = field(default_factory=list)
    descriptions: list[str] = field(default_factory=list)


def read_sections() -> dict[str, Section]:
    """Every event and schema of the document with the rows of all its tables, in order."""
    sections: dict[str, Section] = {}
    name, automatic = "", False
    for line in TEXT.splitlines():
        if heading := re.match(r"###? ([A-Za-z_]+)", line):
            name, automatic = heading[1], False
        automatic = automatic or line.startswith("**Automatically added")
        for cells in read_cells(line):
            section = sections.setdefault(name, Section())
            section.rows.append(read_row(cells, automatic=automatic))
            section.descriptions.append(cells[4])
    return sections


def read_cells(line: str) -> list[list[str]]:
    """The rows of five cells that stand on the line: a whole HTML table, or one row of a Markdown one."""
    parser = Cells()
    parser.feed(line)
    piped = [cell.strip().strip("`") for cell in line.split("|")[1:-1]]
    is_row = line.startswith("|") and piped[0] not in ("Name", "-----")
    return [cells for cells in [*parser.rows, *([piped] if is_row else [])] if len(cells) == 5]


def read_row(cells: list[str], *, automatic: bool) -> Row:
    name, type_, required, example, _ = (cell.strip() for cell in cells)
    spelt = type_.replace("Object <", "Object<")
    return Row(name, spelt, required.lower(), example_of(spelt, example, TEXT), automatic)


SECTIONS = read_sections()

#: How the document spells our types; strings with a rule of their own may spell that, too.
TYPE_CELLS = {
    "string": "string",
    "number": "number",
    "array": "Array",
    "string[]": "Array[string]",
    "User": "Object<User>",
    "Product": "Object<Product>",
    "Item[]": "Array<Item>",
}


def spelt_type(owner: Schema, row: Parameter) -> str:
    if row.format == "currency":
        return "string (ISO 4217)"
    if row.format == "url" and owner.name in ("purchase", "refund"):
        return "string(url)"
    return TYPE_CELLS[str(row.type)]


def our_rows(owner: Schema) -> list[Row]:
    listed = (row for row in owner.parameters if row.listed)
    return [Row(row.name, spelt_type(owner, row), row.required, row.example, row.automatic) for row in listed]


def published_rows(name: str) -> list[Row]:
    """The document's rows, with the three places settled where it says something outside its cells."""
    rows = SECTIONS[name].rows
    if name == "page_view":  # The table of automatic parameters repeats the user row of the one before it.
        (again,) = (row for row in rows if row.name == "user" and row.automatic)
        assert again._replace(automatic=False) in rows
        return [row for row in rows if row != again]
    if name == "User":  # There, a description says what is automatic.
        return [row._replace(automatic=row.name == "consent_categories") for row in rows]
    if name == "generate_lead":  # The id's cell is empty, but the code example has one.
        (lead,) = re.findall(r"id: '(L_\w+)'", TEXT)
        return [
            row._replace(example=lead) if (row.name, row.example) == ("id", None) else row for row in rows
        ]
    return rows


def test_every_table_is_read() -> None:
    assert list(SECTIONS) == list(OWNERS), "other events or schemas, or another order"
    assert (len(REFERENCE.events), len(REFERENCE.schemas)) == (18, 3)
    html, markdown = TEXT.count("<tr><td><code>"), 1
    assert sum(len(section.rows) for section in SECTIONS.values()) == html + markdown == 118


@pytest.mark.parametrize("name", OWNERS)
def test_rows_are_the_published_ones(name: str) -> None:
    assert our_rows(OWNERS[name]) == published_rows(name)


@pytest.mark.parametrize("name", OWNERS)
def test_a_change_to_any_cell_is_noticed(name: str) -> None:
    """The comparison above has no blind spot."""
    owner, published = OWNERS[name], published_rows(name)
    rows = tuple(row for row in owner.parameters if row.listed)
    for index, row in enumerate(rows):
        for instead in [(), (row, row), *((changed,) for changed in changed_cells(row))]:
            changed = replace(owner, parameters=(*rows[:index], *instead, *rows[index + 1 :]))
            assert our_rows(changed) != published
    assert our_rows(replace(owner, parameters=rows[::-1])) != published


def changed_cells(row: Parameter) -> list[Parameter]:
    return [
        replace(row, name=f"{row.name}x"),
        replace(row, type="number" if row.type == "string" else "string", format=None),
        replace(row, required="no" if row.is_required else "yes"),
        replace(row, example="something else"),
        replace(row, automatic=not row.automatic),
    ]


@pytest.mark.parametrize(
    ("hint", "format_"),
    [
        ("3-letter ISO 4217", "currency"),
        ("(plain value)", "email"),
        ("hashed using MD5", "md5"),
        ("hashed using SHA-256", "sha256"),
        ("E.164", "phone"),
        ("f for Female", "gender"),
        ("YYYY-MM-DD", "birthdate"),
        ("ISO 3166-1", "country"),
    ],
)
def test_formats_are_those_of_the_descriptions(hint: str, format_: str) -> None:
    hinted = [
        (name, row.name)
        for name, section in SECTIONS.items()
        for row, description in zip(section.rows, section.descriptions, strict=True)
        if hint in description
    ]
    ours = [
        (owner.name, row.name)
        for owner in OWNERS.values()
        for row in owner.parameters
        if row.format == format_
    ]
    assert ours
    assert ours == hinted


def test_one_selected_item_is_expected() -> None:
    expecting = [name for name in SECTIONS if "single element" in " ".join(SECTIONS[name].descriptions)]
    assert expecting == [name for name, event in REFERENCE.events.items() if event.max_items == 1]
    assert expecting == ["select_item"]
