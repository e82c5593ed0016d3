"""Reads the limits of one event from the settings."""

from django.conf import settings

from events.judging.draft import Limits


def limits() -> Limits:
    """The limits of one event, from the settings."""
    return Limits(settings.MAX_EVENT_BYTES, settings.MAX_JSON_DEPTH, settings.MAX_FINDINGS_PER_EVENT)
