"""What arrived, made ready to be stored: judged, bounded, and never refused."""

import json
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.judging.draft import Draft, Limits, draft, type_again
from events.verdict import public_findings
from events.wire import parse, read
from tests.example_events import REFERENCE, changed
from tests.verdict.test_verdict_properties import json_values, mutated_examples

LIMITS = Limits(event_bytes=32_000, depth=64, findings=500)


def drafts(body: Any, limits: Limits = LIMITS) -> list[Draft]:
    text = body if isinstance(body, bytes) else orjson.dumps(body)
    return [draft(incoming, REFERENCE, limits) for incoming in read(parse(text))]


def depth(value: Any) -> int:
    """How many levels of containers there are."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def storable(value: Any) -> bool:
    try:
        return bool(orjson.dumps(value))
    except TypeError:  # what orjson cannot write, it cannot have read
        return False


bodies = st.one_of(
    json_values,
    st.fixed_dictionaries({"page": json_values, "events": st.lists(json_values, max_size=3)}),
    st.builds(lambda event: {"event_name": event[0], **event[1]}, mutated_examples()),
).filter(storable)


@given(bodies)
def test_any_json_can_be_stored_within_the_limits(body: Any) -> None:
    limits = Limits(event_bytes=300, depth=3, findings=4)
    for entry in drafts(body, limits):
        assert len(entry.findings) <= limits.findings
        assert 0 < len(entry.event_id) <= 64
        assert "\0" not in entry.name + entry.page_url + entry.call_site + entry.called + entry.sent
        for text in (entry.called, entry.sent, entry.automatic):
            assert text == "" or depth(json.loads(text)) <= limits.depth


@pytest.mark.parametrize(("levels", "cut"), [(64, False), (65, True), (300, True), (1000, True)])
def test_what_nests_too_deep_is_cut_and_said(levels: int, cut: bool) -> None:
    deep = b"[" * (levels - 1) + b"]" * (levels - 1)
    (entry,) = drafts(b'{"event_name": "mine", "deep": %b}' % deep)
    assert depth(json.loads(entry.sent)) == min(levels, 64)
    assert ("unreadable" in codes(entry)) is cut


@pytest.mark.parametrize(("size", "large"), [(31_900, False), (32_100, True)])
def test_what_is_too_large_is_kept_and_said(size: int, large: bool) -> None:
    (entry,) = drafts({"event_name": "mine", "text": "x" * size})
    assert len(entry.sent) > size
    assert ("unreadable" in codes(entry), entry.verdict == "invalid") == (large, large)


def test_a_pixel_that_the_page_sent_is_typed_by_the_reference() -> None:
    pixel = "event_name=search&search_term=5&items[0][quantity]=2&user[consent_categories][]=1"
    (entry,) = drafts({"page": {"id": "p"}, "events": [{"name": "search", "called": None, "pixel": pixel}]})
    sent = {"search_term": "5", "items": [{"quantity": 2}], "user": {"consent_categories": ["1"]}}
    assert json.loads(entry.sent) == sent
    assert entry.delivery == "sent"
    assert "wrong_type" not in codes(entry)


def test_a_pixel_is_typed_again_by_another_edition() -> None:
    rows = REFERENCE.events["search"].parameters
    numeric = tuple(replace(row, type="number") if row.name == "search_term" else row for row in rows)
    events = {**REFERENCE.events, "search": replace(REFERENCE.events["search"], parameters=numeric)}
    other = replace(REFERENCE, events=events)
    pixel = "event_name=search&search_term=5"
    (entry,) = drafts({"page": {"id": "p"}, "events": [{"name": "search", "called": None, "pixel": pixel}]})
    type_again(entry, other, LIMITS)
    assert json.loads(entry.sent) == {"search_term": 5}
    type_again(entry, REFERENCE, LIMITS)
    assert json.loads(entry.sent) == {"search_term": "5"}


def test_a_pixel_that_cannot_be_read_is_kept_and_said() -> None:
    pixel = "&".join(f"a{i}=1" for i in range(1_001))
    (entry,) = drafts({"page": {"id": "p"}, "events": [{"name": "search", "called": None, "pixel": pixel}]})
    assert (codes(entry), json.loads(entry.sent)) == (["unreadable"], pixel)


def test_what_the_page_left_out_for_its_size_is_too_large() -> None:
    (entry,) = drafts({"page": {"id": "p"}, "events": [{"name": "login", "called": {}, "size": 50_000}]})
    assert "50,000 bytes" in sentences(entry)[0]


def test_the_gravest_findings_are_kept_in_their_order() -> None:
    params = changed("login", {f"/own_{i}": 1 for i in range(10)}, ["/user/consent_categories", "/user/id"])
    (entry,) = drafts({"event_name": "login", **params}, Limits(32_000, 64, 3))
    assert [(one["severity"], one["path"]) for one in entry.findings] == [
        ("info", "/user/id"),
        ("error", "/user/consent_categories"),
        ("info", "/own_0"),
    ]


def test_an_event_that_is_none_says_what_it_is() -> None:
    (entry,) = drafts("purchase")
    assert (entry.verdict, entry.sent, codes(entry)) == ("invalid", '"purchase"', ["unreadable"])
    assert sentences(entry) == ["This could not be read as an event: expected an object, got a string."]


def sentences(entry: Draft) -> list[str]:
    return [one["message"] for one in public_findings(entry.findings, entry.name, entry.edition)]


def codes(entry: Draft) -> list[str]:
    return [finding["code"] for finding in entry.findings]
