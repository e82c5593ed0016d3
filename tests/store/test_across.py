"""Findings across events: each rule, links, late events, updates, and any order of deliveries."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.exports.scope import Scope
from events.models import ChainEntry, Recording, Tally
from events.recordings import Changes, change_recording, create_recording
from events.recordings.rejudge import rejudge
from events.recordings.retention import finish_deleting, mark_deleted
from events.recordings.settling import settle_recordings
from events.recordings.shares import ShareRequest, draft_share
from events.store import chain_cache
from events.store.counters import Counters
from events.store.stored_facts import put_across
from events.verdict import StoredFinding, read_findings, verdict_of
from events.verdict.across import ACROSS
from events.verdict.groups import gravest_of
from inspector.live.share_visibility import visible_through_share
from tests.across import Fired, codes_of, deliver, fired, others, parts, report, told

#: Judging again and muting announce changes, which no coroutine may.
pytestmark = pytest.mark.usefixtures("no_event_loop")


@pytest.fixture(scope="module", autouse=True)
def _tables() -> Iterator[None]:
    """Create the tables, and let this thread use the ORM where Playwright has left its event loop running."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # these tests await nothing
        call_command("migrate", verbosity=0)
        yield


def consent(*categories: Any, **user: Any) -> dict[str, Any]:
    return {"user": {"consent_categories": list(categories), **user}}


def order(identity: Any, **more: Any) -> dict[str, Any]:
    return {"id": identity, "status": "in_progress", **more}


def shared(event_id: str, **more: Any) -> dict[str, Any]:
    return {"context": {"event_id": event_id}, **more}


