"""Session replay of a recording's pages: whether it is recorded, and by which script."""

from functools import cache

from django.conf import settings

from events.models import Recording
from events.replay import stored_parts as strips
from inspector.script import rrweb
from inspector.script.page_script import ReplayScript, strip_script


def wanted_strip(recording: Recording, script_url: str) -> ReplayScript | None:
    """The setting for session replay, or None where the recording accepts no replay or its budget is spent.

    ``script_url`` is the URL of the script that records.
    """
    if not recording.strip or recording.stopped_at is not None or not rrweb.installed():
        return None
    if strips.used(recording) >= settings.MAX_STRIP_BYTES:
        return None
    return ReplayScript(script_url, recording.strip_text)


@cache
def recorder() -> str:
    """The script that records session replay. Raises FileNotFoundError where rrweb is not installed."""
    seconds, size = settings.MAX_STRIP_SECONDS, settings.MAX_STRIP_BYTES_PER_PAGE
    return strip_script(rrweb.file("record.js"), seconds=seconds, size=size)
