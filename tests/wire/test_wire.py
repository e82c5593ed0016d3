"""Every wire shape -> events. A case gives a body (or a query) and what of the events matters to it."""

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.reference import DEFAULT, load
from events.wire import Unreadable, parse, read, read_time
from events.wire.pixel import read_pixel
from tests.example_events import REFERENCE
from tests.paths import CASE_FOLDER

BODIES = json.loads((CASE_FOLDER / "wire.json").read_text())
QUERIES = json.loads((CASE_FOLDER / "pixel.json").read_text())


@pytest.mark.parametrize("case", BODIES, ids=lambda case: case["description"])
def test_a_body_is_read(case: dict[str, Any]) -> None:
    events = [asdict(event) for event in read(parse(json.dumps(case["body"]).encode()))]
    assert len(events) == len(case["events"])
    for event, wanted in zip(events, case["events"], strict=True):
        event["at"] = event["at"] and event["at"].isoformat()
        assert {key: event[key] for key in wanted} == wanted


@pytest.mark.parametrize("case", QUERIES, ids=lambda case: case["description"])
def test_a_pixel_is_read(case: dict[str, Any]) -> None:
    event = read_pixel(case["query"], load(case.get("edition", DEFAULT)))
    assert (event.name, event.sent, event.source) == (case["name"], case["sent"], "pixel")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("&".join(f"a{i}=1" for i in range(1001)), "more than 1000 fields"),
        ("event_name=a&" + "b" + "[c]" * 8 + "=1", "more than 8 deep"),
    ],
    ids=["too many fields", "too deep"],
)
def test_a_pixel_that_is_too_much_is_refused(query: str, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        read_pixel(query, REFERENCE)


@given(st.text() | st.text("abe[]&=0123%"))
def test_any_query_is_one_event_or_unreadable(query: str) -> None:
    with suppress(Unreadable):
        assert read_pixel(query, REFERENCE).source == "pixel"


MOMENT = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (1700000000000, MOMENT),
        (1700000000000.0, MOMENT),
        ("1700000000000", MOMENT),
        (" 1700000000000 ", MOMENT),
        ("2023-11-14T22:13:20Z", MOMENT),
        ("2023-11-14T23:13:20+01:00", MOMENT),
        ("2023-11-14T22:13:20.000", MOMENT),
        ("2023-11-14", datetime(2023, 11, 14, tzinfo=UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        (None, None),
        (True, None),
        ([], None),
        (1e300, None),
        ("9" * 400, None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_times_come_in_three_forms(value: Any, moment: datetime | None) -> None:
    assert read_time(value) == moment


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "line 1 column 1"),
        (b"{", "line 1 column 2"),
        (b'{\n "a": x}', "line 2 column 7"),
        (b"\xff\xfe{\x00}\x00", "line 1 column 1"),
        (b'"\xe9"', "UTF-8"),
        (b"[NaN]", "line 1 column 2"),
        (b"[Infinity]", "line 1 column 2"),
        (b'"\\ud800"', "line 1"),
        (b"[" * 500_000, "line 1"),
        (b"[1] [2]", "line 1 column 5"),
    ],
    ids=lambda value: repr(value[:12]),
)
def test_what_is_no_json_is_refused_with_its_place(body: bytes, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        parse(body)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