#: By code: visits, and the ids of the events that have the finding, with the id of the earlier event.
CASES: Final[dict[str, list[tuple[list[Fired], dict[str, str | None]]]]] = {
    "event_id_reused": [
        ([fired("a", "x", shared("1")), fired("b", "y", shared("1"), at=9)], {"b": "a"}),
        ([fired("a", "x", shared("1", v=1)), fired("b", "x", shared("1", v=2), at=9)], {"b": "a"}),
        (
            [
                fired("a", "x", shared("1")),
                fired("b", "y", {"context": {"eventId": 1}}, at=5, page="q"),
                fired("c", "z", shared("1"), at=9),
            ],
            {"b": "a", "c": "b"},
        ),
        (
            [
                fired("a", "x", {"v": 1}, sent={"event_name": "x", "context": {"event_id": "7"}}),
                fired("b", "y", {"v": 1}, at=9, sent={"event_name": "y", "context": {"event_id": "7"}}),
            ],
            {"b": "a"},
        ),
        ([fired("a", "x", shared("1")), fired("b", "x", shared("1"), at=9)], {}),
        ([fired("a", "x", shared("1")), fired("b", "y", shared("2"), at=9)], {}),
        ([fired("a", "x"), fired("b", "y", at=9)], {}),
    ],
    "duplicate_purchase": [
        ([fired("a", "purchase", order("O")), fired("b", "purchase", order("O"), at=9)], {"b": "a"}),
        ([fired("a", "purchase", order(7)), fired("b", "purchase", order("7", v=1), at=9)], {"b": "a"}),
        ([fired("a", "purchase", {"id": "O"}), fired("b", "purchase", {"id": "O"}, at=9)], {"b": "a"}),
        (
            [
                fired("a", "purchase", order("O", status="partially_refunded", v=1)),
                fired("b", "purchase", order("O", status="partially_refunded", v=1), at=9),
                fired("c", "purchase", order("O", status="partially_refunded", v=2), at=10),
            ],
            {"b": "a"},
        ),
        (
            [fired("a", "purchase", order("O")), fired("b", "purchase", order("O", status="shipped"), at=9)],
            {},
        ),
        ([fired("a", "purchase", order("O")), fired("b", "purchase", order("P"), at=9)], {}),
        ([fired("a", "refund", {"id": "O"}), fired("b", "purchase", order("O"), at=9)], {}),
        ([fired("a", "purchase", {}), fired("b", "purchase", {}, at=2000)], {}),
        (
            [fired("a", "purchase", order("O"), old_form=True), fired("b", "purchase", order("O"), at=9)],
            {},
        ),
    ],
    "fired_twice": [
        ([fired("a", "x", {"v": 1}), fired("b", "x", {"v": 1}, at=1000)], {"b": "a"}),
        ([fired("a", "x"), fired("b", "x", at=0, n=2)], {"b": "a"}),
        (
            [fired("a", "x", shared("1")), fired("b", "x", shared("2"), at=9), fired("c", "x", at=99)],
            {"b": "a", "c": "b"},
        ),
        ([fired("a", "x"), fired("b", "x", at=1001)], {}),
        ([fired("a", "x"), fired("b", "x", at=9, page="q")], {}),
        ([fired("a", "x", {"v": 1}), fired("b", "x", {"v": 2}, at=9)], {}),
        ([fired("a", "purchase", order("O")), fired("b", "purchase", order("O"), at=9)], {}),
    ],
    "no_page_view": [
        (
            [fired("a", "x"), fired("b", "y", at=5), fired("c", "page_view", at=9, page="q", url="/q")],
            {"a": None},
        ),
        (
            [fired("a", "x"), fired("b", "x", at=9, page="q"), fired("c", "x", at=99, page="r", url="/?b")],
            {"a": None, "b": None},
        ),
        ([fired("a", "x")], {}),
        ([fired("a", "x"), fired("b", "page_view", at=5), fired("c", "x", at=9, page="q")], {}),
        ([fired("a", "x"), fired("b", "x", at=9, page="q", url="https://other.example/")], {}),
        (
            [
                fired("a", "page_view"),
                fired("b", "x", at=5, page="q", url="/?b"),
                fired("c", "page_view", at=9, page="r"),
            ],
            {},
        ),
    ],
    "unknown_order": [
        ([fired("a", "purchase", order("O")), fired("b", "refund", {"id": "P"}, at=9)], {"b": None}),
        ([fired("a", "purchase", {}), fired("b", "refund", {"id": "P"}, at=9)], {"b": None}),
        (
            [
                fired("a", "purchase", order("O")),
                fired("b", "refund", {"id": "P"}, at=5),
                fired("c", "refund", {"id": "P"}, at=9),
            ],
            {"b": None, "c": None},
        ),
        ([fired("a", "purchase", order("O")), fired("b", "refund", {"id": "O"}, at=9)], {}),
        ([fired("a", "refund", {"id": "P"}), fired("b", "purchase", order("O"), at=9)], {}),
        ([fired("a", "refund", {"id": "P"})], {}),
        ([fired("a", "purchase", order("O")), fired("b", "refund", {}, at=9)], {}),
    ],
    "no_checkout": [
        ([fired("a", "purchase", order("O"))], {"a": None}),
        ([fired("a", "purchase", order("O")), fired("b", "begin_checkout", at=9)], {"a": None}),
        (
            [
                fired("a", "begin_checkout", url="https://other.example/"),
                fired("b", "purchase", order("O"), at=9, page="q"),
            ],
            {"b": None},
        ),
        ([fired("a", "begin_checkout"), fired("b", "purchase", order("O"), at=9)], {}),
        ([fired("a", "begin_checkout"), fired("b", "purchase", order("O"), at=9, page="q")], {}),
        ([fired("a", "refund", order("O"))], {}),
    ],
    "currency_changes": [
        ([fired("a", "x", {"currency": "EUR"}), fired("b", "y", {"currency": "USD"}, at=9)], {"b": "a"}),
        (
            [
                fired("a", "x", {"currency": "EUR"}),
                fired("b", "y", {}, at=5),
                fired("c", "y", {"currency": "eur"}, at=9, page="q"),
            ],
            {"c": "a"},
        ),
        (
            [
                fired("a", "x", {"currency": "EUR"}),
                fired("b", "y", {"currency": "USD"}, at=5),
                fired("c", "z", {"currency": "EUR"}, at=9),
            ],
            {"b": "a", "c": "b"},
        ),
        ([fired("a", "x", {"currency": "EUR"}), fired("b", "y", {"currency": "EUR"}, at=9)], {}),
        (
            [
                fired("a", "x", {"currency": "EUR"}),
                fired("b", "y", {"currency": "USD"}, at=9, page="q", url="https://other.example/"),
            ],
            {},
        ),
        (
            [
                fired("a", "x", {"currency": "EUR", "user": {"consistent_anonymous_id": "1"}}),
                fired("b", "y", {"currency": "USD", "user": {"consistent_anonymous_id": "2"}}, at=9),
            ],
            {},
        ),
    ],
    "user_changes": [
        ([fired("a", "x", {"user": {"id": "1"}}), fired("b", "y", {"user": {"id": "2"}}, at=9)], {"b": "a"}),
        (
            [
                fired("a", "login", {"user": {"id": "1"}}),
                fired("b", "y", {"user": {"id": "2"}}, at=9),
            ],
            {"b": "a"},
        ),
        (
            [
                fired("a", "x", {"user": {"id": "1"}}),
                fired("b", "x", {"user": {"email": "e"}}, at=5),
                fired("c", "y", {"user": {"id": 2}}, at=9),
            ],
            {"c": "a"},
        ),
        ([fired("a", "x", {"user": {"id": 1}}), fired("b", "y", {"user": {"id": "1"}}, at=9)], {}),
        ([fired("a", "x", {"user": {"id": "1"}}), fired("b", "login", {"user": {"id": "2"}}, at=9)], {}),
        (
            [
                fired("a", "x", {"user": {"id": "1"}}),
                fired("b", "sign_up", at=5),
                fired("c", "y", {"user": {"id": "2"}}, at=9),
            ],
            {},
        ),
    ],
    "consent_changes": [
        ([fired("a", "x", consent(1)), fired("b", "y", consent(1, 2), at=9)], {"b": "a"}),
        ([fired("a", "x", consent()), fired("b", "y", consent("1"), at=9)], {"b": "a"}),
        (
            [
                fired("a", "x", {}, auto={"user": {"consent_categories": ["1"]}}),
                fired("b", "y", {}, at=9, auto={"user": {"consent_categories": ["2"]}}),
            ],
            {"b": "a"},
        ),
        ([fired("a", "x", consent(1, 2)), fired("b", "y", consent("2", "1"), at=9)], {}),
        ([fired("a", "x", consent(1)), fired("b", "y", {}, at=9)], {}),
        ([fired("a", "x", consent(1)), fired("b", "y", {"user": {"consent_categories": "2"}}, at=9)], {}),
    ],
}
_ALL: Final = [
    pytest.param(code, visit, expected, id=f"{code} {number}")
    for code, cases in CASES.items()
    for number, (visit, expected) in enumerate(cases, 1)
]


