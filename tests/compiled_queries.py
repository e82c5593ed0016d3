"""Runs every compiled query and, with the same values, its queryset, in a process of its own.

``python -m tests.compiled_queries`` fills the database that the environment names and prints as JSON what
both found.
"""

# ruff: noqa: SLF001  # queries are private to their modules
import json
import os
import sys
from typing import Any


def main() -> None:
    """Print, for each query and some values, the rows of the query and those of Django's queryset."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    django.setup()
    from django.core.management import call_command
    from django.db.transaction import atomic

    call_command("migrate", verbosity=0)
    from events.judging.edition import edition_of
    from events.query import reader
    from events.recordings import lifecycle, tallied, timeline
    from events.store import loss, transaction
    from events.store.collect import drafts_of
    from events.wire import read_delivery
    from inspector.live import rows
    from tests.posting import page_load, shim_event

    recording = lifecycle.create_recording("One")
    lifecycle.change_recording(recording, lifecycle.Changes(pinned=True, archived=True))
    other = lifecycle.create_recording("Another")
    here = page_load()
    for n in range(1, 41):
        body = {"page": here, "events": [shim_event(n)], "left": [{**here, "n": 60}] if n == 30 else []}
        delivery = read_delivery(body)
        edition = edition_of(recording)
        drafts = drafts_of(delivery.events, edition)
        digest = recording.capture_digest
        transaction.store([transaction.Submission(digest, edition.edition, drafts, (), (), delivery.left)])
    page = recording.page_loads.get()
    asked: list[tuple[str, Any, tuple[Any, ...]]] = [
        ("by id", lifecycle._BY_ID, (recording.pk,)),
        ("by id, unknown", lifecycle._BY_ID, (10**9,)),
        ("tallies", tallied._TALLIES, (recording.pk,)),
        ("locked", transaction._LOCKED, ((recording.capture_digest, other.capture_digest, "x"),)),
        ("locked, one", transaction._LOCKED, ((other.capture_digest,),)),
        ("named", loss._NAMED, (recording.pk, (page.page_id,))),
        ("neighbour", timeline._NEIGHBOUR, (recording.pk, 7)),
        ("neighbour of the first", timeline._NEIGHBOUR, (recording.pk, 1)),
        ("page loads", reader._PAGE_LOADS, ((page.pk, 10**9, 0),)),
        ("after", timeline._after(11), (recording.pk, 3, 40)),
        ("after, up to", timeline._after(11), (recording.pk, 3, 5)),
        ("tails", rows._TAILS, (recording.pk, 0, 10**6)),
        ("highest", rows._HIGHEST, (page.pk, 9)),
    ]
    with atomic():
        found = {name: _both(query, values) for name, query, values in asked}
    sys.stdout.write(json.dumps({"found": found, "refused": _refused()}, default=str))


def _refused() -> dict[str, str]:
    """The names of the errors that queries raise for invalid calls."""
    from events.db.compiled_queries import CompiledQuery
    from events.models import Recording
    from events.store import transaction

    by_two = CompiledQuery(Recording, lambda key, site: Recording.objects.filter(key=key))
    by_one = CompiledQuery(Recording, lambda site: Recording.objects.filter(site=site))
    return {
        "None": _raised(by_one, None),
        "None among several": _raised(transaction._LOCKED, ("x", None)),
        "a value that is not used": _raised(by_two, "x", "y"),
        "locking outside a transaction": _raised(transaction._LOCKED, ("x",)),
    }


def _raised(query: Any, *values: Any) -> str:
    try:
        query.rows(*values)
    except Exception as error:  # its name is compared
        return type(error).__name__
    return ""


def _both(query: Any, values: tuple[Any, ...]) -> Any:
    django_found = list(query.queryset(*values))
    if django_found and not isinstance(django_found[0], tuple):
        compiled = query.models(*values)
        kinds = [[type(value).__name__ for value in _columns(row)] for row in compiled]
        return [_columns(row) for row in compiled], [_columns(row) for row in django_found], kinds
    return query.rows(*values), django_found, []


def _columns(row: Any) -> list[Any]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]


if __name__ == "__main__":
    main()
