"""Events are filtered and counted under muted groups as their shown findings say, computed before or not."""

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import Event, Recording
from events.recordings import VERDICTS, Changes, change_recording, counts, create_recording
from events.recordings.filter import Filter
from events.recordings.listing import with_counts
from events.recordings.muting import count_verdicts, shown_verdict, under
from events.recordings.restatement import restate_findings
from events.recordings.timeline import count_after, read_after, read_before
from events.store.tallies import TallyChanges
from events.verdict import CODES, StoredFinding, read_findings, verdict_of, write_findings
from events.verdict.groups import BITS, NOT_COMPUTED, gravest_of, numbers_of
from events.verdict.muting import ALL_MUTED, mutes
from inspector.live.visible_recording import whole
from tests.tallied import recounted, tallied

_NUMBERS: Final = itertools.count(1)
#: Muted: nothing, the required group, two groups, all.
_MUTED: Final = (0, 0b1, 0b110, ALL_MUTED)
_FILTERS: Final = [
    Filter(names=names, verdicts=verdicts)
    for names in ((), ("login",))
    for verdicts in ((), ("invalid",), ("warning",), ("valid",), ("invalid", "warning"), VERDICTS)
] + [
    Filter(verdicts=("warning",), within=Filter(verdicts=("warning", "valid"), names=("login",))),
    Filter(text="search", verdicts=("invalid", "valid")),
]

codes = st.sampled_from(
    [
        *(
            "missing_required",
            "missing_recommended",
            "bad_format",
            "not_suggested",
            "placeholder_value",
            "no_consent",
        )
    ]
)


def _finding(code: str, severity: str) -> StoredFinding:
    possible = [one for one in BITS if one in CODES[code]]
    chosen = severity if severity in possible else possible[0]
    return {"severity": chosen, "code": code, "path": "/x", "expected": None, "got": '"\\"severity\\":1"'}


findings = st.lists(st.builds(_finding, codes, st.sampled_from([*BITS])), max_size=4)
events = st.lists(st.tuples(st.sampled_from(["login", "search"]), findings), min_size=1, max_size=8)


#: Judging again and muting announce changes, which no coroutine may.
pytestmark = pytest.mark.usefixtures("no_event_loop")


@pytest.fixture(scope="module", autouse=True)
def _tables() -> Iterator[None]:
    """Create the tables, and let this thread use the ORM where Playwright has left its event loop running."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # these tests await nothing
        call_command("migrate", verbosity=0)
        yield


def stored(content: list[tuple[str, list[StoredFinding]]], *, older: int = 0) -> Recording:
    """A recording of these events; the first ``older`` of them as an older version has stored them."""
    recording = create_recording()
    tallies, now = TallyChanges(), timezone.now()
    for seq, (name, found) in enumerate(content, 1):
        event = Event(
            recording=recording,
            seq=seq,
            event_id=f"muting-{next(_NUMBERS)}",
            name=name,
            verdict=verdict_of(one["severity"] for one in found),
            findings=write_findings(found),
            gravest=NOT_COMPUTED if seq <= older else gravest_of(found),
            fired_at=now,
            received_at=now,
        )
        event.save()
        tallies.add(name, event.verdict, event.gravest, found)
    tallies.save(recording.pk)
    version = 2 if older else 3
    Recording.objects.filter(pk=recording.pk).update(last_seq=len(content), findings_version=version)
    return Recording.objects.get(pk=recording.pk)


def shown_as(event: Event, muted: int) -> str:
    """The verdict of those findings of the event that are shown: what every other way must give."""
    found = [one for one in read_findings(event.findings) if not mutes(muted, one["code"])]
    return verdict_of(one["severity"] for one in found)


def selects(wanted: Filter, recording: Recording, event: Event) -> bool:
    """Whether the filter lets the event through, worked out in memory."""
    return wanted.search(recording).accepts(event)


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(events, st.integers(0, 8))
def test_filters_and_counts_follow_the_findings_that_are_shown(
    content: list[tuple[str, list[StoredFinding]]], older: int
) -> None:
    recording = stored(content, older=min(older, len(content)))
    rows = list(recording.events.order_by("seq"))
    for muted in _MUTED:
        recording.muted = muted
        assert [shown_verdict(event, muted) for event in rows] == [shown_as(event, muted) for event in rows]
        for wanted in _FILTERS:
            seqs = [event.seq for event in rows if selects(wanted, recording, event)]
            by_condition = recording.events.filter(wanted.search(recording).condition)
            assert sorted(by_condition.values_list("seq", flat=True)) == seqs, (muted, wanted)
            assert [event.seq for event in read_after(recording, 0, 99, wanted).events] == seqs
            assert [event.seq for event in read_before(recording, 99, 99, wanted).events] == seqs
            assert count_after(recording, 0, wanted) == len(seqs)
            if wanted and wanted.by_kind:
                limited = whole(recording)
                limited.limits = wanted
                assert limited.counts().received == len(seqs)
        found = counts(recording, exact=True)
        assert +Counter(found.verdicts) == Counter(shown_as(event, muted) for event in rows)
        assert +Counter(found.verdicts) == count_verdicts(recording.events.all(), muted)
        every = [one for event in rows for one in read_findings(event.findings)]
        assert found.findings == list(numbers_of(every))
        assert found.muted_findings == sum(mutes(muted, one["code"]) for one in every)
        (listed,) = with_counts([recording])
        assert listed.verdicts == found.verdicts


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(events, st.integers(1, 8))
def test_older_events_get_their_severities_in_the_background(
    content: list[tuple[str, list[StoredFinding]]], older: int
) -> None:
    recording = stored(content, older=min(older, len(content)))
    assert tallied(recording) == recounted(recording)
    before = counts(recording, exact=True)
    restate_findings()
    recording.refresh_from_db()
    assert recording.findings_version == 3
    assert not recording.events.filter(gravest=NOT_COMPUTED).exists()
    assert not recording.tallies.filter(gravest=NOT_COMPUTED).exists()
    assert tallied(recording) == recounted(recording)
    assert counts(recording) == before


def test_numbers_of_findings_are_unknown_until_they_are_counted() -> None:
    recording = stored([("login", [_finding("missing_required", "error")])], older=1)
    assert not counts(recording).known
    assert counts(recording, exact=True).findings == [1, 0, 0, 0]
    restate_findings()
    assert counts(recording).known


def test_groups_are_switched_one_by_one() -> None:
    recording = create_recording()
    changed = change_recording(recording, Changes(mute=["values", "format"]))
    assert (changed.muted, changed.last_change) == (0b110, 1)
    assert change_recording(recording, Changes(unmute=["values"])).muted == 0b10
    assert (
        change_recording(recording, Changes(mute=["across", "no group"], unmute=["format"])).muted == 0b1000
    )
    assert change_recording(recording, Changes(mute=["no group"])).last_change == 3


def test_one_reader_may_ask_for_other_groups() -> None:
    recording = stored([("login", [_finding("missing_required", "error")])])
    assert counts(under(recording, 0b1)).verdicts == {"invalid": 0, "warning": 0, "valid": 1}
    assert under(recording, None) is recording
    assert recording.muted == 0