@pytest.mark.parametrize(("code", "visit", "expected"), _ALL)
def test_a_rule_finds_what_it_says_in_both_orders(
    code: str, visit: list[Fired], expected: dict[str, str | None]
) -> None:
    for arrived in (visit, visit[::-1]):
        recording = create_recording(code)
        for event in arrived:
            deliver(recording, [event])
        found = told(recording, code)
        assert {key: finding.get("other") for key, (finding,) in found.items()} == expected
        assert all(one == other for one, other in others(recording))
        check(recording)


def check(recording: Recording) -> None:
    """Verdicts and tallies say what the findings say."""
    tallies: Counter[tuple[str, str, int]] = Counter()
    for event in recording.events.all():
        findings = read_findings(event.findings)
        assert event.verdict == verdict_of(finding["severity"] for finding in findings)
        assert event.gravest == gravest_of(findings)
        tallies[event.name, event.verdict, event.gravest] += 1
    counted = Tally.objects.filter(recording=recording, count__gt=0)
    assert tallies == {
        (name, verdict, gravest): count
        for name, verdict, gravest, count in counted.values_list("name", "verdict", "gravest", "count")
    }


def test_findings_name_both_values() -> None:
    recording = create_recording("Both values")
    deliver(recording, [fired("a", "x", consent(1) | {"currency": "EUR"})])
    deliver(recording, [fired("b", "y", consent(2, 1) | {"currency": "USD"}, at=9)])
    ends = [(one["code"], one["path"], one["expected"], one["got"]) for one in told(recording)["b"]]
    assert ends == [
        ("currency_changes", "/currency", '"EUR"', '"USD"'),
        ("consent_changes", "/user/consent_categories", '["1"]', '["1","2"]'),
    ]


