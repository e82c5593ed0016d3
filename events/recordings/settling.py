"""Brings findings across events up to date where one transaction may not: in slices, in the background.

A purchase that arrives late may decide on the refunds of a whole recording, and stopping a recording on the
last page of each site. Up to a hundred events change with what changed them; for more, the recording is
marked ``unsettled``. The task then looks at all refunds and sites, in slices under the lock of the
recording's row. An interrupted run is repeated from its start: what is right no longer changes.
"""

from typing import Final

from django.db import transaction

from events.db.slices import SliceSize
from events.models import Recording
from events.recordings.retention import Tidying
from events.store.chain_cache import Ends
from events.store.chains import Row, rows_of
from events.store.counters import Counters
from events.store.page_views import judge_ends
from events.store.settle import mark_unsettled
from events.store.settlement import MOST_IN_A_TRANSACTION, Settlement
from events.store.stored_facts import put_across
from events.store.unsettled import listeners
from events.store.wakeups import announce
from events.verdict.across import Kind, key_of

_BEFORE_ALL: Final = -1  # sites are digests from 0 on
_REFUNDS: Final = key_of(Kind.REFUNDS)


def settle_ends(recording: int) -> None:
    """Judge the last page load of each site anew, after the recording was stopped or goes on."""
    with transaction.atomic():
        if _settle_sites(recording, _BEFORE_ALL) is not None:
            mark_unsettled(recording)


def settle_recordings() -> int:
    """Bring all recordings that are marked up to date; return how many there were. Raises DatabaseError."""
    marked = Recording.objects.filter(unsettled__gt=0).order_by("-pk")
    return sum(_settle(recording) for recording in marked.values_list("pk", flat=True))


def _settle(recording: int) -> int:
    size = SliceSize(MOST_IN_A_TRANSACTION, MOST_IN_A_TRANSACTION, MOST_IN_A_TRANSACTION)
    while mark := Recording.objects.filter(pk=recording).values_list("unsettled", flat=True).first():
        last: Row | None = None
        site: int | None = _BEFORE_ALL
        more = True
        while more:
            with size.adapted(), transaction.atomic():
                last = _settle_refunds(recording, last)
                more = last is not None
            announce(recording)
        while site is not None:
            with size.adapted(), transaction.atomic():
                site = _settle_sites(recording, site)
            announce(recording)
        # A mark that was set meanwhile stays, and the loop goes on.
        Recording.objects.filter(pk=recording, unsettled=mark).update(unsettled=0)
    return 1


def _settle_refunds(recording: int, after: Row | None) -> Row | None:
    """Judge the next refunds after one; return the last of them, None where there are no more."""
    locked = Recording.objects.select_for_update().filter(pk=recording).first()
    if locked is None:
        return None
    rows = rows_of(recording, _REFUNDS, after.position if after else None, MOST_IN_A_TRANSACTION)
    settlement = Settlement(recording, Ends())
    settlement.look_at_refunds(row.seq for row in rows)
    counters = Counters.of(locked)
    if put_across(counters, settlement.run()):
        counters.save()
    return rows[-1] if len(rows) == MOST_IN_A_TRANSACTION else None


def _settle_sites(recording: int, after: int) -> int | None:
    """Judge the ends of the next sites; return the last of them, None where there are no more."""
    locked = Recording.objects.select_for_update().filter(pk=recording).first()
    if locked is None:
        return None
    settlement, counters = Settlement(recording, Ends()), Counters.of(locked)
    next_site = judge_ends(locked, after, MOST_IN_A_TRANSACTION, settlement.changes)
    if put_across(counters, settlement.changes):
        counters.save()
    return next_site


#: The thread that brings findings across events up to date.
settling = Tidying(settle_recordings, "settling", "bringing findings up to date failed")
listeners.append(settling.wake)
