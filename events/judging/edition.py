"""Loads the edition of the events reference by which a recording's events are judged."""

from events.models import Recording
from events.reference import BrokenReference, Reference, load


def edition_of(recording: Recording) -> Reference:
    """The edition that ``recording`` names; the latest one where that edition is not installed."""
    return edition_named(recording.edition)


def edition_named(name: str) -> Reference:
    """The edition called ``name``; the latest one where that edition is not installed."""
    try:
        return load(name)
    except BrokenReference:
        return load()
