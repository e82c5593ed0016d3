"""Rewrites stored findings of older versions in the current form, without sentences, while the server runs.

``events.verdict.stored_findings`` reads both forms, so no reader waits for this rewrite. The rows of a
recording are rewritten in slices, each in a short transaction under the lock of the recording's row, which
the writer acquires too; then the recording's ``findings_version`` is increased. The next process continues
an interrupted rewrite, and two processes may run at once: a rewritten row no longer changes. Viewers see the
same before and after, so no event counts as changed.
"""

from typing import Final

from django.db import transaction
from django.db.models import F

from events.db.bulk_statements import update
from events.db.slices import SliceSize
from events.models import Event, Recording
from events.recordings.retention import Tidying
from events.store.sizes import row_bytes
from events.verdict.stored_findings import STORED_SENTENCE, read_findings, write_findings

#: The form of findings that this version writes; ``Recording.findings_version``.
FINDINGS_VERSION: Final = 2

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
                locked.findings_version = FINDINGS_VERSION
                locked.save(update_fields=["findings_version"])


def _restate_slice(recording: Recording, after: int, last: int) -> int:
    """Rewrite the findings of the events after ``after`` up to ``last``; return the number of changes."""
    found = Event.objects.filter(recording=recording, seq__gt=after, seq__lte=last)
    stored = found.filter(findings__contains=STORED_SENTENCE).values_list("pk", "findings")
    rows = [(write_findings(read_findings(text)), pk, text) for pk, text in stored]
    changed = [(text, pk, before) for text, pk, before in rows if text != before]
    update(Event, ("findings",), [(text, pk) for text, pk, _ in changed])
    saved = sum(row_bytes([before]) - row_bytes([text]) for text, _, before in changed)
    if saved:
        Recording.objects.filter(pk=recording.pk).update(bytes=F("bytes") - saved)
    return len(changed)


#: The thread that rewrites the findings of older recordings.
restating = Tidying(restate_findings, "restatement", "writing findings anew failed")
