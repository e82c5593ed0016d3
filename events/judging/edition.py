"""Loads the edition of the events reference by which a recording's events are judged."""

from django.conf import settings

from events.models import Recording
from events.reference import BrokenReference, Reference, load


def default_edition() -> Reference:
    """The edition that judges a new recording whose maker names none: the setting EDITION."""
    return load(settings.EDITION)


def edition_of(recording: Recording) -> Reference:
    """The edition that ``recording`` names; the default one where that edition is not installed."""
    return edition_named(recording.edition)


def edition_named(name: str) -> Reference:
    """The edition called ``name``; the default one where that edition is not installed."""
    try:
        return load(name)
    except BrokenReference:
        return default_edition()
