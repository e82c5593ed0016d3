"""The one transaction that writes, without a server: numbers, exactly-once, counters, and all or nothing."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

import orjson
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from hypothesis import given, settings
from hypothesis import strategies as st

from events.models import Event, PageLoad, Recording, Report, Tally
from events.recordings import create_recording
from events.recordings.rejudge import rejudge
from events.reference import load
from events.store import transaction
from events.store.collect import drafts_of
from events.store.counters import Counters
from events.store.tallies import TallyChanges
from events.store.transaction import Receipt, RecordingStopped, Stored, Submission, UnknownCaptureKey, store
from events.verdict import read_findings
from events.wire import CAUSES, ScriptReport, parse, read_delivery
from tests.tallied import recounted, tallied

_NUMBERS = itertools.count(1)


#: Judging again and muting announce changes, which no coroutine may.
pytestmark = pytest.mark.usefixtures("no_event_loop")


@pytest.fixture(scope="module", autouse=True)
def _tables() -> Iterator[None]:
    """Create the tables, and let this thread use the ORM where Playwright has left its event loop running."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # these tests await nothing
        call_command("migrate", verbosity=0)
        yield


def submission(recording: Recording, *events: dict[str, Any], **body: Any) -> Submission:
    """What one request of the page-side script brings; without ``page`` that of a page load of its own."""
    page = {"id": f"page-{next(_NUMBERS)}", "url": "https://shop.example/cart"}
    delivery = read_delivery(parse(orjson.dumps({"page": page, "events": events} | body)))
    drafts = drafts_of(delivery.events, load(recording.edition))
    return Submission(
        recording.capture_digest,
        recording.edition,
        drafts,
        delivery.updates,
        delivery.reports,
        delivery.left,
    )


def event(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"event-{next(_NUMBERS)}", "n": number, "name": "login", "called": {}} | fields


def receipts(outcomes: Sequence[transaction.Outcome]) -> list[list[Receipt]]:
    return [outcome.receipts for outcome in outcomes if isinstance(outcome, Stored)]


def test_numbers_go_on_through_all_submissions_of_a_recording() -> None:
    one, other = create_recording("One"), create_recording("Other")
    outcomes = store(
        [submission(one, event(1), event(2)), submission(other, event(1)), submission(one, event(1))]
    )
    assert receipts(outcomes) == [
        [Receipt(1, duplicate=False), Receipt(2, duplicate=False)],
        [Receipt(1, duplicate=False)],
        [Receipt(3, duplicate=False)],
    ]
    assert list(one.events.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]


def test_an_event_that_comes_again_gets_its_first_number() -> None:
    recording = create_recording("Again")
    first = event(1)
    assert receipts(store([submission(recording, first), submission(recording, first)])) == [
        [Receipt(1, duplicate=False)],
        [Receipt(1, duplicate=True)],
    ]
    assert receipts(store([submission(recording, event(2), first)])) == [
        [Receipt(2, duplicate=False), Receipt(1, duplicate=True)]
    ]
    assert recording.events.count() == 2


def test_an_unknown_key_and_a_stopped_recording_refuse_their_own_submissions_alone() -> None:
    running, stopped = create_recording("Running"), create_recording("Stopped")
    Recording.objects.filter(pk=stopped.pk).update(stopped_at=stopped.created_at)
    unknown = Submission("no digest", running.edition, submission(running, event(1)).drafts)
    outcomes = store([unknown, submission(stopped, event(1)), submission(running, event(1))])
    assert [type(outcome) for outcome in outcomes] == [UnknownCaptureKey, RecordingStopped, Stored]
    assert (stopped.events.count(), running.events.count()) == (0, 1)


def test_only_what_viewers_would_see_is_news() -> None:
    recording = create_recording("News")
    first = event(1)
    (new,) = store([submission(recording, first)])
    (again,) = store([submission(recording, first)])
    assert isinstance(new, Stored)
    assert isinstance(again, Stored)
    assert (new.news, again.news) == (True, False)


def test_tallies_and_losses_are_counted_with_the_events() -> None:
    recording = create_recording("Counted")
    page = {"id": "counted", "url": "https://shop.example/cart"}
    store([submission(recording, event(1), event(4), event(5, name="own"), page=page)])
    recording.refresh_from_db()
    assert (recording.last_seq, recording.sent, recording.received) == (3, 5, 3)
    assert recording.site == "shop.example"
    counted: Counter[str] = Counter()
    for name, count in Tally.objects.filter(recording=recording).values_list("name", "count"):
        counted[name] += count
    assert counted == {"login": 2, "own": 1}
    assert PageLoad.objects.get(recording=recording).missing == "[[2, 3]]"


