"""What two editions say differently: counted as published, grouped, and explained for a verdict."""

from dataclasses import replace

import pytest

from events.reference import Reference, editions, load
from events.reference.differences import Differences, differences
from inspector.presenters.reference_diff import DiffGroup, groups_of, sentence_of, totals_of

OLDER, NEWER = load("2023-05"), load("2025-10")
FOUND = differences(OLDER, NEWER)


def group(name: str, found: Differences = FOUND) -> DiffGroup:
    (one,) = (group for group in groups_of(found) if name in group.names)
    return one


def told(name: str, found: Differences = FOUND) -> list[tuple[str, tuple[str, ...], str]]:
    """Kind, names and code of each row of a group."""
    return [(row.kind, row.names, row.meaning.code) for row in group(name, found).rows]


def with_row(reference: Reference, event: str, name: str, **changes: object) -> Reference:
    """The edition with one row of an event changed."""
    spec = reference.events[event]
    rows = tuple(replace(row, **changes) if row.name == name else row for row in spec.parameters)  # type: ignore[arg-type]
    return replace(reference, events=reference.events | {event: replace(spec, parameters=rows)})


def test_the_totals_are_the_published_ones() -> None:
    totals = totals_of(FOUND)
    assert (totals.events_added, totals.events_removed) == (31, 0)
    assert (totals.rows_added, totals.rows_removed, totals.types, totals.required) == (21, 1, 0, 0)


def test_one_sentence_says_what_a_right_call_has_to_mind() -> None:
    assert sentence_of(FOUND) == (
        "A call that is right by 2023-05 is right by 2025-10, "
        "except that view_item must say value instead of revenue."
    )
    assert sentence_of(differences(NEWER, OLDER)).endswith("need not be right by 2023-05.")


@pytest.mark.parametrize("edition", editions())
def test_an_edition_equals_itself(edition: str) -> None:
    found = differences(load(edition), load(edition))
    assert found.equal
    assert groups_of(found) == []
    assert sentence_of(found) == "These two say the same."


def test_what_changes_verdicts_comes_first_and_new_events_last() -> None:
    groups = groups_of(FOUND)
    assert groups[0].names == ("view_item",)
    statuses = [group.status for group in groups]
    assert statuses == sorted(statuses, key=lambda status: status == "new")
    only = groups_of(FOUND, only_verdicts=True)
    assert all(row.meaning.changes for group in only for row in group.rows)
    assert [group.names[0] for group in only][:2] == ["view_item", "Every event"]


def test_a_renamed_parameter_is_explained() -> None:
    assert told("view_item") == [("new", ("value",), "missing_required"), ("gone", ("revenue",), "")]
    assert "revenue" in group("view_item").rows[0].meaning.text


def test_a_deprecated_parameter_names_what_replaced_it() -> None:
    assert told("page_view") == [("new", ("type",), "deprecated_property")]


def test_equal_rows_are_written_once() -> None:
    assert told("User") == [("new", ("street", "status"), "")]
    assert told("purchase")[0] == ("new", ("event_name",), "")


def test_events_of_one_table_are_one_group() -> None:
    videos = [one for one in groups_of(FOUND) if one.names[0].startswith("video_")]
    assert sorted(len(one.names) for one in videos) == [4, 8, 8, 9]
    assert sum(one.added for one in videos) == 569
    assert group("ad_view").names == ("ad_view", "ad_click")


@pytest.mark.parametrize(
    ("event", "row", "words"),
    [
        ("video_volume", "sound", "only in video_volume"),
        ("video_start", "cursor_position", "not in video_buffer_start, video_buffer_complete"),
        ("video_start", "total_length", "unless livestream is true"),
    ],
)
def test_a_requirement_of_some_events_says_of_which(event: str, row: str, words: str) -> None:
    (found,) = (each for each in group(event).rows if row in each.names)
    assert words in found.after
    assert found.meaning.code == "missing_required"


def test_what_every_event_and_every_request_has_is_said_once() -> None:
    assert told("Every event") == [("other", ("event_name",), "bad_format")]
    assert told("Requests") == [("new", ("context.event_id",), "missing_recommended")]


@pytest.mark.parametrize(
    ("changes", "kind", "code", "verdicts"),
    [
        ({"type": "number"}, "other", "wrong_type", True),
        ({"required": "no"}, "other", "", True),
        ({"enumeration": None}, "other", "", True),
        ({"listed": False, "required": "no"}, "gone", "", True),
        ({"description": "Other words.", "note": None, "example": "home"}, None, "", False),
    ],
)
def test_each_kind_of_change_is_told(
    changes: dict[str, object], kind: str | None, code: str, verdicts: bool
) -> None:
    found = differences(OLDER, with_row(OLDER, "page_view", "page_type", **changes))
    if kind is None:
        assert found.equal
        return
    (row,) = group("page_view", found).rows
    assert (row.kind, row.names, row.meaning.code, row.meaning.changes) == (
        kind,
        ("page_type",),
        code,
        verdicts,
    )


def test_a_value_off_a_closed_list_is_an_error() -> None:
    lists = OLDER.enumerations
    shorter = replace(lists["payment_method"], values=lists["payment_method"].values[:-1])
    found = differences(OLDER, replace(OLDER, enumerations=lists | {"payment_method": shorter}))
    assert told("payment_method", found) == [("gone", ("other",), "not_allowed")]
