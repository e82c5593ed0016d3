"""Rewrites stored findings of older versions in the current form, and computes ``gravest`` of their events.

``events.verdict.stored_findings`` reads findings with sentences too, and readers compute ``gravest`` where it
is missing, so no reader waits for this rewrite. The rows of a recording are rewritten in slices, each in a
short transaction under the lock of the recording's row, which the writer acquires too; then the recording's
``findings_version`` is increased. The next process continues an interrupted rewrite, and two processes may
run at once: a rewritten row no longer changes. Viewers see the same before and after, so no event counts as
changed.
"""

from typing import Final

from django.db import transaction
from django.db.models import F, Q

from events.db.bulk_statements import update
from events.db.slices import SliceSize
from events.models import Event, Recording
from events.recordings.retention import Tidying
from events.store.sizes import row_bytes
from events.store.tallies import TallyChanges
from events.verdict.groups import NOT_COMPUTED, gravest_of
from events.verdict.stored_findings import STORED_SENTENCE, read_findings, write_findings

#: The form of findings that this version writes; ``Recording.findings_version``.
FINDINGS_VERSION: Final = 3

_SMALLEST_SLICE: Final = 300  # events; a smaller slice hardly saves time
_LARGEST_SLICE: Final = 3_000


def restate_findings() -> int:
    """Rewrite the findings of older recordings; return the number of changed events. Raises DatabaseError."""
    older = Recording.objects.filter(findings_version__lt=FINDINGS_VERSION).order_by("-pk")
    return sum(_restate(recording) for recording in older.values_list("pk", flat=True))


def _restate(recording: int) -> int:
    """Rewrite the findings of one recording, in slices that leave the writer half of the time."""
    count, after, size = 0, 0, SliceSize(_SMALLEST_SLICE, _SMALLEST_SLICE, _LARGEST_SLICE)
    while True:
        with size.adapted(), transaction.atomic():
            locked = Recording.objects.select_for_update().filter(pk=recording).first()
            if locked is None or locked.findings_version >= FINDINGS_VERSION:
                return count
            count += _restate_slice(locked, after, after + size.rows)
            after += size.rows
            if after >= locked.last_seq:
                locked.tallies.filter(gravest=NOT_COMPUTED).delete()  # of events that are no more
                locked.findings_version = FINDINGS_VERSION
                locked.save(update_fields=["findings_version"])


def _restate_slice(recording: Recording, after: int, last: int) -> int:
    """Rewrite the findings of the events after ``after`` up to ``last``; return the number of changes."""
    found = Event.objects.filter(recording=recording, seq__gt=after, seq__lte=last)
    older = found.filter(Q(gravest=NOT_COMPUTED) | Q(findings__contains=STORED_SENTENCE))
    tallies, rows, saved = TallyChanges(), [], 0
    for event in older.only("name", "verdict", "findings", "gravest"):
        findings = read_findings(event.findings)
        text, gravest = write_findings(findings), gravest_of(findings)
        if (text, gravest) == (event.findings, event.gravest):
            continue  # a sentence that this version cannot make of the other facts stays
        rows.append((text, gravest, event.pk))
        saved += row_bytes([event.findings]) - row_bytes([text])
        if gravest != event.gravest:
            tallies.remove(event, findings)
            tallies.add(event.name, event.verdict, gravest, findings)
    update(Event, ("findings", "gravest"), rows)
    tallies.save(recording.pk)
    if saved:
        Recording.objects.filter(pk=recording.pk).update(bytes=F("bytes") - saved)
    return len(rows)


#: The thread that rewrites the findings of older recordings.
restating = Tidying(restate_findings, "restatement", "writing findings anew failed")
