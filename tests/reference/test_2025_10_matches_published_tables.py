"""Edition 2025-10 equals the published tables, cell by cell, in both directions and in order.

The published pages are not ours to ship: where they do not lie beside the checkout, these tests skip.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple

import pytest

from events.reference import Parameter, Schema, load
from tests.reference.published_cells import example_of
from tests.reference.published_pages import (
    ADVERTISING,
    EDITION,
    OVERVIEW,
    PRESENT,
    SHOP,
    VIDEO,
    Line,
    lines_of,
    payloads_of,
    text_of,
)

pytestmark = pytest.mark.skipif(
    not PRESENT, reason="the published pages of 2025-10 are not beside the checkout"
)

REFERENCE = load(EDITION)
TOUCHPOINTS: Final = ("ad_view", "ad_click")
#: The events of the overview page, then its schemas.
OWNERS: dict[str, Schema] = {
    **{name: spec for name, spec in REFERENCE.events.items() if not name.startswith(("video_", "ad_"))},
    **REFERENCE.schemas,
    **{name: REFERENCE.events[name] for name in TOUCHPOINTS},
}
#: Title of a group's table -> the shared table that holds it, and the heading before its first event.
GROUPS: Final = {
    "Playback Events Properties": "video_playback",
    "Content Events Properties": "video_content",
    "Ad Events Properties": "video_ad",
    "Setting Events Properties": "video_setting",
}
TYPES: Final = {
    "string": "string",
    "number": "number",
    "array": "Array",
    "string[]": "Array[string]",
    "User": "Object<User>",
    "Product": "Object<Product>",
    "Item[]": "Array<Item>",
}
VIDEO_TYPES: Final = {
    "string": "String",
    "integer": "Integer",
    "boolean": "Boolean",
    "number": "Float",
    "string[]": "Array [String]",
    "string or string[]": "String Array [String]",
}


class Row(NamedTuple):
    """A row as both sides show it; the video page has no column of examples."""

    name: str
    type: str
    required: str
    example: Any = None
    automatic: bool = False
    deprecated: bool = False


def published(name: str) -> list[Row]:
    """The overview's rows, with the places settled where it says something outside its cells."""
    if name in TOUCHPOINTS:  # ad_view has no table: it shares that of ad_click (C13).
        return [_row(line) for line in lines_of(ADVERTISING)]
    rows = [_row(line) for line in lines_of(OVERVIEW) if line.heading == name and len(line.cells) == 5]
    if name == "page_view":  # The table of automatic parameters repeats the user row of the one before it.
        (again,) = (row for row in rows if row.name == "user" and row.automatic)
        assert again._replace(automatic=False) in rows
        return [row for row in rows if row != again]
    if name == "User":  # There, a description says what is automatic.
        return [row._replace(automatic=row.name == "consent_categories") for row in rows]
    if name == "generate_lead":  # The id's cell is empty, but the code example has one.
        (lead,) = set(re.findall(r"id: '(L_\w+)'", text_of(OVERVIEW)))
        return [row._replace(example=lead) if row.name == "id" else row for row in rows]
    if name == "purchase":  # The example user holds a property of the customer's own: no row describes it.
        (user,) = (row for row in rows if row.name == "user")
        assert user.example.pop("card") == 3320457845
    return rows


def _row(line: Line) -> Row:
    name, type_, required, example, _ = line.cells
    spelt = type_.replace("Object <", "Object<")
    deprecated = name.endswith(" (deprecated)")
    return Row(
        name.removesuffix(" (deprecated)"),
        spelt,
        required.lower(),
        example_of(spelt, example, text_of(OVERVIEW)),
        line.title.startswith("Automatically added"),
        deprecated,
    )


def ours(owner: Schema) -> list[Row]:
    return [
        Row(
            row.name, _spelt(owner, row), row.required, row.example, row.automatic, row.deprecated is not None
        )
        for row in owner.parameters
        if row.listed
    ]


def _spelt(owner: Schema, row: Parameter) -> str:
    if row.format == "currency":
        return "string (ISO 4217)"
    if row.format == "url" and owner.name in ("purchase", "refund"):
        return "string(url)"
    return TYPES[str(row.type)]


def test_every_table_is_read() -> None:
    headings = list(dict.fromkeys(line.heading for line in lines_of(OVERVIEW) if len(line.cells) == 5))
    assert [*headings, *TOUCHPOINTS] == list(OWNERS), "other events or schemas, or another order"
    rows = [line for line in lines_of(OVERVIEW) if len(line.cells) == 5]
    assert len(rows) == 138  # 137 and page_view's user, which is printed twice
    html, statuses, markdown = text_of(OVERVIEW).count("<tr><td>"), 10, 1
    assert html - statuses + markdown == 138
    assert len(REFERENCE.events) == 49


@pytest.mark.parametrize("name", OWNERS)
def test_rows_are_the_published_ones(name: str) -> None:
    assert ours(OWNERS[name]) == published(name)


@pytest.mark.parametrize("name", OWNERS)
def test_a_change_to_any_cell_is_noticed(name: str) -> None:
    """The comparison above has no blind spot."""
    owner, there = OWNERS[name], published(name)
    for changed in _changed(owner):
        assert ours(changed) != there


def _changed(owner: Schema) -> Iterator[Schema]:
    rows = tuple(row for row in owner.parameters if row.listed)
    for index, row in enumerate(rows):
        cells = (
            replace(row, name=f"{row.name}x"),
            replace(row, type="number" if row.type == "string" else "string", format=None),
            replace(row, required="no" if row.required.startswith("yes") else "yes"),
            replace(row, example="something else"),
            replace(row, automatic=not row.automatic),
            replace(row, deprecated=None if row.deprecated else "id"),
        )
        for instead in [(), (row, row), *((cell,) for cell in cells)]:
            yield replace(owner, parameters=(*rows[:index], *instead, *rows[index + 1 :]))
    yield replace(owner, parameters=rows[::-1])


