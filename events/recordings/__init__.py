"""Creates, finds, reads, filters, shares and expires recordings."""

from events.recordings.lifecycle import (
    Changes,
    change_recording,
    clean_tags,
    create_recording,
    get_recording,
    give_new_name,
    newest_recording,
    person_called,
    read_recording,
    start_over,
)
from events.recordings.tallied import VERDICTS, Counts, counts

__all__ = [
    "VERDICTS",
    "Changes",
    "Counts",
    "change_recording",
    "clean_tags",
    "counts",
    "create_recording",
    "get_recording",
    "give_new_name",
    "newest_recording",
    "person_called",
    "read_recording",
    "start_over",
]
