"""Counts the judgements of the write path for each event, in a process of its own, beside a second edition.

``python -m tests.judged_once`` stores events in the database that the environment names and prints as JSON,
for each step, how many judgements it took and the verdicts that were stored.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from typing import Any


def main() -> None:
    """Print ``{step: [judgements, [verdict, …]]}``, and the counters before and after they were saved."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.stdout.write(json.dumps({"steps": _steps(), "counters": _counters()}, default=str))


def _steps() -> dict[str, Any]:
    from unittest.mock import patch

    from events.verdict import judge

    with patch("events.judging.draft.judge", side_effect=judge) as counted:
        return _stored(lambda: counted.call_count)


def _stored(judgements: Callable[[], int]) -> dict[str, Any]:
    """The judgements and verdicts of each step; ``judgements`` counts them."""
    from events.judging.edition_cache import edition_cache
    from events.models import Recording
    from events.recordings import create_recording
    from events.recordings.rejudge import rejudge
    from events.store.collect import collect, edition_for
    from events.wire import read_delivery
    from tests.editions import FIRST, SECOND
    from tests.posting import page_load, shim_event

    def judged_in(recording: Recording) -> tuple[int, list[str]]:
        """Two searches without a term, which the first edition alone finds invalid."""
        before = judgements()
        body = {"page": page_load(), "events": [shim_event(n, "search", _without_term()) for n in (1, 2)]}
        results = asyncio.run(collect(recording.capture_key, read_delivery(body)))
        return judgements() - before, [result.verdict for result in results]

    recording = create_recording("Its edition changes")
    steps: dict[str, Any] = {"new": judged_in(recording)}
    rejudge(recording, SECOND)
    steps["after this process judged again"] = judged_in(recording)
    Recording.objects.filter(pk=recording.pk).update(edition=FIRST)
    steps["after another process judged again"] = judged_in(recording)
    steps["after that"] = judged_in(recording)
    other = create_recording("Of another edition from the start")
    Recording.objects.filter(pk=other.pk).update(edition=SECOND)
    steps["first of another edition"] = judged_in(other)
    steps["second of another edition"] = judged_in(other)
    third = create_recording("Unknown to this process")
    Recording.objects.filter(pk=third.pk).update(edition=SECOND)
    steps["asked for"] = [
        third.capture_digest in edition_cache,
        asyncio.run(edition_for(third.capture_key)).edition,
        third.capture_digest in edition_cache,
    ]
    steps["after it was asked for"] = judged_in(third)
    return steps


def _without_term() -> dict[str, Any]:
    from tests.example_events import changed

    return changed("search", {}, ["/search_term"])


def _counters() -> dict[str, Any]:
    """All columns of a recording before and after its counters were changed and saved."""
    from dataclasses import fields, replace
    from datetime import UTC, datetime

    from events.models import Recording
    from events.recordings import create_recording
    from events.store.counters import Counters

    recording = create_recording("Counted")
    before = Recording.objects.values().get(pk=recording.pk)
    changes = {"last_seq": 1, "last_change": 2, "sent": 3, "received": 4, "bytes": 5, "site": "shop.example"}
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    changed = replace(Counters.of(recording), last_event_at=moment, **changes)  # type: ignore[arg-type]  # as named
    changed.save()
    return {
        "fields": [field.name for field in fields(Counters)],
        "before": before,
        "after": Recording.objects.values().get(pk=recording.pk),
    }


if __name__ == "__main__":
    main()