def test_where_the_database_fails_nothing_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = create_recording("One"), create_recording("Other")

    def fail(*_: Any) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(transaction, "store_reports", fail)  # the last step of a recording's share
    with pytest.raises(DatabaseError, match="full"):
        store([submission(one, event(1)), submission(other, event(1))])
    for recording in (one, other):
        recording.refresh_from_db()
        assert (recording.last_seq, recording.sent, recording.events.count()) == (0, 0, 0)
    assert not connection.in_atomic_block


#: What a request may bring, with few ids and numbers so that they meet.
_NUMBER = st.integers(1, 6)
_EVENTS = st.lists(
    st.builds(
        lambda key, n, name: {"id": f"e{key}", "n": n, "name": name, "called": {}},
        _NUMBER, _NUMBER, st.sampled_from(["login", "own", ""]),
    ),
    max_size=4,
)  # fmt: skip
_UPDATES = st.lists(
    st.builds(
        lambda key, news: {"id": f"e{key}", **news},
        _NUMBER,
        st.sampled_from([{"unsent": True}, {"sent": {"user": {"consent_categories": [1]}}}]),
    ),
    max_size=2,
)
_LEFT = st.lists(
    st.builds(lambda page, n: {"id": f"p{page}", "url": "https://shop.example/", "n": n}, _NUMBER, _NUMBER),
    max_size=2,
)
_BODIES = st.builds(
    lambda page, events, updates, left, url: {
        "page": {"id": f"p{page}", "url": url},
        "events": events,
        "updates": updates,
        "left": left,
    },
    _NUMBER,
    _EVENTS,
    _UPDATES,
    _LEFT,
    st.sampled_from(["", "https://shop.example/a", "https://other.example/"]),
)
_COUNTED = [field.name for field in fields(Counters) if field.name != "recording"]
_REPORTS = st.lists(st.sampled_from(sorted(CAUSES)), max_size=2)


@settings(max_examples=60)
@given(st.lists(st.lists(st.tuples(_BODIES, _REPORTS), min_size=1, max_size=3), min_size=1, max_size=3))
def test_no_field_of_a_recording_changes_that_is_not_written(
    commits: list[list[tuple[dict[str, Any], list[str]]]],
) -> None:
    """Several modules change the counters: each that one of them changed is written, and nothing else."""
    recording = create_recording("Counters")
    counted: list[Counters] = []

    def remembered(locked: Recording) -> Counters:
        counted.append(Counters(locked.pk, *(getattr(locked, name) for name in _COUNTED)))
        return counted[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Counters, "of", remembered)
        for commit in commits:
            before = Recording.objects.get(pk=recording.pk)
            store([_with_reports(recording, body, codes) for body, codes in commit])
            (counters,), written = counted, Recording.objects.get(pk=recording.pk)
            counted.clear()
            for field in Recording._meta.concrete_fields:
                source = counters if field.name in _COUNTED else before
                assert getattr(source, field.attname) == getattr(written, field.attname), field.name
    assert Event.objects.filter(recording=recording).count() == written.last_seq
    assert tallied(recording) == recounted(recording)
    assert sum(row.count for row in recording.tallies.all()) == written.last_seq
    assert Report.objects.filter(recording=recording).exists() == any(
        codes for commit in commits for _, codes in commit
    )


def test_tallies_agree_with_events_that_were_judged_again() -> None:
    recording = create_recording("Judged again")
    names = ["purchase", "page_view", "own", ""]
    store([submission(recording, *(event(n, name=name) for n, name in enumerate(names, 1)))])
    before, tallies = tallied(recording), TallyChanges()
    for row in recording.events.all():  # as earlier rules would have judged them
        tallies.remove(row, read_findings(row.findings))
        row.verdict, row.findings, row.gravest = "valid", "[]", 0
        row.save()
        tallies.add(row.name, row.verdict, row.gravest, [])
    tallies.save(recording.pk)
    assert tallied(recording) == recounted(recording) != before
    assert rejudge(recording, recording.edition) == len(names)
    assert tallied(recording) == recounted(recording) == before


def _with_reports(recording: Recording, body: dict[str, Any], codes: list[str]) -> Submission:
    made = submission(recording, **body)
    made.reports = [ScriptReport(code, "", None) for code in codes]
    return made
