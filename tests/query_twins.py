"""Holds the two meanings of a query equal: conditions on one database, and the predicate in memory.

``python -m tests.query_twins`` makes random events and random queries on the database that the environment
names, and prints as JSON the number of queries that were compared, and the first one on which both differ.
"""

import json
import os
import sys
import zoneinfo
from collections import Counter
from typing import Any, Final

#: How many examples are made; an example has some events and some queries about them.
_EXAMPLES: Final = int(os.environ.get("EXAMPLES", "60"))


class Disagreement(AssertionError):
    """A query selects other events in SQL than in memory."""


def stored(recording: Any, made: list[dict[str, Any]]) -> list[Any]:
    """Replace the recording's events by these; returns them with their page loads, by number."""
    from events.models import Event, PageLoad, Tally
    from tests.query_strategies import LOADS, START

    Event.objects.filter(recording=recording).delete()
    PageLoad.objects.filter(recording=recording).delete()
    Tally.objects.filter(recording=recording).delete()
    loads = PageLoad.objects.bulk_create(
        PageLoad(
            recording=recording,
            page_id=f"p{n}",
            url="",
            title=title,
            frame=frame,
            referrer="",
            started_at=START,
        )
        for n, (title, frame) in enumerate(LOADS)
    )
    for seq, columns in enumerate(made, 1):
        own = dict(columns)
        load = own.pop("load")
        page_load = loads[load - 1] if load else None
        Event(
            recording=recording, seq=seq, event_id=f"e{seq}", received_at=START, page_load=page_load, **own
        ).save(force_insert=True)
    counted = Counter((one["name"], one["verdict"]) for one in made)
    Tally.objects.bulk_create(
        Tally(recording=recording, name=name, verdict=verdict, count=count)
        for (name, verdict), count in counted.items()
    )
    recording.last_seq = len(made)
    recording.last_event_at = START
    recording.save()
    return list(Event.objects.filter(recording=recording).select_related("page_load").order_by("seq"))


def compare(recording: Any, rows: list[Any], node: Any, zone: str = "Europe/Paris") -> int:
    """The number of events that the query ``node`` selects.

    Raise Disagreement where reader, condition and predicate differ about the query ``node``.
    """
    from events.judging.edition import edition_of
    from events.models import Event
    from events.query.bounds import as_q
    from events.query.condition import bounds
    from events.query.context import Context
    from events.query.predicate import predicate
    from events.query.printing import printed
    from events.query.reader import Search, Term

    context = Context(recording, edition_of(recording), zoneinfo.ZoneInfo(zone))
    holds = predicate(node, context)
    wanted = [row.seq for row in rows if holds(row)]
    enclosing = bounds(node, context)
    found = Event.objects.filter(recording=recording)
    may = set(found.filter(as_q(enclosing.may)).values_list("seq", flat=True))
    must = set(found.filter(as_q(enclosing.must)).values_list("seq", flat=True))
    search = Search(recording, [Term(node, context)])
    back = [event.seq for event in search.back(recording.last_seq + 1, 100).events][::-1]
    on = [event.seq for event in search.on(0, 100).events]
    counted = [match.seq for match in search.matches()]
    accepted = [row.seq for row in rows if search.accepts(row)]
    right = (
        must <= set(wanted) <= may
        and (not enclosing.exact or must == may)
        and wanted == back == on == counted == accepted
    )
    if right:
        return len(wanted)
    raise Disagreement(f"{printed(node)!r} of {node}: {wanted} {may=} {must=} {back=} {on=} {counted=}")


def run() -> dict[str, Any]:
    """Compare random queries about random events."""
    from django.core.management import call_command
    from django.db import transaction
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    from events.recordings import create_recording
    from tests.query_strategies import events, queries

    call_command("migrate", verbosity=0)
    recording = create_recording("twins")
    compared = selective = 0

    @settings(
        max_examples=_EXAMPLES, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    @given(st.lists(events, min_size=3, max_size=8), st.lists(queries, min_size=4, max_size=12))
    def held_equal(made: list[dict[str, Any]], nodes: list[Any]) -> None:
        nonlocal compared, selective
        with transaction.atomic():  # a commit for each example would take most of the time
            rows = stored(recording, made)
            for node in nodes:
                found = compare(recording, rows, node)
                compared += 1
                selective += 0 < found < len(rows)
            transaction.set_rollback(True)

    try:
        held_equal()
    except Disagreement as error:
        return {"compared": compared, "selective": selective, "difference": str(error)}
    return {"compared": compared, "selective": selective, "difference": None}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    import django

    django.setup()
    json.dump(run(), sys.stdout)
