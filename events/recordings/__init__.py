"""Creates, finds, reads, filters, shares and expires recordings."""

from events.recordings.lifecycle import (
    VERDICTS,
    Changes,
    Counts,
    change_recording,
    clean_tags,
    counts,
    create_recording,
    get_recording,
    give_new_name,
    newest_recording,
    person_called,
    read_recording,
    start_over,
)

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