NAMES: Final = ("page_view", "purchase", "refund", "begin_checkout", "login", "x")
EVENTS: Final = st.lists(
    st.builds(
        lambda name, at, page, params: (name, at, page, params),
        st.sampled_from(NAMES),
        st.integers(0, 12).map(lambda tick: tick * 300),
        st.integers(0, 2),
        st.fixed_dictionaries(
            {},
            optional={
                "id": st.sampled_from(["O", "P"]),
                "status": st.sampled_from(["in_progress", "partially_refunded"]),
                "currency": st.sampled_from(["EUR", "USD"]),
                "user": st.fixed_dictionaries(
                    {},
                    optional={
                        "id": st.sampled_from(["1", "2"]),
                        "consent_categories": st.sampled_from([["1"], ["2"]]),
                    },
                ),
                "context": st.sampled_from([{"event_id": "S"}, {"event_id": "T"}]),
            },
        ),
    ),
    min_size=2,
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS, st.randoms(use_true_random=False), st.lists(st.integers(0, 50), max_size=4), st.booleans())
def test_any_order_and_any_parts_give_the_same_findings(
    drawn: list[tuple[str, int, int, dict[str, Any]]], random: Any, cuts: list[int], alone: bool
) -> None:
    urls = ("/", "/?a=1", "/other")
    visit = [
        fired(f"e{number}", name, params, at=at, page=f"p{page}", url=urls[page], n=number + 1)
        for number, (name, at, page, params) in enumerate(drawn)
    ]
    in_order = sorted(visit, key=lambda event: (event[2]["at"], event[0], event[2]["n"]))
    straight = create_recording("In order")
    for event in in_order:
        deliver(straight, [event])
    shuffled = list(visit)
    random.shuffle(shuffled)
    other = create_recording("In another order")
    for part in parts(shuffled, cuts):
        if alone:  # as another process, which remembers nothing of this recording
            chain_cache.forget()
        deliver(other, part)
    assert told(other) == told(straight)
    assert others(other) == [(one, one) for one, _ in others(other)]
    check(other)
    rejudge(other, other.edition)
    assert told(other) == told(straight)
    ChainEntry.objects.filter(recording=other.pk).delete()  # as one that an older version stored
    other.events.update(occurrence=0)
    _forget_across(other)
    rejudge(other, other.edition)
    assert told(other) == told(straight)


def _forget_across(recording: Recording) -> None:
    """Take all findings across events from the recording, as the write path does."""
    counters = Counters.of(Recording.objects.get(pk=recording.pk))
    nothing: dict[str, StoredFinding | None] = dict.fromkeys(ACROSS)
    put_across(counters, dict.fromkeys(recording.events.values_list("seq", flat=True), nothing))
    counters.save()


def test_what_is_learnt_later_moves_an_event_to_other_chains() -> None:
    recording = create_recording("Learnt later")
    deliver(recording, [fired("a", "x", {"currency": "EUR"})])
    deliver(recording, [fired("b", "y", {}, at=5), fired("c", "z", {"currency": "EUR"}, at=9)])
    assert codes_of(recording) == {}
    report(recording, "p", {"id": "b", "sent": {"event_name": "y", "currency": "USD"}})
    assert codes_of(recording) == {"b": ["currency_changes"], "c": ["currency_changes"]}
    recording.refresh_from_db()
    changed = dict(recording.events.values_list("event_id", "change"))
    assert changed["a"] == 0 < changed["b"] < changed["c"] == recording.last_change


