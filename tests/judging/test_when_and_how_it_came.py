"""The verdict depends on when and how an event came, and not on when it is judged."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from events.judging.draft import Draft, Limits, draft, judged_again
from events.judging.effective import Payloads
from events.store.payloads import judged_payloads_of
from events.verdict import StoredFinding, judge
from events.wire import read
from events.wire.pixel import read_pixel
from tests.example_events import REFERENCE, changed

LIMITS = Limits(event_bytes=32_000, depth=64, findings=500)


def codes(findings: list[StoredFinding]) -> list[tuple[str, str]]:
    return [(finding["code"], finding["path"]) for finding in findings]


def born(day: str) -> dict[str, Any]:
    return changed("login", {"/user/birthdate": day})


@pytest.mark.parametrize(
    ("day", "came", "found"),
    [
        ("2024-06-01", date(2024, 6, 1), False),
        ("2024-06-02", date(2024, 6, 1), False),  # has begun somewhere
        ("2024-06-03", date(2024, 6, 1), True),
        ("2024-06-03", date(2024, 6, 3), False),
        ("2020-01-01", date(2019, 1, 1), False),  # before the edition itself: no event was judged then
        ("1899-12-31", date(2024, 6, 1), True),
    ],
)
def test_a_birthdate_is_in_the_future_of_the_day_on_which_the_event_came(
    day: str, came: date, found: bool
) -> None:
    judged = judge("login", born(day), REFERENCE, came)
    assert [finding.code for finding in judged.findings] == ["bad_format"] * found
    assert judged.verdict == ("warning" if found else "valid")


def stored(**facts: Any) -> Draft:
    """A login that came a year ago, born half a year later, as a draft."""
    (incoming,) = read(
        {"event_name": "login", **born((datetime.now(UTC) - timedelta(days=180)).date().isoformat())}
    )
    return replace(draft(incoming, REFERENCE, LIMITS), **facts)


def test_an_event_that_is_judged_again_keeps_its_day() -> None:
    entry = stored()
    assert codes(entry.findings) == []
    old = stored(received_at=datetime.now(UTC) - timedelta(days=365))
    _, findings = judged_again(old.name, judged_payloads_of(old), old.findings, REFERENCE, LIMITS)
    assert codes(findings) == [("bad_format", "/user/birthdate")]


def test_json_as_a_text_is_told_but_on_pixels() -> None:
    (posted,) = read({"event_name": "mine", "cart": '[{"id": 1}]'})
    assert ("bad_encoding", "/cart") in codes(draft(posted, REFERENCE, LIMITS).findings)
    pixel = draft(
        read_pixel("event_name=mine&cart=%5B%7B%22id%22%3A1%7D%5D&note=a%20", REFERENCE), REFERENCE, LIMITS
    )
    told = codes(pixel.findings)
    assert ("bad_encoding", "/cart") not in told
    assert ("bad_encoding", "/note") in told
    _, again = judged_again(pixel.name, judged_payloads_of(pixel), pixel.findings, REFERENCE, LIMITS)
    assert codes(again) == told


def test_the_payloads_say_when_and_how_it_came() -> None:
    given = judged_payloads_of(stored(source="pixel", received_at=datetime(2024, 6, 1, 23, tzinfo=UTC)))
    assert isinstance(given, Payloads)
    assert (given.came_on, given.in_query) == (date(2024, 6, 1), True)


def test_what_the_page_side_script_masked_is_told_of_the_events_that_carry_the_address() -> None:
    url = "https://shop.example/?to=<e-mail>"
    called = changed("page_view")
    events = [
        {"id": "1", "name": "page_view", "called": called, "auto": {"url": url, "path": "/of/<e-mail>"}},
        {"id": "2", "name": "login", "called": changed("login")},
    ]
    view, login = (
        draft(incoming, REFERENCE, LIMITS)
        for incoming in read({"page": {"id": "p", "url": url}, "events": events})
    )
    assert codes(view.findings) == [("personal_data", "/url"), ("personal_data", "/path")]
    assert codes(login.findings) == []