# --- video: four tables, each of which a group of events shares ---


def group_table(title: str) -> list[Row]:
    """The group's rows as printed: name, type and required."""
    rows = [line.cells for line in lines_of(VIDEO) if line.heading == title]
    return [Row(name, type_, required.lower()) for name, type_, required, _ in rows]


def events_of(group: str) -> list[str]:
    """The events of the group, in the order of their example payloads on the page."""
    titles = list(GROUPS)
    text = text_of(VIDEO)
    start = text.index(f"## {titles[list(GROUPS.values()).index(group)]}")
    following = [text.find(f"## {title}") for title in titles] + [text.index("## Events Lifecycle")]
    end = min(place for place in following if place > start)
    return re.findall(r'"event_name": "(\w+)"', text[start:end])


def our_table(group: str) -> list[Row]:
    return [
        Row(row.name, _video_type(group, row), row.required)
        for row in REFERENCE.parts[group].parameters
        if row.listed
    ]


def _video_type(group: str, row: Parameter) -> str:
    if row.format == "date":
        return "ISO 8601 Date String"
    if row.enumeration == "load_type":
        return "Enum"
    if group == "video_setting" and row.type == "string or string[]":
        return "String"  # The examples send arrays: both are taken (V2).
    return VIDEO_TYPES[str(row.type)]


@pytest.mark.parametrize(("title", "group"), GROUPS.items())
def test_a_shared_table_is_the_published_one(title: str, group: str) -> None:
    assert our_table(group) == group_table(title)


def test_the_events_of_video_are_those_with_an_example_in_order() -> None:
    grouped = [name for group in GROUPS.values() for name in events_of(group)]
    assert grouped == [name for name in REFERENCE.events if name.startswith("video_")]
    examples = {payload.name for payload in payloads_of(VIDEO) if payload.form == "json"}
    assert set(grouped) == examples


#: Printed Yes, which the text narrows to these events (V3, V7).
NARROWED: Final = {
    ("video_playback", "cursor_position"): {"video_buffer_start", "video_buffer_complete"},
    ("video_setting", "sound"): {"video_volume"},
    ("video_setting", "full_screen"): {"video_fullscreen_on", "video_fullscreen_off"},
    ("video_setting", "image_quality"): {"video_quality"},
}


@pytest.mark.parametrize("group", GROUPS.values())
def test_each_event_of_a_group_has_its_rows(group: str) -> None:
    table = our_table(group)
    for name in events_of(group):
        expected = [_narrowed(group, row, name) for row in table]
        rows = [row for row in REFERENCE.events[name].parameters if row.listed]
        assert [(row.name, row.required) for row in rows] == [(row.name, row.required) for row in expected]


def _narrowed(group: str, row: Row, event: str) -> Row:
    named = NARROWED.get((group, row.name))
    if named is None:
        return row
    holds = event not in named if group == "video_playback" else event in named
    return row if holds else row._replace(required="no")


def test_the_rows_of_video_are_as_many_as_published() -> None:
    counts = [len(group_table(title)) * len(events_of(group)) for title, group in GROUPS.items()]
    assert counts == [9 * 21, 4 * 19, 8 * 12, 8 * 26]
    rows = [
        row for name, spec in REFERENCE.events.items() if name.startswith("video_") for row in spec.parameters
    ]
    assert sum(row.listed for row in rows) == sum(counts) == 569


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("Range is from 0-100", [("video_playback", "sound")]),
        (
            "null in case of a livestream",
            [("video_playback", "total_length")],
        ),
    ],
)
def test_what_a_description_says_of_a_value_is_in_the_row(words: str, rows: list[tuple[str, str]]) -> None:
    said = [
        (GROUPS[line.heading], line.cells[0])
        for line in lines_of(VIDEO)
        if line.heading in GROUPS and words in line.cells[3]
    ]
    assert said == rows
    for group, name in said:
        row = REFERENCE.parts[group].parameter(name)
        assert row is not None
        assert row.range or row.unless


# --- lists ---


@pytest.mark.parametrize(
    ("pattern", "enumeration", "count"),
    [
        (r"\| payment_method +\| ([a-z_]+)", "payment_method", 9),
        (r"<td>status</td><td>([a-z_]+)", "purchase_status", 10),
        (r"<li>([a-z_]+)(?:</li>| \(e\.g\.)", "page_type", 13),
    ],
)
def test_lists_are_the_published_ones(pattern: str, enumeration: str, count: int) -> None:
    values = REFERENCE.enumerations[enumeration].values
    assert list(values) == re.findall(pattern, text_of(OVERVIEW))
    assert len(values) == count


def test_the_lists_of_video_are_those_of_the_descriptions() -> None:
    told = {
        line.cells[0]: line.cells[3] for line in lines_of(VIDEO) if line.heading == "Ad Events Properties"
    }
    for name, closed in (("ad_type", False), ("load_type", True)):
        enumeration = REFERENCE.enumerations[name]
        assert list(enumeration.values) == [
            word.strip() for word in re.findall(r"' ?([\w-]+) ?'", told[name])
        ]
        assert enumeration.closed is closed


def test_names_that_the_shop_page_alone_lists_are_known() -> None:
    """C4: rows of another published page, which the overview never had."""
    listed = {line.cells[0] for line in lines_of(SHOP) if line.heading == "purchase" and len(line.cells) == 5}
    purchase = REFERENCE.events["purchase"]
    only_there = listed - {row.name for row in purchase.parameters if row.listed}
    assert only_there == {"last_channel", "last_source"}
    assert all(purchase.parameter(name) for name in only_there)