def test_a_late_purchase_takes_back_what_it_explains_in_the_background_too() -> None:
    recording = create_recording("Refunds")
    deliver(recording, [fired("first", "purchase", order("O"), url="/p")])
    many = [fired(f"r{n:03}", "refund", {"id": "P"}, at=n, page="q") for n in range(1, 251)]
    deliver(recording, many)
    assert len(told(recording, "unknown_order")) == 250
    deliver(recording, [fired("late", "purchase", order("P"), at=500)])
    assert len(told(recording, "unknown_order")) == 150
    assert settle_recordings() == 1
    assert told(recording, "unknown_order") == {}
    assert Recording.objects.get(pk=recording.pk).unsettled == 0


def test_a_stopped_recording_tells_of_its_last_pages_and_a_resumed_one_waits_again() -> None:
    recording = create_recording("Stopped")
    deliver(recording, [fired("a", "x")])
    assert codes_of(recording) == {}
    change_recording(recording, Changes(stopped=True))
    assert codes_of(recording) == {"a": ["no_page_view"]}
    change_recording(recording, Changes(stopped=False))
    assert codes_of(recording) == {}
    deliver(recording, [fired("b", "page_view", at=9), fired("c", "x", at=99, page="q", url="/q")])
    assert codes_of(recording) == {}


def test_a_frame_needs_no_page_view() -> None:
    recording = create_recording("Frame")
    deliver(recording, [fired("a", "x", page="frame"), fired("b", "x", at=9, page="q")])
    deliver(recording, [fired("c", "x", at=99, page="frame 2", url="/other")])
    assert codes_of(recording, "no_page_view") == {}


def test_a_deleted_recording_leaves_no_chain() -> None:
    recording = create_recording("Deleted")
    deliver(recording, [fired(f"e{n}", "purchase", order(n), at=n) for n in range(700)])
    assert ChainEntry.objects.filter(recording=recording.pk).count() > 700
    mark_deleted(Recording.objects.filter(pk=recording.pk))
    finish_deleting()
    assert not ChainEntry.objects.filter(recording=recording.pk).exists()


def test_a_share_hides_links_and_values_of_events_outside_it() -> None:
    recording = create_recording("Shared in part")
    params = {"currency": "EUR", "user": {"id": "someone@shop.example"}}
    deliver(recording, [fired("first", "x", params), fired("again", "x", params, at=9)])
    later = {"currency": "USD", "user": {"id": "other@shop.example"}}
    deliver(recording, [fired("later", "y", later, at=99)])
    recording.refresh_from_db()
    event = recording.events.get(event_id="later")
    for asked, seen in (
        (ShareRequest(masked=()), True),
        (ShareRequest(seq=event.seq, masked=()), False),
        (ShareRequest(query="name=y", masked=()), False),
    ):
        share = draft_share(recording, asked)
        visible = visible_through_share(share, "/s/token/")
        shown = visible.find(event.seq)
        assert shown is not None
        assert ("someone@" in shown.findings, '"other_seq"' in shown.findings) == (seen, seen)
        assert [one["code"] for one in visible.findings(shown)[0] if one["code"] in ACROSS] == [
            "currency_changes",
            "user_changes",
        ]
        scope = Scope(recording, visible.limits, None, shared=visible.shown)
        assert any("someone@" in (one["expected"] or "") for one in scope.public(event)["findings"]) is seen


def test_masks_cover_both_values() -> None:
    recording = create_recording("Masked")
    deliver(recording, [fired("a", "x", {"user": {"id": "4711"}})])
    deliver(recording, [fired("b", "y", {"user": {"id": "4712"}}, at=9)])
    recording.refresh_from_db()
    visible = visible_through_share(draft_share(recording, ShareRequest()), "/s/token/")
    shown = visible.find(2)
    assert shown is not None
    (finding,) = [one for one in visible.findings(shown)[0] if one["code"] == "user_changes"]
    assert "471" not in f"{finding['expected']}{finding['got']}{finding['message']}"
    assert finding["expected"] != finding["got"]
